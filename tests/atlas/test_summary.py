"""What groups are like: counts of facet values, and the line a reader gets."""

from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from clioscope.atlas.shares import share_text
from clioscope.atlas.summary import facet_counts, group_summaries


def toy(facets: pl.DataFrame, kinds: dict[str, str]):
    """An atlas of two groups, a (c1 twice, c2) and b (c3), in one parent."""
    member = [("c1", "a", 2), ("c2", "a", 1), ("c3", "b", 1), ("c1", "top", 2), ("c2", "top", 1), ("c3", "top", 1)]
    return SimpleNamespace(
        published=False,
        path=Path("an atlas of an earlier version"),
        manifest={"facets": [{"name": name, "type": kind} for name, kind in kinds.items()]},
        membership=pl.DataFrame(member, schema=["conversation", "group", "count"], orient="row"),
        facets=facets,
        tree=pl.DataFrame({"group": ["top", "a", "b"], "count": [4, 3, 1]}),
    )


FACETS = pl.DataFrame(
    {
        "conversation": ["c1", "c2", "c3"],
        "request": ["x", "y", "z"],
        "concern": [1, 1, 5],
        "language": ["en", "ru", None],
        "length": ["short", "long", "short"],
    }
)
KINDS = {"request": "text", "concern": "score", "language": "language", "length": "computed"}


def test_values_are_counted_with_duplicates_in_every_group_and_text_is_not() -> None:
    found = facet_counts(toy(FACETS, KINDS))
    assert found.rows() == [
        ("a", "concern", "1", 3),
        ("a", "language", "en", 2),
        ("a", "language", "ru", 1),
        ("a", "length", "short", 2),
        ("a", "length", "long", 1),
        ("b", "concern", "5", 1),
        ("b", "length", "short", 1),
        ("top", "concern", "1", 3),
        ("top", "concern", "5", 1),
        ("top", "language", "en", 2),
        ("top", "language", "ru", 1),
        ("top", "length", "short", 3),
        ("top", "length", "long", 1),
    ]
    assert found.schema["count"] == pl.UInt32


def test_a_line_tells_the_languages_and_a_score_that_stands_out() -> None:
    assert group_summaries(toy(FACETS, KINDS)) == {
        "top": "en 50 %, ru 25 %",  # of one conversation it is not known
        "a": "en 67 %, ru 33 % · concern 1.0",
        "b": "concern 5.0",
    }


def test_a_score_that_is_as_usual_is_not_told() -> None:
    usual = FACETS.with_columns(concern=pl.Series([2, 2, 2]))
    assert not any("concern" in line for line in group_summaries(toy(usual, KINDS)).values())


def test_an_atlas_without_closed_facets_has_no_counts() -> None:
    found = facet_counts(toy(FACETS.select("conversation", "request"), {"request": "text", "concern": "score"}))
    assert found.columns == ["group", "facet", "value", "count"]
    assert found.is_empty()
    assert set(group_summaries(toy(FACETS, {})).values()) <= {"", "x"}


def test_a_published_atlas_brings_its_counts() -> None:
    stored = pl.DataFrame({"group": ["a"], "facet": ["language"], "value": ["en"], "count": [20]})
    atlas = SimpleNamespace(
        path=Path("no atlas"),
        published=True,
        facet_counts=stored,
        manifest={"facets": []},
        tree=pl.DataFrame({"group": ["a", "b"], "count": [25, 15]}),
    )
    assert facet_counts(atlas).equals(stored)
    assert group_summaries(atlas) == {"a": "en 80 %", "b": ""}, "five of a are in languages too rare to publish"


def test_counts_of_a_real_atlas_add_up_to_its_groups(finished) -> None:
    counts = facet_counts(finished)
    for facet in ("concern", "language", "length"):
        sums = dict(counts.filter(pl.col("facet") == facet).group_by("group").agg(pl.col("count").sum()).iter_rows())
        assert sums == dict(finished.tree.select("group", "count").iter_rows())


@pytest.mark.parametrize(
    ("count", "total", "text"),
    [(12, 100, "12 %"), (1, 1000, "<1 %"), (0, 10, "0 %"), (5, 1000, "<1 %"), (6, 1000, "1 %"), (3, 0, "0 %")],
)
def test_shares_read_as_a_reader_expects(count, total, text) -> None:
    assert share_text(count, total) == text


def test_the_languages_of_the_whole_atlas_are_not_said_again_of_each_group() -> None:
    atlas = toy(FACETS.with_columns(language=pl.Series(["en", "en", "ru"])), {"language": "language"})
    atlas.tree = atlas.tree.with_columns(parent=pl.Series([None, "top", "top"]))
    assert group_summaries(atlas, telling=True) == {"top": "", "a": "en 100 %", "b": "ru 100 %"}
    atlas.facets = FACETS.with_columns(language=pl.Series(["en", "en", "en"]))
    assert set(group_summaries(atlas, telling=True).values()) == {""}
    assert set(group_summaries(atlas).values()) == {"en 100 %"}
