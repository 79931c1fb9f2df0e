"""After a cut, a point that clearly lies nearer to another group moves there."""

import numpy as np
import pytest

from clioscope.hierarchy.settle import settle

POINTS = np.array([[0.0, 0], [0, 1], [1, 0], [10, 0], [10, 1], [11, 0], [9, 0]])
ONE = np.ones(len(POINTS))
NOBODY = np.zeros(len(POINTS), dtype=np.int32)


def settled(labels, above=NOBODY, weights=ONE):
    return settle(np.array(labels, dtype=np.int32), above, POINTS * weights[:, None], weights).tolist()


@pytest.mark.parametrize("weights", [ONE, np.array([3.0, 1, 2, 5, 1, 1, 2])])
def test_a_misplaced_point_moves(weights) -> None:
    assert settled([0, 0, 0, 1, 1, 1, 0], weights=weights) == [0, 0, 0, 1, 1, 1, 1]


def test_a_good_cut_stays() -> None:
    assert settled([0, 0, 0, 1, 1, 1, 1]) == [0, 0, 0, 1, 1, 1, 1]


def test_a_point_never_leaves_its_parent() -> None:
    above = np.array([0, 0, 0, 1, 1, 1, 0], dtype=np.int32)
    assert settled([0, 0, 0, 1, 1, 1, 0], above) == [0, 0, 0, 1, 1, 1, 0]


def test_a_group_keeps_two_points_and_one_that_is_alone_stays_alone() -> None:
    assert settled([0, 0, 0, 1, 1, 2, 2]) == [0, 0, 0, 1, 1, 2, 2]
    assert settled([0, 0, 0, 1, 1, 2, 1]) == [0, 0, 0, 1, 1, 2, 1]


def test_near_ties_are_left_alone() -> None:
    line = np.array([[0.0], [2], [5.02], [8], [10]])
    labels = np.array([0, 0, 0, 1, 1], dtype=np.int32)
    assert settle(labels, np.zeros(5, dtype=np.int32), line, np.ones(5)).tolist() == labels.tolist()
