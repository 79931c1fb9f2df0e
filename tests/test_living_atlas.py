"""A quarter of a year with an atlas: weekly updates, an analyst's edits in between, and what must hold every week."""

import json
import os
import re
import shutil
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from conftest import write_jsonl

import clioscope
from clioscope.atlas.export import as_json, export, markdown
from clioscope.edits.replay import replay
from clioscope.explorer.container import unpack
from clioscope.explorer.view import make_view
from clioscope.settings import PrivacySettings, load_settings

DATA = Path(os.environ.get("CLIOSCOPE_DATA") or Path(__file__).parents[1] / "../shared/data")
FILE = DATA / "clinc150" / "utterances.jsonl"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FILE.exists(), reason=f"{FILE} is not here: set CLIOSCOPE_DATA to the folder of the data"),
]

STEADY = ("translate", "transfer", "timer", "weather", "book_flight", "play_music", "oil_change_when")
VANISHING, NEW = "spelling", "roll_dice"  # the first ends after week 6, the second begins in it
WEEKS, REBUILT = 13, 9
FIRST, LATER = 24, 6  # texts per topic in the first week, and in every later one
START = date(2026, 1, 5)
PLAIN = {
    "embedding__model": "hash",
    "layout__method": "pca",
    "clustering__clusters": 9,
    "hierarchy__top": 3,
    "input__metadata": ("error",),
}


def texts() -> dict[str, list[str]]:
    """The utterances of each topic, each once."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for line in FILE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found[row["intent"]][row["text"]] = None
    return {topic: list(told) for topic, told in found.items()}


def week(number: int, told: dict[str, list[str]]) -> list[dict]:
    """The conversations of one week, the first being 1. Their ids begin with the topic."""
    topics = [*STEADY, *([VANISHING] if number <= 6 else []), *([NEW] if number >= 6 else [])]
    rows = []
    for topic in topics:
        count = FIRST if number == 1 else 12 if topic == NEW else LATER
        start = 0 if number == 1 else FIRST + (number - 2) * LATER
        start = (number - 6) * 12 if topic == NEW else start
        for place, text in enumerate(told[topic][start : start + count]):
            rows.append(
                {
                    "id": f"{topic}/{start + place}",
                    "user_id": f"u{(start + place) % 60}",
                    "created_at": f"{START + timedelta(weeks=number - 1, days=place % 7)}T10:00:00Z",
                    "messages": [{"role": "user", "content": text}],
                    "metadata": {"error": place % 4 == 0 or (topic == "timer" and number > 6)},
                }
            )
    return rows


def without_model():
    return load_settings(model__name="none", **PLAIN)


def topics_of(atlas) -> pl.DataFrame:
    """conversation and topic."""
    return atlas.occurrences.select("conversation", topic=pl.col("record").str.split("/").list.first()).unique()


def home(atlas, topic: str) -> str:
    """The base group that holds most of a topic."""
    rows = atlas.clusters.join(topics_of(atlas), on="conversation").filter(pl.col("topic") == topic)
    return rows["group"].value_counts(sort=True)["group"][0]


def topic_of(atlas, group: str) -> str:
    """The topic of most conversations of a group."""
    rows = atlas.members(group).select("conversation").join(topics_of(atlas), on="conversation")
    return rows["topic"].value_counts(sort=True)["topic"][0]


def name_of(atlas, group: str) -> str:
    return atlas.tree.filter(pl.col("group") == group)["name"].item()


def group_of(atlas, name: str) -> str:
    """The one group of a name."""
    [group] = atlas.tree.filter(pl.col("name") == name)["group"]
    return group


def sums_to_the_whole(atlas, records: int) -> None:
    """Every record is counted once: by the base groups, by the top, by parents and children, by members."""
    counts, tree = atlas.manifest["counts"], atlas.tree
    seen = records - counts.get("hidden", 0)
    assert counts["analysed"] == seen
    assert tree.filter(pl.col("level") == 0)["count"].sum() == seen
    assert tree.filter(pl.col("parent").is_null())["count"].sum() == seen
    inner = tree.filter(pl.col("parent").is_not_null()).group_by("parent").agg(pl.col("count").sum())
    above = tree.join(inner, left_on="group", right_on="parent", suffix="_in")
    assert above["count"].to_list() == above["count_in"].to_list()
    members = atlas.membership.group_by("group").agg(pl.col("count").sum())
    joined = tree.join(members, on="group", how="left", suffix="_of")
    assert joined["count"].to_list() == joined["count_of"].to_list()
    shares = atlas.table("shares").filter(pl.col("facet") == "language", pl.col("group") == "")
    assert shares["count"].unique().to_list() == [seen]


def said(atlas, folder) -> str:
    """All that a reader of the edited atlas may see: exports, page, what changed, and the files of the layer."""
    parts = [markdown(atlas), as_json(atlas), json.dumps(unpack(make_view(atlas))[0], ensure_ascii=False)]
    parts.append(export(atlas, folder / "groups.csv").read_text())
    tables = [export(atlas, folder / "groups.parquet"), *(atlas.path / "edited").glob("*.parquet")]
    parts += [pl.read_parquet(path).write_json() for path in tables]
    if (atlas.path / "lineage.parquet").exists():
        parts.append(clioscope.changes(atlas).write_json())
    return "\n".join(parts)


def come_back(atlas, folder, labels: list[str]) -> list[str]:
    """Which labels of groups that are gone can be read somewhere; of a single word, as a whole name. A spare name may
    be such a word: it is made of the words of the new group alone."""
    text = re.sub(r'"spare_name":"\w+"', "", said(atlas, folder))
    return [label for label in labels if (label if " " in label or label.startswith("g") else f'"{label}"') in text]


def layer(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "edited").iterdir())}


def test_a_quarter_of_a_year(tmp_path) -> None:
    told = texts()
    folder = tmp_path / "atlas"
    weeks = [week(number, told) for number in range(1, WEEKS + 1)]
    files = [write_jsonl(tmp_path / f"week{number:02}.jsonl", rows) for number, rows in enumerate(weeks, start=1)]
    atlas = clioscope.build(files[0], folder, without_model())
    homes = {topic: home(atlas, topic) for topic in (*STEADY, VANISHING)}
    assert len(set(homes.values())) == 8

    # The analyst's first edits: the model-free build has cut money transfers in two.
    halves = [
        group for group in atlas.tree.filter(pl.col("level") == 0)["group"] if topic_of(atlas, group) == "transfer"
    ]
    assert len(halves) == 2
    lost = [name_of(atlas, group) for group in halves]
    gone = list(halves)
    editor = atlas.edit
    editor.rename(homes["timer"], "Set a timer")
    editor.pin(homes["weather"])
    kept = {homes["timer"]: "Set a timer", homes["weather"]: name_of(atlas, homes["weather"])}
    atlas = editor.merge(halves, "Move money")
    kept[group_of(atlas, "Move money")] = "Move money"
    hidden: set[str] = set()
    fate: dict[str, tuple[int, str]] = {}  # of the new topic's group: when it was born, and its id
    old_groups = set(atlas.tree["group"])
    seen = named = 0  # groups that are nearly the same a week later, and those of them that keep id and name

    for number in range(2, WEEKS + 1):
        atlas = clioscope.update(folder, files[number - 1], rebuild=number == REBUILT)
        sums_to_the_whole(atlas, sum(map(len, weeks[:number])))
        tree = atlas.tree
        assert {group: name_of(atlas, group) for group in kept} == kept, number
        assert not hidden & set(tree["group"])
        assert come_back(atlas, tmp_path, [*lost, *gone]) == [], number
        states = {one["state"] for one in atlas.edit.history()}
        assert states == {"applied"}, (number, [one for one in atlas.edit.history() if one["state"] != "applied"])
        lineage = atlas.table("lineage")
        same = lineage.filter(pl.col("overlap") > 0.8, pl.col("group").is_not_null(), pl.col("fate") != "born")
        stayed = same.filter(pl.col("before").list.contains(pl.col("group")), "kept_name")
        seen += same.height
        named += stayed.height
        if number != REBUILT:
            assert old_groups - {group for row in lineage["before"] for group in row} == set()
        candidates = tree.filter("candidate")["group"].to_list() if "candidate" in tree.columns else []
        if not fate and any(topic_of(atlas, group) == NEW for group in candidates):
            [group] = [one for one in candidates if topic_of(atlas, one) == NEW]
            fate[NEW] = (number, group)
            changes = clioscope.changes(atlas)
            assert changes.filter(pl.col("group") == group)["kind"].to_list() == ["new"]
        if number == REBUILT:
            assert candidates == []

        if number == 3:
            travel = [homes["translate"], homes["book_flight"]]
            lost += [name_of(atlas, group) for group in travel]
            gone += travel
            atlas = atlas.edit.merge(travel, "Travel abroad")
            kept[group_of(atlas, "Travel abroad")] = "Travel abroad"
        elif number == 4:
            atlas = atlas.edit.hide(homes["play_music"])
            hidden.add(homes["play_music"])
        elif number == 5:
            lost.append(name_of(atlas, homes["oil_change_when"]))
            gone.append(homes["oil_change_when"])
            before = set(atlas.tree["group"])
            atlas = atlas.edit.split(homes["oil_change_when"], 2)
            parts = set(atlas.tree["group"]) - before
            assert len(parts) == 2
        elif number == 7:
            atlas = atlas.edit.move(homes["timer"], None)
        if number > 6:
            assert atlas.tree.filter(pl.col("group") == homes["timer"])["parent"].item() is None
        if number == 5:  # before the new topic comes
            shutil.copytree(folder, tmp_path / "half")
        sums_to_the_whole(atlas, sum(map(len, weeks[:number])))
        assert come_back(atlas, tmp_path, lost) == [], number
        old_groups = set(atlas.tree["group"])

    assert named >= 0.95 * seen and seen >= 100, (named, seen)

    # The new topic was seen as a candidate, and is a group like any other since the rebuild.
    assert 6 <= fate[NEW][0] < REBUILT
    assert home(atlas, NEW) in set(atlas.tree["group"])
    since = clioscope.changes(atlas, clioscope.open(tmp_path / "half"))
    born = since.filter(pl.col("group") == home(atlas, NEW))
    assert born["kind"].item() == "new"
    assert since.filter(pl.col("group") == home(atlas, VANISHING))["kind"].item() == "shrinking"

    # Questions to the edited atlas.
    change = clioscope.explain_change(atlas, "error", "2026-01-05..2026-02-15", "2026-02-16..", level=0, draws=100)
    assert change.groups["name"][0] == "Set a timer"
    assert set(change.groups["group"]) <= set(atlas.tree["group"])
    tests = write_jsonl(tmp_path / "tests.jsonl", [dict(row, id=f"t{n}") for n, row in enumerate(weeks[0][:40])])
    covered = clioscope.coverage(atlas, tests)
    assert set(covered.groups["group"]) <= set(atlas.tree["group"]) and covered.tests == 40
    assert covered.groups.filter(pl.col("name") == "Travel abroad")["tests"].item() >= 20

    strange = clioscope.surprises(atlas)
    assert strange and {one.group for one in strange} <= set(atlas.tree["group"])

    # The file of edits gives the same layer as often as it is replayed.
    log = (folder / "edits.jsonl").read_bytes()
    replay(folder)
    once = layer(folder)
    replay(folder)
    assert layer(folder) == once and (folder / "edits.jsonl").read_bytes() == log

    # What is published has the analyst's names.
    public = clioscope.publish(
        atlas, tmp_path / "public", PrivacySettings(min_conversations=5, min_users=3), unaudited=True
    )
    names = set(public.tree["name"])
    assert {"Set a timer", "Travel abroad", "Move money"} <= names
    assert not names & {one for one in lost if " " in one}  # a spare name may be a single word of the old one

    # An atlas of the last weeks alone, after this one: what has ended is gone, what was edited stays.
    late = clioscope.build(files[7:], tmp_path / "late", without_model(), after=folder)
    changes = clioscope.changes(late)
    gone_now = changes.filter(pl.col("kind") == "gone")
    assert home(atlas, VANISHING) in gone_now["before"].list.explode().to_list()
    assert {"Set a timer", "Travel abroad"} <= set(late.tree["name"])
