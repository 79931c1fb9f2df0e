from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clioscope.clustering import default_clusters
from clioscope.hierarchy.levels import level_sizes


@pytest.mark.parametrize(
    ("conversations", "expected"),
    [(200, [22, 8]), (10_000, [120, 10]), (100_000, [1020, 115, 13]), (1_000_000, [3225, 538, 90, 15])],
)
def test_defaults(conversations, expected) -> None:
    assert level_sizes(expected[0], conversations) == expected
    assert abs(default_clusters(conversations) - expected[0]) <= 1


def test_a_small_base_stands_alone() -> None:
    assert level_sizes(15, 150) == [15]
    assert level_sizes(1, 5) == [1]
    assert level_sizes(8, 200, top=8) == [8]


def test_the_ratio_rule_of_the_paper() -> None:
    assert level_sizes(1000, 100_000, top=10, levels=3) == [1000, 100, 10]
    assert level_sizes(1000, 100_000, levels=1) == [1000]


def test_small_data_do_not_get_a_wide_top() -> None:
    assert level_sizes(50, 60)[-1] == 3


@given(
    st.integers(1, 5000),
    st.integers(1, 2_000_000),
    st.none() | st.integers(1, 50),
    st.none() | st.integers(1, 8),
)
def test_levels_fall_from_the_base_to_the_top(base, conversations, top, levels) -> None:
    sizes = level_sizes(base, conversations, top, levels)
    assert sizes[0] == base
    assert all(low > high >= 1 for low, high in pairwise(sizes))
    if levels is not None:
        assert len(sizes) <= levels
    if top is not None and top < base and levels != 1:
        assert sizes[-1] == top
    if top is None and levels is None:
        assert all(low / high <= 14 for low, high in pairwise(sizes)) or conversations < 20 * 15
