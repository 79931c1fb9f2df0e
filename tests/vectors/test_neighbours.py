import numpy as np

from clioscope.vectors.neighbours import knn, nearest, nearest_by_cells
from clioscope.vectors.unit import unit_rows


def test_the_nearest_are_found_in_order(clinc) -> None:
    found = knn(clinc.vectors, 7)
    unit = clinc.vectors / np.linalg.norm(clinc.vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    expected = np.argsort(-cosines, axis=1, kind="stable")[:, :7]
    assert (found.indices == expected).mean() > 0.99  # near-ties may swap
    np.testing.assert_allclose(found.similarities, -np.sort(-cosines, axis=1)[:, :7], atol=1e-5)
    assert found.indices.dtype == np.int32


def test_twins_are_no_neighbours_and_have_the_same_ones(clinc) -> None:
    rows = np.concatenate([np.arange(100), np.arange(50), [0] * 30])
    found = knn(clinc.vectors[rows], 5)
    alone = knn(clinc.vectors[:100], 5)
    assert (found.indices == alone.indices[rows]).all()
    assert found.similarities.tobytes() == alone.similarities[rows].tobytes()
    assert found.similarities.max() < 1


def test_no_more_neighbours_than_there_are(clinc) -> None:
    assert knn(clinc.vectors[:4], 15).indices.shape == (4, 3)
    assert knn(clinc.vectors[:1], 15).indices.shape == (1, 0)
    assert knn(clinc.vectors[:9], 0).indices.shape == (9, 0)
    assert knn(clinc.vectors[:0], 5).indices.shape == (0, 0)


def test_a_query_alone_or_among_others(clinc) -> None:
    queries, among = clinc.vectors[:60], clinc.vectors[60:]
    together = nearest(queries, among, 8)
    for row in range(0, 60, 7):
        alone = nearest(queries[row : row + 1], among, 8)
        assert (alone.indices[0] == together.indices[row]).all()
        assert alone.similarities.tobytes() == together.similarities[row : row + 1].tobytes()


def test_of_twins_among_the_stored_the_first_counts(clinc) -> None:
    among = np.concatenate([clinc.vectors[:5], clinc.vectors[:5]])
    found = nearest(clinc.vectors[:5], among, 10)
    assert found.indices.shape == (5, 5)
    assert found.indices[:, 0].tolist() == [0, 1, 2, 3, 4]


def test_the_approximate_search_finds_most_and_always_the_same(clinc) -> None:
    noise = np.random.default_rng(0).normal(size=(1440, 384)) * 0.03
    many = (np.tile(clinc.vectors, (4, 1)) + noise).astype(np.float32)
    exact, rough = knn(many, 10), knn(many, 10, exact=100)
    shared = [len(set(one) & set(two)) / 10 for one, two in zip(exact.indices, rough.indices, strict=True)]
    assert np.mean(shared) > 0.9
    assert (rough.indices != np.arange(len(many))[:, None]).all()
    order = np.random.default_rng(1).permutation(len(many))
    again = knn(many[order], 10, exact=100)
    assert (order[again.indices] == rough.indices[order]).all()


def test_others_are_found_by_cells_as_well(clinc) -> None:
    noise = np.random.default_rng(2).normal(size=(1440, 384)) * 0.03
    among = unit_rows(np.tile(clinc.vectors, (4, 1)) + noise)
    queries = unit_rows(clinc.vectors[:200] + noise[:200] / 2)
    exact, rough = nearest_by_cells(queries, among, 10), nearest_by_cells(queries, among, 10, exact=100)
    shared = [len(set(one) & set(two)) / 10 for one, two in zip(exact.indices, rough.indices, strict=True)]
    assert np.mean(shared) > 0.9
    np.testing.assert_allclose((among[rough.indices[:, 0]] * queries).sum(axis=1), rough.similarities[:, 0], atol=1e-6)
    assert nearest_by_cells(queries, among[:3], 10).indices.shape == (200, 3)
