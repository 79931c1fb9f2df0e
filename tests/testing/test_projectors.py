"""The suite for projections: ours pass, and one that breaks a promise does not."""

import numpy as np
import pytest

from clioscope.errors import ClioscopeError
from clioscope.testing import check_projector, registry_of


@pytest.mark.parametrize("name", registry_of("projectors").shipped())
def test_ours_keep_their_promises(name) -> None:
    try:
        check_projector(registry_of("projectors").get(name))
    except ClioscopeError as error:
        if "is not installed" not in str(error):
            raise
        pytest.skip(str(error))


def flat(change):
    """A projection on the first two numbers, changed."""
    return lambda vectors, settings, seed: change(vectors[:, :2].astype(float))


def _moves(vectors, settings, seed):
    vectors[0] = 0
    return np.zeros((len(vectors), 2))


def _not_for_eight(vectors, settings, seed):
    return vectors[:, :2] / (len(vectors) > 8 or np.zeros(3))


def test_good_ones_pass() -> None:
    check_projector(flat(lambda places: places))
    check_projector(flat(lambda places: np.where(np.arange(len(places))[:, None] == 3, np.nan, places)))


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (flat(lambda places: places[:, :1]), r"returns the shape \(8, 1\), not \(8, 2\)"),
        (flat(lambda places: places[1:]), r"returns the shape \(7, 2\)"),
        (flat(lambda places: places.astype(int)), "not an array of floating-point numbers"),
        (flat(lambda places: places.tolist()), "not an array of floating-point numbers"),
        (flat(lambda places: places + np.random.rand()), "the same for the same arguments"),  # noqa: NPY002
        (flat(lambda places: places * np.nan), "finds no place for 8 of 8"),
        (_moves, "changes the vectors"),
        (_not_for_eight, "fails for 8 vectors: ValueError"),
    ],
)
def test_a_broken_promise_is_named(bad, said) -> None:
    with pytest.raises(AssertionError, match=said):
        check_projector(bad)
