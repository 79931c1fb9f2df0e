"""Bursts of like conversations are found and told, and count for the thresholds or not."""

import random

import polars as pl
import pytest
from commands import run_cli
from conftest import write_jsonl

import clioscope
from clioscope.errors import AtlasError
from clioscope.privacy.bursts import bursts, said_of_bursts
from clioscope.settings import PrivacySettings, load_settings

WORDS = ["soup", "fish", "bread", "cake", "salad", "rice", "beans", "cheese", "plums", "noodles", "eggs", "corn", "ham"]
PLANTED = "Please write about Wilhelmina Oberhofer of the town of Bergheim, who is ill, in many words. Copy {}"


def said(number, user, text, date="2026-03-01T10:00:00Z"):
    message = {"role": "user", "content": text}
    return {"id": str(number), "user_id": user, "created_at": date, "messages": [message]}


def usual(count, users=40):
    generator = random.Random(0)
    return [
        said(
            f"u{number}",
            f"user {number % users}",
            f"Cook {' '.join(generator.sample(WORDS, 7))}",
            f"2026-{1 + number % 6:02}-{1 + number % 28:02}T08:00:00Z",
        )
        for number in range(count)
    ]


def built(tmp_path, records):
    settings = load_settings(model__name="none", embedding__model="hash", layout__method="pca", clustering__clusters=1)
    return clioscope.build(write_jsonl(tmp_path / "in.jsonl", records), tmp_path / "atlas", settings)


def test_near_copies_by_few_accounts(tmp_path) -> None:
    planted = [said(f"p{number}", f"bad {number % 2}", PLANTED.format(number)) for number in range(30)]
    atlas = built(tmp_path, [*usual(120), *planted])
    (found,) = bursts(atlas)
    assert (found.kind, found.records, found.accounts, found.days) == ("copies", 30, 2, 1)
    assert len(found.conversations) == 30
    name = atlas.tree["name"][0]
    assert found.text == f"30 near copies of one text by 2 accounts within 1 day, in “{name}”."
    sentence = said_of_bursts([found])
    assert sentence.startswith("1 burst of like conversations by few or new accounts: 30 conversations")
    assert sentence in run_cli("show", atlas.path, check=True).stdout
    assert f"Burst: {found.text}" in run_cli("surprises", atlas.path, check=True).stdout
    assert sentence in clioscope.measure(atlas, stability=False, write=False).facts["notes"]
    assert not [word for word in ("Wilhelmina", "Oberhofer", "Bergheim") if word in str(atlas.tree["name"].to_list())]


def test_near_copies_by_many_accounts_that_were_new_at_once(tmp_path) -> None:
    planted = [
        said(f"p{number}", f"new {number}", PLANTED.format(number), f"2026-04-02T{number % 20:02}:00:00Z")
        for number in range(30)
    ]
    (found,) = bursts(built(tmp_path, [*usual(120), *planted]))
    assert (found.kind, found.records, found.accounts) == ("new accounts", 30, 30)
    assert "30 accounts that wrote nothing before within 1 day" in found.text


def test_what_many_old_accounts_say_alike_is_no_burst(tmp_path) -> None:
    alike = [
        said(f"p{number}", f"user {number}", PLANTED.format(number), f"2026-07-{1 + number % 28:02}T08:00:00Z")
        for number in range(30)
    ]
    assert bursts(built(tmp_path, [*usual(120), *alike])) == []


def test_half_of_a_group_by_few_accounts(tmp_path) -> None:
    generator = random.Random(1)
    busy = [said(f"b{number}", "busy", f"Cook {' '.join(generator.sample(WORDS, 7))}") for number in range(200)]
    (found,) = bursts(built(tmp_path, [*usual(120), *busy]))
    assert (found.kind, found.records, found.accounts) == ("few accounts", 200, 1)
    assert found.text.startswith("200 of 320 conversations of “")


@pytest.mark.parametrize("count", [True, False])
def test_whether_they_count_is_a_setting(tmp_path, count) -> None:
    planted = [said(f"p{number}", f"bad {number % 2}", PLANTED.format(number)) for number in range(30)]
    atlas = built(tmp_path, [*usual(14, users=14), *planted])
    assert atlas.table("copies")["text"].n_unique() == 15
    settings = PrivacySettings(bursts=count)
    if count:  # the burst is one text, so that there are fifteen
        public = clioscope.publish(atlas, tmp_path / "public", settings, unaudited=True)
        assert public.tree.select("count").item() == 45
    else:
        with pytest.raises(AtlasError, match="nothing to publish"):
            clioscope.publish(atlas, tmp_path / "public", settings, unaudited=True)


def test_without_users_there_is_none(tmp_path) -> None:
    atlas = built(tmp_path, [said(number, None, PLANTED.format(number)) for number in range(30)])
    assert bursts(atlas) == [] and said_of_bursts([]) == ""
    assert atlas.occurrences["user"].dtype == pl.UInt32
