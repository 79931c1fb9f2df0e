"""Members that cover a group, and the outsiders next to it."""

from itertools import combinations

import numpy as np
import pytest

from clioscope.naming import representatives
from clioscope.naming.representatives import (
    all_outsiders,
    covering_members,
    nearest_outsiders,
    shown_members,
    spread_members,
)


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Ten rows near each of four axes, sixty near a fifth."""
    generator = np.random.default_rng(0)
    sizes = (10, 10, 10, 10, 60)
    return unit(np.repeat(np.eye(5, 32), sizes, axis=0) + 0.05 * generator.normal(size=(100, 32)))


def test_every_part_of_a_group_is_shown_the_largest_first(vectors) -> None:
    chosen = covering_members(vectors, 5)
    assert vectors[chosen[0]].argmax() == 4
    assert sorted(vectors[chosen].argmax(axis=1)) == [0, 1, 2, 3, 4]


def test_the_cover_is_nearly_the_best_there_is() -> None:
    rows = unit(np.random.default_rng(3).normal(size=(14, 4)))
    similarity = rows @ rows.T + 1  # the bound holds for gains that are not negative

    def cover(chosen) -> float:
        return float(similarity[:, list(chosen)].max(axis=1).sum())

    best = max(cover(chosen) for chosen in combinations(range(14), 3))
    assert cover(covering_members(rows, 3)) >= (1 - 1 / np.e) * best


@pytest.mark.parametrize(("rows", "count", "expected"), [(0, 3, 0), (1, 3, 1), (3, 3, 3), (100, 0, 0), (2, 12, 2)])
def test_never_more_than_there_are_and_none_twice(vectors, rows, count, expected) -> None:
    chosen = covering_members(vectors[:rows], count)
    assert len(chosen) == len(set(chosen.tolist())) == expected


def test_equal_rows_are_all_the_same_choice(vectors) -> None:
    assert len(set(covering_members(np.repeat(vectors[:1], 9, axis=0), 4).tolist())) == 4


def test_of_a_large_group_rows_from_all_along_it_are_considered(vectors) -> None:
    large = np.concatenate([np.repeat(vectors[50:51], 4000, axis=0), np.repeat(vectors[:1], 1000, axis=0)])
    chosen = covering_members(large, 2)
    assert chosen.max() < 5000
    assert chosen[0] < 4000 <= chosen[1]


def test_where_few_were_asked_others_show_what_these_do_not(vectors) -> None:
    asked = np.zeros(100, dtype=bool)
    asked[[0, 1, 45]] = True  # two near the first axis, one near the fifth
    shown = shown_members(np.arange(100), vectors, asked, 6)
    assert set(shown[:3].tolist()) == {0, 1, 45}
    assert sorted(vectors[shown[3:]].argmax(axis=1)) == [1, 2, 3]
    asked[:] = True
    assert shown_members(np.arange(100), vectors, asked, 6).tolist() == covering_members(vectors, 6).tolist()
    assert len(shown_members(np.arange(2), vectors, np.zeros(100, dtype=bool), 6)) == 2


def test_outsiders_come_nearest_first(vectors) -> None:
    inside = np.arange(100) < 10
    centroid = vectors[inside].mean(axis=0)
    found = nearest_outsiders(centroid, vectors, inside, 7)
    expected = np.sort(vectors[10:] @ centroid)[::-1][:7]
    np.testing.assert_allclose(vectors[found] @ centroid, expected)
    assert not inside[found].any()


@pytest.mark.parametrize(("inside", "count"), [(100, 5), (10, 0)])
def test_no_outsiders(vectors, inside, count) -> None:
    assert len(nearest_outsiders(vectors[0], vectors, np.arange(100) < inside, count)) == 0
    assert len(nearest_outsiders(vectors[0], vectors, np.arange(100) < 98, 5)) == 2


def test_a_spread_takes_from_every_group_in_proportion() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(100, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    groups = np.repeat([3, 1, 2], [70, 20, 10])
    chosen = spread_members(vectors, groups, 12)
    assert len(set(chosen.tolist())) == 12
    assert np.bincount(groups[chosen], minlength=4).tolist() == [0, 2, 1, 9]
    assert groups[chosen[0]] == 3, "the largest group comes first"
    assert groups[spread_members(vectors, groups, 2)].tolist() == [3, 1]
    assert sorted(spread_members(vectors[:3], groups[[0, 70, 90]], 12).tolist()) == [0, 1, 2]
    assert len(spread_members(vectors[:0], groups[:0], 5)) == 0


def test_outsiders_of_all_groups_at_once_are_those_of_each(monkeypatch) -> None:
    generator = np.random.default_rng(5)
    vectors = unit(generator.normal(size=(300, 16)))
    labels = generator.integers(0, 7, 300)
    centroids = unit(np.stack([vectors[labels == group].mean(axis=0) for group in range(7)]))
    counts = [5, 20, 1, 300, 40, 0, 3]
    one_by_one = all_outsiders(centroids, vectors, labels, counts)
    monkeypatch.setattr(representatives, "_FEW", 100)
    together = all_outsiders(centroids, vectors, labels, counts)
    assert [rows.tolist() for rows in together] == [rows.tolist() for rows in one_by_one]
    assert len(together[3]) == 300 - int((labels == 3).sum()) and not len(together[5])
