"""What explains a planted rise, which topic a test set lacks, and which planted conversations surprise."""

import json

import polars as pl
import pytest
from commands import run_cli
from conftest import write_jsonl

import clioscope
from clioscope.settings import load_settings

pytestmark = pytest.mark.slow


def planted_share(planted) -> pl.DataFrame:
    """Of each base group, how much of it is on the planted topic."""
    rows = planted.atlas.occurrences.join(planted.atlas.clusters.select("conversation", "group"), on="conversation")
    about = pl.col("record").replace_strict(planted.topics, return_dtype=pl.String)
    return rows.group_by("group").agg((about == planted.real.planted).mean().alias("planted"))


def test_the_topic_with_the_rise_explains_it(planted) -> None:
    found = clioscope.explain_change(planted.atlas, "thumbs_down", "2026-03", "2026-04", level=0)
    groups = found.groups.join(planted_share(planted), on="group", maintain_order="left")
    assert found.groups["part"].sum() == pytest.approx(found.whole.change)
    assert groups["planted"][0] > 0.5 and groups["rate"][0] > abs(groups["mix"][0])
    assert groups["after"][0] > 1.25 * groups["before"][0]


def test_the_command_names_the_group_first(planted) -> None:
    words = ("explain-change", planted.atlas.path, "--metric", "thumbs_down", "--before", "2026-03")
    told = run_cli(*words, "--after", "2026-04", "--level", "0", "--json", check=True)
    first = json.loads(told.stdout)["groups"][0]
    shares = dict(planted_share(planted).iter_rows())
    assert shares[first["group"]] > 0.5 and first["name"]
    assert first["name"] in run_cli(*words, "--after", "2026-04", "--level", "0", check=True).stdout


def test_the_topic_without_a_test_is_what_is_missing(planted) -> None:
    """Groups of hashed words hold several topics. Those that lack tests most hold most of the planted one."""
    found = clioscope.coverage(planted.atlas, planted.tests)
    groups = found.groups.join(planted_share(planted), on="group", maintain_order="left").sort("ratio")
    about = groups["traffic"] * groups["planted"]
    assert about.head(groups.height // 3).sum() > 0.5 * about.sum()
    most = groups.sort("planted", descending=True).row(0, named=True)
    assert most["planted"] > 0.5 and most["ratio"] < 0.5 * groups.filter(pl.col("planted") < 0.1)["ratio"].median()


def test_drawn_tests_are_real_texts_of_the_missing_topic_first(planted, tmp_path) -> None:
    new = tmp_path / "new.jsonl"
    told = run_cli("coverage", planted.atlas.path, planted.tests, "--draw", "40", new, check=True)
    assert "40" in told.stdout + told.stderr
    rows = [json.loads(line) for line in new.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 40 == len({row["id"] for row in rows})
    texts = set(planted.real.texts)
    assert all(row["messages"][0]["content"] in texts for row in rows)
    topics = dict(zip(planted.real.texts, planted.real.topics, strict=True))
    drawn = [topics[row["messages"][0]["content"]] for row in rows]
    assert planted.real.planted in drawn and len(set(drawn)) > 4


def test_texts_of_another_kind_surprise(planted, tmp_path) -> None:
    rows = [json.loads(line) for line in planted.chats.read_text(encoding="utf-8").splitlines()][:240]
    strange = [
        {"id": f"odd{number}", "messages": [{"role": "user", "content": text}]}
        for number, text in enumerate(planted.real.strange)
    ]
    settings = load_settings(
        model__name="none",
        embedding__model="hash",
        layout__method="pca",
        clustering__clusters=3,
        facets__use=("language",),
    )
    atlas = clioscope.build(write_jsonl(tmp_path / "in.jsonl", [*rows, *strange]), tmp_path / "atlas", settings)
    first = clioscope.surprises(atlas, 20)
    found = {record: one for one in first for record in one.records if record.startswith("odd")}
    assert len(found) >= 2, [one.reasons for one in first]
    assert {reason.kind for one in found.values() for reason in one.reasons} <= {"fit", "language"}
    shown = json.loads(run_cli("surprises", atlas.path, "--json", check=True).stdout)
    assert set(found) <= {record for one in shown["surprises"] for record in one["records"]}
