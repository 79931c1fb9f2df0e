"""Unit rows."""

import numpy as np
import pytest

from clioscope.vectors.unit import average, unit_rows

E = np.eye(4, dtype=np.float32)


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_unit_rows_keep_their_direction(precision) -> None:
    found = unit_rows(np.array([[3.0, 4.0], [-1e-6, 0]]), precision=precision)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [[0.6, 0.8], [-1, 0]], atol=1e-6)


@pytest.mark.parametrize("precision", [np.float32, np.float64])
@pytest.mark.parametrize("row", [[0, 0, 0, 0], [1e-13, 0, -1e-13, 0]])
def test_a_row_of_nothing_stays_nothing_or_becomes_the_first_axis(row, precision) -> None:
    rows = np.array([row, [0, 2, 0, 0]], dtype=float)
    np.testing.assert_array_equal(unit_rows(rows, precision=precision), [[0, 0, 0, 0], E[1]])
    np.testing.assert_array_equal(unit_rows(rows, directed=True, precision=precision), E[:2])


def test_no_zero_is_negative() -> None:
    assert not np.signbit(unit_rows(np.array([[-0.0, 1.0], [-0.0, -0.0]]))).any()


def test_the_mean_of_encodings_lies_between_them() -> None:
    found = average([E[:2], E[1:3]])
    np.testing.assert_allclose(found, unit_rows(E[:2] + E[1:3]), atol=1e-6)
    np.testing.assert_allclose(average([2 * E[:1]]), E[:1])


def test_an_encoding_that_says_nothing_does_not_count() -> None:
    np.testing.assert_allclose(average([E[1:3], E[1:3] * 0]), E[1:3])


def test_a_row_is_scaled_alike_wherever_it_stands() -> None:
    rng = np.random.default_rng(0)
    many = rng.normal(size=(300, 384)).astype(np.float32)
    together = unit_rows(many)
    assert all((unit_rows(many[i : i + 1])[0] == together[i]).all() for i in range(0, 300, 17))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_refused(bad) -> None:
    with pytest.raises(ValueError, match="NaN or infinite"):
        unit_rows(np.array([[1.0, bad]]))


def test_a_single_row_is_no_matrix() -> None:
    with pytest.raises(ValueError, match="two dimensions, not 1"):
        unit_rows(np.ones(3))
