"""The suite for clustering methods: ours pass, and one that breaks a promise does not."""

import numpy as np
import pytest

from clioscope.clustering import Partition
from clioscope.testing import check_clusterer, registry_of

pytestmark = pytest.mark.slow  # many calls of every shipped part


@pytest.mark.parametrize("name", registry_of("clusterers").shipped())
def test_ours_keep_their_promises(name) -> None:
    check_clusterer(registry_of("clusterers").get(name))


def part(change=lambda labels: labels, info=None):
    """A method that puts a vector into the group of its largest number, and then changes the labels."""

    def method(vectors, target, settings, seed):
        return Partition(change(vectors.argmax(axis=1) % target), {} if info is None else info)

    return method


def _moves(vectors, target, settings, seed):
    vectors[0] = 0
    return Partition(np.zeros(len(vectors), dtype=int), {})


def _not_for_two(vectors, target, settings, seed):
    if len(vectors) == 2:
        raise ValueError("too few")
    return part()(vectors, target, settings, seed)


def _not_for_large_seeds(vectors, target, settings, seed):
    np.random.default_rng(np.int16(seed))
    return part()(vectors, target, settings, seed)


def test_good_ones_pass() -> None:
    check_clusterer(part())
    check_clusterer(part(lambda labels: np.full_like(labels, -1), {"found": 0}))


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (part(lambda labels: labels[:-1]), "labels of the shape"),
        (part(lambda labels: labels[:, None]), "labels of the shape"),
        (part(lambda labels: labels.astype(float)), "not an array of whole numbers"),
        (part(lambda labels: labels.tolist()), "not an array of whole numbers"),
        (part(lambda labels: labels - 3), "groups are 0 or more, and noise is -1"),
        (part(info=[1]), "`info` a list"),
        (part(info={"inertia": np.float32(1)}), "manifest cannot hold as JSON"),
        (lambda vectors, target, settings, seed: np.zeros(len(vectors), int), "returns a ndarray, not a Partition"),
        (part(lambda labels: np.random.randint(0, 9, len(labels))), "the same for the same arguments"),  # noqa: NPY002
        (_moves, "changes the vectors"),
        (_not_for_two, "fails for 2 vectors, 2 groups and the seed 0: ValueError: too few"),
        (_not_for_large_seeds, "the seed 2147483647"),
    ],
)
def test_a_broken_promise_is_named(bad, said) -> None:
    with pytest.raises(AssertionError, match=said):
        check_clusterer(bad)
