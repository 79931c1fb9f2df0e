"""What two groups have in common, from where conversations lie, and which group has nothing of the other side."""

import numpy as np
import pytest

from clioscope.comparison.landed import Landed

# Before: a (40) and b (60); after: x (40, half of it in the place of a), y (50, all in the place of b) and z (10).
FOUND = Landed(
    own=({"a": 40, "b": 50}, {"x": 30, "y": 40, "z": 10}),
    theirs=({"a": {"x": 20}, "b": {"y": 25, "z": 1}}, {"x": {"a": 10}, "y": {"b": 20}, "z": {"b": 1}}),
    total=(100, 100),
)


def test_what_two_groups_have_in_common_counts_from_both_sides() -> None:
    shared = FOUND.shared(["a", "b"], ["x", "y", "z"])
    np.testing.assert_allclose(shared, [[0.3, 0, 0], [0, 0.45, 0.02]])
    np.testing.assert_allclose(FOUND.shared(["b"], ["z"]), [[0.02]])
    assert FOUND.shared([], ["x"]).shape == (0, 1)


@pytest.mark.parametrize(("least", "alone"), [(0.05, [False, False, False]), (0.2, [False, False, True])])
def test_a_group_with_next_to_nothing_of_the_other_side_is_alone(least, alone) -> None:
    assert FOUND.alone(1, ["x", "y", "z"], ["a", "b"], least).tolist() == alone
    assert FOUND.alone(0, ["a", "b"], ["x", "y", "z"], least).tolist() == [False, False]
    assert FOUND.alone(0, ["a"], ["y", "z"], least).tolist() == [True], "x does not count"
