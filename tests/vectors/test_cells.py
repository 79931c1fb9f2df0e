"""Neighbours by an inverted file."""

import numpy as np
import pytest

from clioscope.vectors import cells
from clioscope.vectors.cells import candidates_by_cells


def gather(vectors, count, seed=0):
    """(n, count) candidates, each row seen once."""
    found = np.full((len(vectors), count), -9)
    for rows, some in candidates_by_cells(vectors, count, seed):
        assert (found[rows] == -9).all()
        found[rows] = some
    assert (found != -9).all()
    return found


def exact(vectors, count):
    products = vectors @ vectors.T
    np.fill_diagonal(products, -np.inf)
    return np.argsort(-products, axis=1)[:, :count]


@pytest.fixture(scope="module")
def many(clinc):
    """3,000 rows scattered around real utterances."""
    generator = np.random.default_rng(0)
    rows = clinc.vectors[generator.integers(0, len(clinc.vectors), 3000)]
    rows = rows + 0.02 * generator.normal(size=rows.shape)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_most_neighbours_are_found(many) -> None:
    found, truth = gather(many, 10), exact(many, 10)
    recall = np.mean([len(set(one) & set(other)) / 10 for one, other in zip(found, truth, strict=True)])
    assert recall > 0.9


def test_no_row_is_its_own_neighbour_and_none_comes_twice(many) -> None:
    found = gather(many, 10)
    assert (found != np.arange(len(many))[:, None]).all()
    assert all(len(set(row)) == 10 for row in found)


def test_the_seed_decides(many) -> None:
    np.testing.assert_array_equal(gather(many, 5, 1), gather(many, 5, 1))


def test_a_large_cell_is_worked_through_in_blocks(many, monkeypatch) -> None:
    whole = gather(many, 5)
    monkeypatch.setattr(cells, "_CELLS", 4000)
    parts = gather(many, 5)
    np.testing.assert_array_equal(np.sort(whole, axis=1), np.sort(parts, axis=1))


@pytest.mark.parametrize("rows", [2, 3, 8, 50])
def test_where_few_candidates_are_met_the_rest_is_missing(clinc, rows) -> None:
    found = gather(clinc.vectors[:rows], 60)
    for row, some in enumerate(found):
        assert sorted(some[some >= 0]) == [one for one in range(rows) if one != row] or rows > 24
        assert (some >= 0).sum() <= rows - 1


def test_identical_rows_find_each_other(clinc) -> None:
    found = gather(np.repeat(clinc.vectors[:1], 40, axis=0), 5)
    assert (found >= 0).all()
