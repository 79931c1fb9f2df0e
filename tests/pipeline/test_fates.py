"""A planted split and a planted merge, from files of conversations to what ``changes`` prints."""

import json
import random
import re

import polars as pl
import pytest
from commands import run_cli
from conftest import FILL, write_jsonl

import clioscope
from clioscope.settings import load_settings

pytestmark = pytest.mark.slow

TOPICS = {
    "tomato": "Tomato seedlings in the greenhouse of my garden turn yellow {}",
    "rose": "Rose bushes beside the fence of my garden attract greenfly {}",
    "rye": "Recipe for my kitchen at home: sourdough bread with rye flour, seeds and a dark crust {}",
    "wheat": "Recipe for my kitchen at home: sourdough bread with wheat flour, yeast and a soft crumb {}",
    "train": "Plan a trip to Georgia for us in the summer: night trains through mountains {}",
    "hotel": "Plan a trip to Georgia for us in the summer: quiet hotels near a beach {}",
    "excel": "Help with my office work for the boss: a spreadsheet formula sums the column {}",
    "slides": "Help with my office work for the boss: presentation slides need a chart {}",
    "rent": "What does the law of this country say: the landlord keeps the deposit {}",
    "job": "What does the law of this country say: an employer delays wages {}",
    "list": "Repair this python program for me please: a list index runs beyond {}",
    "module": "Repair this python program for me please: import of a module fails {}",
    # What lies between the two breads.
    "rye, wheat": "Recipe for my kitchen at home: sourdough bread with rye and wheat flour, yeast, seeds and a dark "
    "crust, soft{}",
    "wheat, rye": "Recipe for my kitchen at home: sourdough bread with wheat and rye flour, yeast, seeds and a soft "
    "crumb, dark{}",
}
OTHERS = tuple(TOPICS)[4:12]
REST = dict.fromkeys(OTHERS, 16)
GARDEN = {"tomato": 13, "rose": 11, "rye": 16, **REST}  # eleven topics in ten groups: the garden is one
BREAD = {"rye": 8, "wheat": 8, **REST}  # ten topics in ten groups


def settings(groups: int):
    return load_settings(
        model__name="none",
        embedding__model="hash",
        layout__method="pca",
        clustering__clusters=groups,
        hierarchy__top=3,
    )


def talk(counts: dict[str, int], week: int) -> list[dict]:
    """So many conversations of each topic; their ids begin with it."""
    draw, rows = random.Random(week), []
    for topic, count in counts.items():
        for number in range(count):
            more = "" if ", " in topic else " ".join(draw.sample(FILL, 6))
            text = f"{TOPICS[topic].format(more)} case {week}{number}."
            rows.append(
                {
                    "id": f"{topic}/{week}-{number}",
                    "user_id": f"u{number % 13}",
                    "messages": [{"role": "user", "content": text}],
                }
            )
    return rows


def homes(atlas) -> dict[str, str]:
    """The base group that holds most of each topic."""
    rows = atlas.occurrences.with_columns(topic=pl.col("record").str.split("/").list.first())
    rows = rows.join(atlas.clusters, on="conversation").group_by("topic", "group").len().sort("len", descending=True)
    return dict(reversed(list(rows.select("topic", "group").iter_rows())))


def names(atlas) -> dict[str, str]:
    return dict(atlas.tree.select("group", "name").iter_rows())


def base_rows(rows) -> dict[str, dict]:
    """The rows of base groups by id; of a group that is gone, by "gone" and its old id."""
    return {row["group"] or f"gone {row['before'][0]}": row for row in rows if row["level"] == 0}


def told(made) -> tuple[dict[str, dict], dict[str, str]]:
    """The rows of the lineage, and the kinds that the command prints; both of base groups."""
    printed = run_cli("changes", str(made.path), "--json")
    assert printed.returncode == 0, printed.stderr
    kinds = {group: row["kind"] for group, row in base_rows(json.loads(printed.stdout)).items()}
    return base_rows(made.table("lineage").iter_rows(named=True)), kinds


@pytest.fixture(scope="module")
def garden(tmp_path_factory):
    folder = tmp_path_factory.mktemp("garden")
    atlas = clioscope.build(write_jsonl(folder / "old.jsonl", talk(GARDEN, 1)), folder / "atlas", settings(10))
    found = homes(atlas)
    assert found["tomato"] == found["rose"] and len(set(found.values())) == 10
    return atlas


@pytest.fixture(scope="module")
def bread(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bread")
    atlas = clioscope.build(write_jsonl(folder / "old.jsonl", talk(BREAD, 1)), folder / "atlas", settings(10))
    assert len(set(homes(atlas).values())) == 10
    return atlas


def check_others(first, made) -> None:
    """All other groups keep their ids and names, and no command says that anything happened to them."""
    before, now, (rows, kinds) = homes(first), homes(made), told(made)
    for topic in OTHERS:
        assert now[topic] == before[topic] and names(made)[now[topic]] == names(first)[before[topic]]
        assert rows[now[topic]]["kept_name"] and rows[now[topic]]["fate"] in ("continued", "shrank")
        assert kinds[now[topic]] in ("steady", "shrinking")


def check_split(first, made) -> None:
    before, now, (rows, kinds) = homes(first), homes(made), told(made)
    whole, part = before["tomato"], now["rose"]
    assert now["tomato"] == whole != part, "the half with more of its members keeps the id"
    assert rows[whole]["fate"] == rows[part]["fate"] == kinds[whole] == kinds[part] == "split"
    assert set(rows[whole]["after"]) == {whole, part} and rows[part]["before"] == [whole]
    assert rows[whole]["overlap"] == pytest.approx(13 / 24)

    # Both halves are named anew, and the old name is in the history of the one that has the id.
    old, named = names(first)[whole], names(made)
    assert rows[whole]["kept_name"] is False and rows[whole]["names_before"] == [old] and named[whole] != old
    assert rows[part]["kept_name"] is None and rows[part]["names_before"] == []
    assert re.search("(?i)tomato|greenhouse|yellow", named[whole]) and re.search("(?i)rose|greenfly|fence", named[part])
    check_others(first, made)
    assert re.search(r"(?m)^Split \(", run_cli("changes", str(made.path)).stdout)


def check_merged(first, made) -> None:
    before, now, (rows, kinds) = homes(first), homes(made), told(made)
    breads, group = {before["rye"], before["wheat"]}, now["rye"]
    assert now["wheat"] == now["rye, wheat"] == group and group in breads
    [gone] = breads - {group}
    assert rows[group]["fate"] == rows[f"gone {gone}"]["fate"] == kinds[group] == kinds[f"gone {gone}"] == "merged"
    assert set(rows[group]["before"]) == breads and rows[f"gone {gone}"]["after"] == [group]
    assert rows[group]["overlap"] == pytest.approx(0.5)

    # It is named anew; the name of the one that went is nowhere.
    was, named = names(first), names(made)
    assert rows[group]["kept_name"] is False and rows[group]["names_before"] == [was[group]]
    assert named[group] != was[group] and was[gone] not in named.values()
    check_others(first, made)
    assert re.search(r"(?m)^Merged \(", run_cli("changes", str(made.path)).stdout)


def test_an_update_tells_a_planted_split(garden, tmp_path) -> None:
    new = write_jsonl(tmp_path / "new.jsonl", talk({"tomato": 8, "rose": 8}, 2))
    made = clioscope.update(garden, new, tmp_path / "made", false_refusals=0)
    done = made.manifest["updates"][-1]
    assert (done["split"], done["merged"], done["candidates"]) == (1, 0, 0)
    check_split(garden, made)


def test_an_update_tells_a_planted_merge(bread, tmp_path) -> None:
    new = write_jsonl(tmp_path / "new.jsonl", talk({"rye, wheat": 60, "wheat, rye": 60}, 2))
    made = clioscope.update(bread, new, tmp_path / "made", false_refusals=0)
    done = made.manifest["updates"][-1]
    assert (done["split"], done["merged"], done["candidates"]) == (0, 1, 0)
    check_merged(bread, made)


def after(first, more: dict[str, int], groups: int, folder):
    new = write_jsonl(folder / "new.jsonl", talk(more, 2))
    return clioscope.build(
        [first.manifest["sources"][0]["path"], new], folder / "made", settings(groups), after=first.path
    )


def test_a_build_after_another_tells_a_planted_split(garden, tmp_path) -> None:
    check_split(garden, after(garden, {"tomato": 8, "rose": 8}, 11, tmp_path))


def test_a_build_after_another_tells_a_planted_merge(bread, tmp_path) -> None:
    check_merged(bread, after(bread, {"rye, wheat": 4, "wheat, rye": 4}, 9, tmp_path))
