"""A group is mixed when its members share less than chance neighbours do."""

from pathlib import Path

import numpy as np
import pytest

from clioscope.hierarchy import mixed
from clioscope.hierarchy.mixed import mixed_groups
from clioscope.vectors.unit import unit_rows


@pytest.fixture(scope="module")
def intents() -> tuple[np.ndarray, np.ndarray]:
    """Centred vectors of 30 real intents, and the intent of each row."""
    data = np.load(Path(__file__).parent.parent / "data" / "clustering" / "clinc.npz")
    vectors = data["vectors"].astype(np.float32)
    return unit_rows(vectors - vectors.mean(axis=0)), np.unique(data["intent"], return_inverse=True)[1]


def test_true_groups_are_not_mixed(intents) -> None:
    vectors, labels = intents
    assert mixed_groups(vectors, labels, 30).sum() <= 1


def test_groups_drawn_at_random_are_mixed(intents) -> None:
    vectors, labels = intents
    drawn = np.random.default_rng(0).permutation(labels)
    assert mixed_groups(vectors, drawn, 30).mean() >= 0.9


def test_one_group_of_leftovers_among_true_ones_is_found(intents) -> None:
    vectors, labels = intents
    mingled = labels.copy()
    for intent in range(30):
        mingled[np.flatnonzero(labels == intent)[:2]] = 30
    found = mixed_groups(vectors, mingled, 31)
    assert found[30] and found[:30].sum() <= 1


def test_a_loose_subject_far_from_dense_ones_is_not_mixed_but_what_is_left_of_all_is() -> None:
    generator = np.random.default_rng(0)
    dense = np.repeat(np.eye(6, 64), 60, axis=0) + 0.05 * generator.normal(size=(360, 64))
    loose = np.repeat(np.eye(8, 64)[6:], 40, axis=0) + 0.13 * generator.normal(size=(80, 64))
    vectors = unit_rows(np.concatenate([dense, loose])).astype(np.float32)
    labels = np.concatenate([np.repeat(np.arange(6), 60), np.repeat([6, 7], 40)])
    cosines = [float((vectors[labels == g] @ vectors[labels == g].T).mean()) for g in (0, 6)]
    assert cosines[1] < cosines[0] / 1.5, "the loose ones are far less alike"
    assert not mixed_groups(vectors, labels, 8).any()
    left = np.where(np.arange(len(labels)) % 10 == 0, 8, labels)
    assert mixed_groups(vectors, left, 9).tolist() == [False] * 8 + [True]


def test_small_groups_equal_rows_and_one_group_of_all_are_not_mixed() -> None:
    vectors = unit_rows(np.repeat(np.eye(4), 5, axis=0)).astype(np.float32)
    assert not mixed_groups(vectors, np.repeat(np.arange(4), 5), 4).any()
    assert not mixed_groups(vectors, np.arange(20) % 5, 5).any(), "fewer than five members"
    assert not mixed_groups(vectors, np.zeros(20, dtype=int), 1).any()


def test_a_sample_of_many_rows_gives_the_same_verdict(intents, monkeypatch) -> None:
    vectors, labels = intents
    drawn = np.where(labels < 15, labels, 15 + np.random.default_rng(1).integers(0, 15, len(labels)))
    whole = mixed_groups(vectors, drawn, 30)
    monkeypatch.setattr("clioscope.hierarchy.mixed._MOST", len(vectors) // 2)
    assert (mixed_groups(vectors, drawn, 30) == whole).mean() > 0.9


def test_chance_neighbours_around_many_groups_are_those_that_are_found_one_by_one(monkeypatch) -> None:
    generator = np.random.default_rng(1)
    vectors = unit_rows(generator.normal(size=(300, 16))).astype(np.float32)
    sample = vectors[::2]
    places = [np.sort(generator.choice(300, size, replace=False)) for size in (1, 5, 25, 3)]
    sizes = np.array([2.0, 5.0, 40.0, 100.0])
    one_by_one = [
        mixed._chance(sample, vectors[own], sizes[[group]])[0]  # type: ignore[attr-defined]
        for group, own in enumerate(places)
    ]
    assert mixed._chance_around(sample, vectors, places, sizes) == pytest.approx(one_by_one, abs=1e-6)
    monkeypatch.setattr(mixed, "_HELD", 1)
    assert mixed._chance_around(sample, vectors, places, sizes) == pytest.approx(one_by_one, abs=1e-6)
