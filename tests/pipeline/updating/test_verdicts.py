"""The names of the new groups of an update are audited as those of a build."""

import re

import polars as pl
import pytest
from conftest import write_jsonl
from streams import TOPICS, stream

import clioscope
from clioscope.recognisers import Found, recognisers
from clioscope.settings import load_settings
from clioscope.testing import trial


class Some:
    """Objects to these letters."""

    id = "some-1"

    def __init__(self, letters: str) -> None:
        self.letters = letters

    def find(self, texts):
        return [[Found(*one.span(), "identifier") for one in re.finditer(self.letters, text)] for text in texts]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verdicts")
    old = write_jsonl(folder / "old.jsonl", stream(1, tuple(TOPICS)[:6], 30))
    return old, write_jsonl(folder / "new.jsonl", stream(2, ("chess",), 20))


def updated(files, folder, letters: str):
    """The atlas before and after an update with a new topic, and the row of its group in three tables."""
    settings = load_settings(
        model__name="none",
        embedding__model="hash",
        layout__method="pca",
        clustering__clusters=6,
        hierarchy__top=2,
        privacy__recognisers=("some",),
    )
    with trial():
        recognisers.register("some")(lambda rest: Some(letters))
        before = clioscope.build(files[0], folder / "atlas", settings)
        after = clioscope.update(before, files[1], folder / "after")
    [group] = after.tree.filter("candidate")["group"]
    rows = [after.table(name).row(by_predicate=pl.col("group") == group, named=True) for name in TABLES]
    return before, after, rows


TABLES = ("tree", "audit", "public_names")


def test_words_that_many_wrote_stand_for_a_new_name_that_is_withheld(files, tmp_path) -> None:
    before, after, (shown, audit, counted) = updated(files, tmp_path, "seven")
    assert "seven" in audit["raw_description"] and (audit["score"], audit["first_score"]) == (5, 1)
    assert (shown["action"], shown["score"], audit["action"]) == ("rewritten", 5, "rewritten")
    assert "queen" in shown["name"] and "seven" not in shown["name"] + shown["description"]
    assert (counted["name"], counted["description"]) == (shown["name"], shown["description"])
    assert counted["people"] >= 7 and counted["spare_name"] is None
    kept = after.tree.join(before.tree, on=["group", "name", "description", "action", "unbacked"], how="semi")
    assert kept.height == after.tree.height - 1, "all others keep their names and verdicts"


def test_a_new_name_stays_withheld_where_its_words_do_not_pass_either(files, tmp_path) -> None:
    _, _, (shown, audit, counted) = updated(files, tmp_path, "pawn")
    assert (shown["action"], shown["score"], audit["action"]) == ("withheld", 1, "withheld")
    assert (counted["name"], counted["description"]) == (shown["name"], shown["description"])
