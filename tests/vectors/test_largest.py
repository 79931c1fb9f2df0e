"""The largest of each row."""

import numpy as np
import pytest

from clioscope.vectors.largest import largest


def test_largest_finds_what_sorting_finds():
    values = np.random.default_rng(0).normal(size=(7, 9001)).astype(np.float32)
    np.testing.assert_array_equal(largest(values, 12), np.argsort(-values, axis=1)[:, :12])
    np.testing.assert_array_equal(largest(values[:, :20], 12), np.argsort(-values[:, :20], axis=1)[:, :12])


@pytest.mark.parametrize(("columns", "k"), [(5, 0), (9000, 0), (5, 5), (0, 0), (700, 1), (6400, 16), (6401, 17)])
def test_any_number_of_columns(columns, k):
    values = np.random.default_rng(1).normal(size=(3, columns))
    np.testing.assert_array_equal(largest(values, k), np.argsort(-values, axis=1)[:, :k])


def test_what_is_shut_out_comes_last():
    values = np.array([[1.0, -np.inf, 3.0]])
    assert largest(values, 3).tolist() == [[2, 0, 1]]
