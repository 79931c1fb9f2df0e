"""Names and tree: counted by hand."""

import numpy as np
import pytest

from clioscope.measure.naming import duplicate_names, name_coverage, sibling_words
from clioscope.measure.tree_shape import (
    depth,
    depths,
    fan_out,
    largest_leaf,
    semantic_tree,
    single_children,
    size_gini,
    wu_palmer,
)

#        0      1
#      2   3    4
#     5 6       7
PARENTS = np.array([-1, -1, 0, 0, 1, 2, 2, 4])
SIZES = np.array([80, 20, 50, 30, 20, 30, 20, 20])


def test_shape_by_hand():
    assert list(depths(PARENTS)) == [1, 1, 2, 2, 2, 3, 3, 3]
    assert fan_out(PARENTS).value == pytest.approx((2 + 1 + 2 + 1) / 4)
    assert single_children(PARENTS).value == pytest.approx(2 / 4)
    assert depth(PARENTS).value == pytest.approx((2 + 3 + 3 + 3) / 4)
    assert largest_leaf(PARENTS, SIZES).value == pytest.approx(30 / 100)
    # leaves 30 30 20 20: mean difference 5 (of 16 ordered pairs 8 differ by 10), twice the mean 50
    assert size_gini(PARENTS, SIZES).value == pytest.approx(5 / 50)


def test_wu_palmer_by_hand():
    near = wu_palmer(PARENTS, np.arange(len(PARENTS)))
    assert near[5, 6] == pytest.approx(2 * 2 / 6)
    assert near[5, 3] == pytest.approx(2 * 1 / 5)
    assert near[5, 7] == 0
    assert near[2, 5] == pytest.approx(2 * 2 / 5)
    np.testing.assert_array_equal(np.diag(near), 1)


def test_a_flat_tree_has_no_inner_groups():
    flat = np.full(4, -1)
    assert np.isnan(fan_out(flat).value)
    assert np.isnan(single_children(flat).value)
    assert depth(flat).value == 1
    assert np.isnan(semantic_tree(np.eye(4), flat).value)


def test_parents_in_a_circle_are_an_error():
    with pytest.raises(ValueError, match="circle"):
        depths(np.array([1, 0]))


def test_names_that_mean_what_their_place_says():
    """Names whose cosines are the similarities in the tree correlate with it; random names do not."""
    parents = np.array([-1] * 3 + [0, 0, 1, 1, 2, 2] + [3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8])
    near = wu_palmer(parents, np.arange(len(parents)))
    values, axes = np.linalg.eigh(near)
    vectors = axes * np.sqrt(np.maximum(values, 0))
    assert semantic_tree(vectors, parents).value > 0.75  # ties and lost dimensions cost the rest
    noise = np.random.default_rng(0).normal(size=(len(parents), 64))
    found = semantic_tree(noise, parents)
    assert abs(found.value) < 0.2
    assert found.low < 0 < found.high


def test_names_by_hand():
    names = ["Write code", "write  code!", "Bake bread", "Travel"]
    found = duplicate_names(names)
    assert found.value == 0.5
    assert list(found.groups) == [1, 1, 0, 0]
    parents = np.array([-1, -1, 0, 0, 1])
    titles = ["Top", "Other", "help with code", "help with bread", "help with it"]
    # siblings at the top share nothing; the two below "Top" share two of three words; a family of one is left out
    assert sibling_words(titles, parents).value == pytest.approx((0 + 2 / 3) / 2)
    assert name_coverage(np.array([True, False]), np.array([3, 1])).value == 0.75
