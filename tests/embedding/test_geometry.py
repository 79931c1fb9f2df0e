"""From vectors of facets to the geometry of the groups."""

import numpy as np
import pytest

from clioscope.embedding.geometry import average, centre, smooth, unit

E = np.eye(4, dtype=np.float32)


def test_unit_rows_keep_their_direction() -> None:
    found = unit(np.array([[3.0, 4.0], [-1e-6, 0]]))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [[0.6, 0.8], [-1, 0]], atol=1e-6)


@pytest.mark.parametrize("row", [[0, 0, 0, 0], [1e-13, 0, -1e-13, 0]])
def test_a_row_of_nothing_becomes_the_first_axis(row) -> None:
    np.testing.assert_array_equal(unit(np.array([row], dtype=float)), E[:1])


def test_the_mean_of_encodings_lies_between_them() -> None:
    found = average([E[:2], E[1:3]])
    np.testing.assert_allclose(found, unit(E[:2] + E[1:3]), atol=1e-6)
    np.testing.assert_allclose(average([2 * E[:1]]), E[:1])


def test_an_encoding_that_says_nothing_does_not_count() -> None:
    np.testing.assert_allclose(average([E[1:3], E[1:3] * 0]), E[1:3])


def test_centring_takes_the_common_direction_away() -> None:
    generator = np.random.default_rng(0)
    vectors = unit(generator.normal(size=(500, 8)) + np.array([3, 0, 0, 0, 0, 0, 0, 0]))
    found, mean = centre(vectors)
    np.testing.assert_allclose(mean, vectors.mean(axis=0), atol=1e-6)
    assert np.linalg.norm(vectors.mean(axis=0)) > 0.7
    assert np.linalg.norm(found.mean(axis=0)) < 0.1
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    again, same = centre(vectors[:3], mean)
    np.testing.assert_array_equal(again, found[:3])
    assert same is mean


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_with_few_rows_there_is_nothing_to_centre_on(rows) -> None:
    found, mean = centre(E[:rows])
    np.testing.assert_array_equal(found, E[:rows])
    np.testing.assert_array_equal(mean, np.zeros(4))


def test_smoothing_goes_its_share_of_the_way() -> None:
    found = smooth(E[:1], np.array([[0, 1]]), E[1:3], 0.5)
    np.testing.assert_allclose(found, unit(0.5 * E[:1] + 0.5 * unit(E[1:2] + E[2:3])), atol=1e-6)
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
    vectors = unit(generator.normal(size=(8200, 4)))
    neighbours = generator.integers(0, 8200, (8200, 3))
    whole = smooth(vectors, neighbours, vectors, 0.5)
    last = smooth(vectors[-20:], neighbours[-20:], vectors, 0.5)
    np.testing.assert_allclose(whole[-20:], last, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-5)
