"""Intervals hold when a few people write most of it."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from clioscope.comparison.intervals import difference
from clioscope.comparison.sides import Side
from clioscope.comparison.spread import kish_by_group, likenesses, unit_shares

TREE = pl.DataFrame({"group": ["a", "b"], "parent": pl.Series([None, None], dtype=pl.String), "level": [0, 0]})
UNITS = {"a": ["a"], "b": ["b"]}


def side(persons, groups, atlas=None, conversations=None):
    rows = pl.DataFrame(
        {
            "conversation": conversations or [f"c{number}" for number in range(len(groups))],
            "person": persons,
            "number": range(len(groups)),
            "group": groups,
            "part": [1.0] * len(groups),
        }
    )
    sizes = {name: float(sum(group == name for group in groups)) for name in "ab"}
    counts = {name: int(size) for name, size in sizes.items()}
    return Side(atlas or SimpleNamespace(tree=TREE), "x", rows, sizes, counts, float(len(groups)))


def drawn(random, people=60, share=0.3):
    """Records of people who each prefer one group, a few of whom write most."""
    persons, groups = [], []
    for person in range(people):
        own = random.beta(share * 2, (1 - share) * 2)
        for _ in range(int(np.ceil(random.pareto(2) * 3))):
            persons.append(person)
            groups.append("a" if random.random() < own else "b")
    return persons, groups


def test_two_draws_from_one_crowd_rarely_differ() -> None:
    random = np.random.default_rng(5)
    found = naive = 0
    for _ in range(300):
        one, other = (side(*drawn(random)) for _ in range(2))
        shares = [unit_shares(each, UNITS)["a"] for each in (one, other)]
        found += difference(*shares).p < 0.05
        n = [each.total for each in (one, other)]
        p = [share.share for share in shares]
        joint = (p[0] * n[0] + p[1] * n[1]) / sum(n)
        naive += abs(p[1] - p[0]) > 1.96 * np.sqrt(joint * (1 - joint) * (1 / n[0] + 1 / n[1]))
    assert found <= 0.07 * 300
    assert naive > 2 * max(found, 15), "records for people would be wrong far more often"


def test_a_side_is_like_itself_and_unlike_another() -> None:
    random = np.random.default_rng(1)
    one = side(*drawn(random))
    assert likenesses(one, one, (UNITS, UNITS))["a"] == pytest.approx(1)
    other = side(*drawn(random), conversations=None)
    apart = other._replace(rows=other.rows.with_columns(conversation=pl.lit("z") + pl.col("conversation")))
    assert likenesses(one, apart, (UNITS, UNITS)) == {}


def test_units_are_summed_and_people_counted_once() -> None:
    one = side([1, 1, 2, 3], ["a", "b", "a", "b"])
    both = unit_shares(one, {"all": ["a", "b"], "a": ["a"]})
    assert both["all"].share == 1
    assert both["a"].share == 0.5
    worth = kish_by_group(one)
    assert worth[""] == pytest.approx(16 / 6)
    assert worth["a"] == pytest.approx(2)
