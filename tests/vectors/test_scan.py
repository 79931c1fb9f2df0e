"""The rows with the largest products, found in blocks."""

import numpy as np
import pytest

from clioscope.vectors import scan
from clioscope.vectors.neighbours import knn, neighbours_of
from clioscope.vectors.scan import best_rows, ranked_rows


@pytest.fixture
def small(monkeypatch):
    """Blocks of 7 queries and 13 rows."""
    monkeypatch.setattr(scan, "_QUERIES", 7)
    monkeypatch.setattr(scan, "_ROWS", 13)


def plain(queries, among, count, barred=None):
    """The same by sorting everything."""
    products = queries @ among.T
    if barred is not None:
        products[barred[barred >= 0], np.flatnonzero(barred >= 0)] = -np.inf
    order = np.argsort(-products, axis=1, kind="stable")[:, :count]
    return np.where(np.isneginf(np.take_along_axis(products, order, axis=1)), -1, order)


@pytest.mark.parametrize("count", [1, 5, 20])
def test_blocks_give_what_sorting_gives(small, count) -> None:
    random = np.random.default_rng(0)
    queries = random.standard_normal((23, 6)).astype(np.float32)
    among = random.standard_normal((111, 6)).astype(np.float32)
    assert (best_rows(queries, among, count) == plain(queries, among, count)).all()
    barred = random.integers(-1, 23, 111)
    assert (best_rows(queries, among, count, barred) == plain(queries, among, count, barred)).all()


def test_where_there_are_fewer_rows_than_asked_for_the_rest_is_empty(small) -> None:
    among = np.eye(3, dtype=np.float32)
    found = best_rows(among[:2], among, 5, np.array([0, 1, -1]))
    assert (np.sort(found, axis=1) == [[-1, -1, -1, 1, 2], [-1, -1, -1, 0, 2]]).all()
    assert best_rows(among, among, 0).shape == (3, 0)


def test_neighbours_among_many_rows_are_those_among_few(monkeypatch) -> None:
    vectors = np.random.default_rng(1).standard_normal((300, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = np.array([3, 299, 17])
    few = neighbours_of(rows, vectors, 9)
    assert (few.indices == knn(vectors, 9).indices[rows]).all()
    monkeypatch.setattr("clioscope.vectors.neighbours._LONG", 100)
    many = neighbours_of(rows, vectors, 9)
    assert (few.indices == many.indices).all() and (few.similarities == many.similarities).all()


def test_ranks_come_with_the_best(monkeypatch):
    monkeypatch.setattr("clioscope.vectors.scan._ROWS", 64)
    generator = np.random.default_rng(3)
    among = generator.normal(size=(300, 16)).astype(np.float32)
    among /= np.linalg.norm(among, axis=1, keepdims=True)
    barred = np.full(300, -1)
    barred[:20] = np.arange(20)
    asked = np.stack([generator.choice(np.arange(20, 300), 5, replace=False) for _ in range(20)])
    found, ranks = ranked_rows(among[:20], among, 7, barred, asked)
    products = among[:20] @ among.T
    products[np.arange(20), np.arange(20)] = -np.inf
    order = np.argsort(-products, axis=1)
    np.testing.assert_array_equal(found, order[:, :7])
    np.testing.assert_array_equal(np.take_along_axis(order, ranks - 1, axis=1), asked)
