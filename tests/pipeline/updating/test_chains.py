"""Where base groups stand in the tree after an update."""

import numpy as np
import pytest

from clioscope.hierarchy.tree import Level
from clioscope.naming.candidates import Label
from clioscope.pipeline.updating.chains import Bases, Chains
from clioscope.settings import Category
from clioscope.vectors.unit import unit_rows

DIM = 16


def near(axis: int, number: int, far: float = 0.3):
    """A group near an axis; others of the axis lean elsewhere."""
    vector = np.zeros(DIM)
    vector[axis], vector[4 + (axis * 3 + number) % 12] = 1, far
    return unit_rows(vector[None])[0]


BEFORE = np.stack([near(axis, number) for axis in range(3) for number in range(3)])
LEVELS = [Level(np.repeat(np.arange(3, dtype=np.int32), 3))]
NAMED = [[Label(f"base {one}", "") for one in range(9)], [Label(f"top {one}", "") for one in range(3)]]


def chains(added, moving, was=None, levels=LEVELS, named=NAMED, before=BEFORE, codes=None, categories=()):
    was = np.array([*range(len(before)), *[-1] * len(added)]) if was is None else np.array(was)
    there = [before[one] for one in was if one >= 0]
    centroids = np.stack([*there, *added]).astype(np.float32)
    count = len(centroids)
    bases = Bases(was, centroids, np.where(was >= 0, 10, 0), codes or [None] * count, np.zeros(count, bool))
    return Chains(levels, named, before, bases, moving, categories)


def test_a_born_group_stands_under_the_nearest_parent() -> None:
    made = chains([near(1, 1, 0.25)], [9])
    made.place(9)
    made.split_parents()
    shape = made.shape()
    assert shape.levels[0].parent_of.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 1] and shape.was == [[0, 1, 2]]


def test_what_fits_no_parent_gets_one_of_its_own_that_others_may_join() -> None:
    one, two = near(3, 0, 0.25), near(3, 1, 0.25)
    made = chains([one, two], [9, 10])
    made.place(9)
    made.place(10)
    shape = made.shape()
    assert shape.levels[0].parent_of.tolist()[9:] == [3, 3] and shape.was == [[0, 1, 2, None]]


def test_a_part_of_a_split_group_stays_beside_the_other_part_unless_another_parent_is_nearer() -> None:
    made = chains([near(0, 1, 0.2), near(2, 1, 0.2)], [9, 10])
    made.place(9, beside=0)
    made.place(10, beside=0)
    assert made.shape().levels[0].parent_of.tolist()[9:] == [0, 2]


def test_groups_that_are_gone_leave_no_empty_parent() -> None:
    was = [0, 1, 2, 6, 7, 8]
    shape = chains([], [], was).shape()
    assert shape.levels[0].parent_of.tolist() == [0, 0, 0, 1, 1, 1] and shape.was == [[0, 2]]


def test_a_parent_whose_groups_no_longer_hold_together_is_split() -> None:
    levels, named = [Level(np.array([0, 0, 0, 1, 1, 1], np.int32))], [NAMED[0][:6], NAMED[1][:2]]
    before = np.stack([near(0, 0, 0.8), near(0, 1, 0.8), near(0, 2, 0.8), *(near(1, one, 0.8) for one in range(3))])
    before[:, 0] += 0.5
    before = unit_rows(before)
    added = [unit_rows((near(0, 0) * 0.2 + near(2, one, 0.3))[None])[0] for one in range(3)]
    made = chains(added, [6, 7, 8], levels=levels, named=named, before=before)
    made.chain[6:, 0] = 0
    made._touched.add((0, 0))
    made.split_parents()
    shape = made.shape()
    assert shape.levels[0].parent_of.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2] and shape.was == [[0, 1, None]]


def test_with_two_levels_a_new_parent_stands_under_a_higher_one_that_it_fits() -> None:
    levels = [*LEVELS, Level(np.array([0, 0, 1], np.int32))]
    named = [*NAMED, [Label("high 0", ""), Label("high 1", "")]]
    made = chains([unit_rows((near(0, 5) + near(1, 5))[None])[0]], [9], levels=levels, named=named)
    made.place(9)
    low, high = made.shape().levels
    assert low.parent_of.tolist()[9] in (0, 1, 3) and high.parent_of[low.parent_of[9]] == 0
    made = chains([near(3, 0)], [9], levels=levels, named=named)
    made.place(9)
    low, high = made.shape().levels
    assert low.parent_of[9] == 3 and high.parent_of.tolist() == [0, 0, 1, 2]


def test_what_fits_nothing_stands_alone_and_nothing_joins_it() -> None:
    made = chains([np.zeros(DIM), near(3, 0)], [9, 10])
    made.stand_alone(9)
    made.bases.mixed[9] = True
    made.place(10)
    assert made.shape().levels[0].parent_of.tolist()[9:] == [3, 4]


@pytest.fixture
def book():
    return (
        Category(code="a", name="A", description="", parent=None),
        Category(code="b", name="B", description="", parent=None),
        Category(code="c", name="C", description="", parent=None),
    )


def test_a_group_of_a_category_stands_in_it_whatever_is_near(book) -> None:
    levels = [*LEVELS, Level(np.array([0, 1, 2], np.int32))]
    named = [*NAMED, [Label("A", "", code="a"), Label("B", "", code="b"), Label("top 2", "")]]
    codes = [*["a"] * 3, *["b"] * 3, *[None] * 3, "b", "c", None]
    added = [near(0, 1, 0.2), near(0, 2, 0.2), near(2, 1, 0.2)]
    made = chains(added, [9, 10, 11], levels=levels, named=named, codes=codes, categories=book)
    for group in (9, 10, 11):
        made.place(group)
    low, high = made.shape().levels
    above = high.parent_of[low.parent_of]
    assert above[9] == above[3] and above[11] == above[8] and low.parent_of[11] == 2
    assert made.shape().codes[1][above[10]] == "c" and made.shape().codes[1][above[9]] == "b"
