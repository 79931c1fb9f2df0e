"""What is told as new, gone, growing and shrinking, and what as chance."""

import numpy as np
import polars as pl
import pytest

from clioscope.lineage.changes import changes_of
from clioscope.lineage.table import lineage_table


def tree(groups, names=None) -> pl.DataFrame:
    ids = sorted(set(groups))
    return pl.DataFrame(
        {
            "group": ids,
            "level": pl.Series([0] * len(ids), dtype=pl.UInt8),
            "parent": pl.Series([None] * len(ids), dtype=pl.String),
            "name": [(names or {}).get(one, one.upper()) for one in ids],
        }
    )


def told(old: dict[str, list[int]], new: dict[str, list[int]], **names) -> pl.DataFrame:
    frames = [
        pl.DataFrame(
            [(f"c{one}", group) for group, ones in groups.items() for one in ones],
            schema=["conversation", "group"],
            orient="row",
        )
        for groups in (old, new)
    ]
    return lineage_table(tree(old), tree(new, names), *frames)


def drawn(shares, count, start, seed) -> dict[str, list[int]]:
    """So many conversations, drawn into groups by their shares."""
    labels = np.random.default_rng(seed).choice(len(shares), size=count, p=shares)
    return {f"g{group}": (np.flatnonzero(labels == group) + start).tolist() for group in range(len(shares))}


def joined(one, other) -> dict[str, list[int]]:
    return {group: [*one.get(group, []), *other.get(group, [])] for group in {*one, *other}}


def test_what_is_planted_is_told() -> None:
    old = drawn([0.3, 0.3, 0.2, 0.2], 2000, 0, 0)
    added = drawn([0.15, 0.45, 0.2, 0.2], 1500, 5000, 1)
    new = joined(old, added)
    new["fresh"] = list(range(9000, 9100))
    del new["g3"]
    table = changes_of(told(old, new))
    kinds = dict(zip(table["name"], table["kind"], strict=True))
    assert (
        kinds == {"G0": "shrinking", "G1": "growing", "G2": "steady", "G3": "gone", "FRESH": "new"}
        or kinds["G2"] == "growing"
    ), "with a fifth of all gone, the others are larger shares"
    fresh = table.row(by_predicate=pl.col("name") == "FRESH", named=True)
    assert fresh["share_before"] == 0 and fresh["share_now"] == pytest.approx(100 / sum(map(len, new.values())))
    assert 0 < fresh["low"] < fresh["change"] < fresh["high"]
    gone = table.row(by_predicate=pl.col("name") == "G3", named=True)
    assert gone["group"] is None and gone["share_now"] == 0 and gone["high"] < 0


def test_chance_is_called_growing_at_most_as_often_as_said() -> None:
    """Forty groups of which none changes, in growing atlases: hardly one is called growing or shrinking."""
    shares = np.full(40, 1 / 40)
    wrong, covered, tested = 0, 0, 0
    for seed in range(40):
        old = drawn(shares, 2000, 0, seed)
        new = joined(old, drawn(shares, 2000, 5000, 1000 + seed))
        table = changes_of(told(old, new))
        wrong += table["kind"].is_in(["growing", "shrinking"]).any()
        covered += ((table["low"] <= 0) & (table["high"] >= 0)).sum()
        tested += table.height
    assert wrong <= 5, "a family of tests is wrong in 5 % of cases"
    assert 0.93 < covered / tested < 0.98


def test_two_atlases_of_other_conversations_have_wider_intervals_than_a_grown_one() -> None:
    shares = [0.5, 0.3, 0.2]
    old, added = drawn(shares, 1000, 0, 0), drawn(shares, 1000, 5000, 1)
    kept = {group: ones[:100] for group, ones in old.items()}
    grown, slid = (changes_of(told(old, new)) for new in (joined(old, added), joined(kept, added)))
    widths = [(table["high"] - table["low"]).sum() for table in (grown, slid)]
    assert widths[0] < widths[1] * 0.8


def test_an_unchanged_atlas_has_nothing_to_tell() -> None:
    old = drawn([0.5, 0.3, 0.2], 300, 0, 0)
    table = changes_of(told(old, old))
    assert set(table["kind"]) == {"steady"} and (table["change"] == 0).all()
    assert (table["low"] == 0).all() and (table["high"] == 0).all() and (table["p"] == 1).all()


def test_a_new_name_keeps_the_old_one_in_its_history() -> None:
    old = {"g0": list(range(50)), "g1": list(range(50, 100))}
    table = told(old, old, g0="Another name")
    row = table.row(by_predicate=pl.col("group") == "g0", named=True)
    assert row["names_before"] == ["G0"] and row["kept_name"] is False
