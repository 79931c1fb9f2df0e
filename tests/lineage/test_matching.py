"""Which groups of two atlases are the same, and what happened to the others."""

import numpy as np
import polars as pl
import pytest

from clioscope.lineage.fates import what_happened
from clioscope.lineage.matching import kept_ids, match_groups
from clioscope.lineage.overlap import overlap


def members(groups: dict[str, range | list[int]]) -> pl.DataFrame:
    """One row per conversation and group; a conversation is a number."""
    rows = [(f"c{number}", group) for group, numbers in groups.items() for number in numbers]
    return pl.DataFrame(rows, schema=["conversation", "group"], orient="row")


def fates(old, new) -> dict[str, tuple]:
    """Fate, before and after of every group, by its new name or, for one that is gone, by its old one."""
    found = what_happened(overlap(members(old), members(new)))
    return {(one.new or f"gone {one.old}"): (one.fate, sorted(one.before), sorted(one.after)) for one in found}


def test_unchanged_groups_are_themselves_under_other_names() -> None:
    matches = match_groups(members({"a": range(10), "b": range(10, 30)}), members({0: range(10, 30), 1: range(10)}))
    assert {new: (match.old, match.common, match.overlap) for new, match in matches.items()} == {
        0: ("b", 20, 1.0),
        1: ("a", 10, 1.0),
    }
    assert not any(match.moved for match in matches.values())


def test_only_conversations_that_both_have_decide() -> None:
    old = members({"a": range(20), "b": range(20, 40)})
    new = members({"x": [*range(10, 20), *range(100, 190)], "y": range(25, 40)})
    matches = match_groups(old, new)
    assert (matches["x"].old, matches["x"].overlap) == ("a", 1.0)
    assert (matches["y"].old, matches["y"].common) == ("b", 15)


def test_the_assignment_is_the_best_of_all_and_not_greedy() -> None:
    old = members({"a": range(100), "b": range(100, 134)})
    new = members({"x": [*range(66), *range(100, 134)], "y": range(66, 100)})
    found = overlap(old, new)
    assert found.jaccard.argmax() == 0 and (found.old[found.rows[0]], found.new[found.columns[0]]) == ("a", "x")
    matches = match_groups(old, new)
    assert {new: match.old for new, match in matches.items()} == {"x": "b", "y": "a"}
    assert all(match.moved for match in matches.values())


def test_chance_is_no_evidence() -> None:
    old, new = members({"a": range(50)}), members({"x": [49, *range(100, 150)]})
    assert match_groups(old, new) == {}
    assert match_groups(members({"a": [1]}), members({"x": [1]}))["x"].common == 1


def test_a_large_random_shuffle_is_matched_completely() -> None:
    rng = np.random.default_rng(0)
    label = rng.integers(300, size=20_000)
    moved = np.where(rng.random(20_000) < 0.05, rng.integers(300, size=20_000), label)
    names = [f"c{number}" for number in range(20_000)]
    old = pl.DataFrame({"conversation": names, "group": [f"g{one}" for one in label]})
    new = pl.DataFrame({"conversation": names, "group": moved})
    matches = match_groups(old, new)
    assert len(matches) == 300
    assert all(match.old == f"g{new}" for new, match in matches.items())
    assert np.mean([match.overlap for match in matches.values()]) == pytest.approx(0.905, abs=0.01)


def test_ids_of_the_past_are_kept_and_never_given_to_another_group() -> None:
    matches = match_groups(members({"g1": range(10), "g2": range(10, 20)}), members({0: range(10), 1: range(50, 60)}))
    assert kept_ids(["hash0", "g2"], matches, [0, 1], {"g1", "g2"})[0] == "g1"
    other = kept_ids(["hash0", "g2"], matches, [0, 1], {"g1", "g2"})[1]
    assert other not in {"g1", "g2"} and other.startswith("g")


@pytest.mark.parametrize("added", [0, 200])
def test_a_split_a_merge_a_birth_and_a_death_are_told(added) -> None:
    old = {"a": range(60), "b": range(60, 90), "c": range(90, 120), "d": range(120, 150), "e": range(150, 190)}
    new = {
        "a1": range(35),  # a is split
        "a2": range(35, 60),
        "bc": range(60, 120),  # b and c are merged
        "e": range(150, 190),  # d is gone
        "f": range(1000, 1040),  # f is new
    }
    if added:
        new = {
            group: [*numbers, *range(2000 + 100 * n, 2000 + 100 * n + 40)]
            for n, (group, numbers) in enumerate(new.items())
        }
    told = fates(old, new)
    assert told["a1"] == ("split", ["a"], ["a1", "a2"])
    assert told["a2"] == ("split", ["a"], ["a2"])
    assert told["bc"][0] == "merged" and told["bc"][1] == ["b", "c"]
    assert told["gone d"] == ("died", ["d"], [])
    assert told["f"] == ("born", [], ["f"])
    assert told["e"][0] == "continued"
    assert {fate for name, (fate, *_) in told.items() if name in ("gone b", "gone c")} <= {"merged"}


def test_a_group_that_swallows_a_small_one_stays_itself_and_the_small_one_is_told_as_merged() -> None:
    told = fates({"big": range(200), "small": range(200, 215)}, {"x": range(215)})
    assert told == {"x": ("continued", ["big"], ["x"]), "gone small": ("merged", ["small"], ["x"])}


def test_growth_counts_against_the_whole() -> None:
    old = {"a": range(100), "b": range(100, 200)}
    doubled = {"a": [*range(100), *range(300, 400)], "b": [*range(100, 200), *range(400, 500)]}
    assert {fate for fate, *_ in fates(old, doubled).values()} == {"continued"}
    tilted = {"a": [*range(100), *range(300, 450)], "b": range(100, 200)}
    told = fates(old, tilted)
    assert told["a"][0] == "grew" and told["b"][0] == "shrank"


def test_a_sliding_window_tells_the_same() -> None:
    old = {"a": range(100), "b": range(100, 200), "c": range(200, 300)}
    new = {
        "ab": [*range(80, 100), *range(180, 200), *range(500, 660)],  # of a fifth that is left, all
        "c": [*range(280, 300), *range(700, 810)],
        "d": range(900, 980),
    }
    told = fates(old, new)
    assert told["ab"][:2] == ("merged", ["a", "b"]) and told["d"][0] == "born" and told["c"][0] == "continued"
