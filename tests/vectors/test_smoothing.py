"""Vectors moved towards their neighbours."""

import numpy as np
import pytest

from clioscope.vectors.smoothing import smooth
from clioscope.vectors.unit import unit_rows

E = np.eye(4, dtype=np.float32)


def test_smoothing_goes_its_share_of_the_way() -> None:
    found = smooth(E[:1], np.array([[0, 1]]), E[1:3], 0.5)
    np.testing.assert_allclose(found, unit_rows(0.5 * E[:1] + 0.5 * unit_rows(E[1:2] + E[2:3])), atol=1e-6)
    near = smooth(E[:1], np.array([[0]]), E[1:2], 0.9)
    assert near[0, 1] > near[0, 0] > 0


@pytest.mark.parametrize(
    ("neighbours", "share"), [([[-1, -1]], 0.5), ([[0, 1]], 0.0), (np.zeros((1, 0), dtype=int), 0.5)]
)
def test_without_neighbours_or_share_nothing_moves(neighbours, share) -> None:
    np.testing.assert_allclose(smooth(E[:1], np.array(neighbours), E, share), E[:1])


def test_a_missing_neighbour_is_no_neighbour() -> None:
    missing = smooth(E[:1], np.array([[1, -1]]), E, 0.5)
    np.testing.assert_allclose(missing, smooth(E[:1], np.array([[1]]), E, 0.5))


def test_neighbours_that_cancel_out_do_not_move_a_vector() -> None:
    among = np.stack([E[1], -E[1]])
    np.testing.assert_allclose(smooth(E[:1], np.array([[0, 1]]), among, 0.5), E[:1])


def test_many_rows_are_smoothed_as_few_are() -> None:
    generator = np.random.default_rng(1)
    vectors = unit_rows(generator.normal(size=(8200, 4)))
    neighbours = generator.integers(0, 8200, (8200, 3))
    whole = smooth(vectors, neighbours, vectors, 0.5)
    last = smooth(vectors[-20:], neighbours[-20:], vectors, 0.5)
    np.testing.assert_allclose(whole[-20:], last, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-5)
