"""Parents that do not stand give up their children."""

import numpy as np
import pytest

from clioscope.hierarchy.regroup import merge_repeats, split_parents
from clioscope.naming.candidates import Label
from clioscope.naming.context import NamingContext
from clioscope.naming.support import Support
from clioscope.settings import NamingSettings
from clioscope.vectors.unit import unit_rows

# Three subjects and a parent of leftovers: children 4 (small, near subject 0) and 5 (large).
CENTROIDS = unit_rows(np.array([[1, 0.1, 0], [1, 0, 0], [0, 1, 0], [0.1, 1, 0], [0.9, 0, 0.2], [0, 0, 1.0]]))
PARENT_OF = np.array([0, 0, 1, 1, 2, 2], dtype=np.int32)
SIZES = np.array([10, 10, 10, 10, 4, 30])


def test_children_of_a_split_parent_go_to_the_nearest_or_stand_alone_if_large() -> None:
    moved = split_parents(PARENT_OF, np.array([False, False, True]), CENTROIDS.astype(np.float32), SIZES)
    assert moved.tolist() == [0, 0, 1, 1, 0, 2] and moved.dtype == np.int32


@pytest.mark.parametrize("split", [[False] * 3, [True] * 3, [True, True, False]])
def test_nothing_is_split_where_fewer_than_two_parents_would_stay(split) -> None:
    moved = split_parents(PARENT_OF, np.array(split), CENTROIDS.astype(np.float32), SIZES)
    assert moved.tolist() == PARENT_OF.tolist()


@pytest.fixture
def merge(encode):
    children = [
        Label("Bake bread", "a"),
        Label("Knead dough", "b"),
        Label("Write odes", "c"),
        Label("Write plays", "d"),
    ]
    labels = np.repeat(np.arange(4), [16, 2, 5, 5])
    texts = [children[child].name for child in labels]
    context = NamingContext(texts, Support(texts, 1), encode(texts), NamingSettings(), encode, None)

    def run(parents, above=None, sizes=None, mixed=()):
        own = labels if sizes is None else np.repeat(np.arange(4), sizes)
        named = [Label(name, "") for name in parents]
        below = [child._replace(mixed=index in mixed) for index, child in enumerate(children)]
        part = NamingContext(
            texts[: len(own)], context.support, context.vectors[: len(own)], context.settings, encode, None
        )
        return merge_repeats(part, np.array([0, 0, 1, 1], np.int32), above, below, named, own)

    return run


def test_a_parent_that_repeats_a_child_with_nearly_all_of_it_is_merged_with_it(merge) -> None:
    parents, labels = merge(["Bread, bake", "Literature"])
    assert parents.tolist() == [0, 1, 1, 1]
    assert labels == [Label("Bake bread", "a"), Label("Literature", "")]


def test_other_parents_stay(merge) -> None:
    assert merge(["Kitchen", "Literature"])[0].tolist() == [0, 0, 1, 1], "another name"
    assert merge(["Bake bread", "Literature"], sizes=[6, 4, 5, 5])[0].tolist() == [0, 0, 1, 1], "not nearly all of it"
    apart = np.array([0, 1], dtype=np.int32)
    assert merge(["Bake bread", "Literature"], apart)[0].tolist() == [0, 0, 1, 1], (
        "no other parent under the same group"
    )


def test_mixed_children_do_not_count(merge) -> None:
    parents, labels = merge(["Bake bread", "Literature"], sizes=[6, 4, 5, 5], mixed=[1])
    assert parents.tolist() == [0, 1, 1, 1] and labels[0].name == "Bake bread"
    assert merge(["Bake bread", "Literature"], mixed=[0, 1])[0].tolist() == [0, 0, 1, 1], "nothing to be merged with"
