"""Which conversations are asked first."""

from collections import Counter

import numpy as np
import pytest

from clioscope.prediction.order import spread_order


def clouds(sizes, dimension=24, spread=0.3, seed=0):
    """Unit rows in clouds of the given sizes, and the cloud of each row."""
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((len(sizes), dimension))
    cloud = generator.permutation(np.repeat(np.arange(len(sizes)), sizes))
    rows = centres[cloud] + spread * generator.standard_normal((len(cloud), dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), cloud


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 64, 65, 1000])
def test_it_is_a_permutation(count) -> None:
    rows = clouds([count])[0]
    order = spread_order(rows)
    assert order.dtype == np.int64 and sorted(order.tolist()) == list(range(count))


def test_equal_input_gives_an_equal_order_and_another_seed_another() -> None:
    rows = clouds([300, 200])[0]
    np.testing.assert_array_equal(spread_order(rows, seed=3), spread_order(rows.copy(), seed=3))
    assert (spread_order(rows, seed=4) != spread_order(rows, seed=3)).any()


@pytest.mark.parametrize("most", [32, 50, 100, 128, 200])
def test_every_prefix_has_its_share_of_every_region(most) -> None:
    """Each number within three of the exact share; by chance alone some are off by four times as much."""
    rows, cloud = clouds([400, 250, 150, 100, 60, 40])
    for seed in range(5):
        found = np.bincount(cloud[spread_order(rows, seed=seed)[:most]], minlength=6)
        share = most * np.bincount(cloud) / len(cloud)
        assert np.abs(found - share).max() <= 3, (seed, found, share)


@pytest.mark.parametrize("most", [40, 100, 333])
def test_languages_are_asked_in_proportion(most) -> None:
    rows, _ = clouds([1000])
    tags = np.random.default_rng(1).choice(["en", "ru", None], 1000, p=[0.7, 0.25, 0.05]).tolist()
    for seed in range(5):
        found = Counter(tags[row] for row in spread_order(rows, tags, seed)[:most].tolist())
        for tag, count in Counter(tags).items():
            assert abs(found[tag] - most * count / 1000) <= 2


@pytest.mark.parametrize("most", [8, 37])
def test_over_seeds_every_row_is_equally_likely_to_be_asked(most) -> None:
    rows, _ = clouds([60, 30, 10])
    tags = ["en"] * 80 + ["ru"] * 20
    draws = 600
    times = np.zeros(100)
    for seed in range(draws):
        times[spread_order(rows, tags, seed, stands_for=np.arange(100))[:most]] += 1
    expected = most / 100
    error = np.sqrt(expected * (1 - expected) / draws)
    assert times.sum() == most * draws
    assert np.abs(times / draws - expected).max() < 4.5 * error


def test_near_copies_come_last_and_once() -> None:
    rows, _ = clouds([100, 100])
    generator = np.random.default_rng(5)
    near = rows[:30] + 0.001 * generator.standard_normal((30, rows.shape[1])).astype(np.float32)
    both = np.concatenate([rows, near, rows[:10]])
    order = spread_order(both)
    assert set(order[:200].tolist()) == set(range(200))
    assert sorted(order[200:].tolist()) == list(range(200, 240))


def test_a_few_more_conversations_change_little_of_what_is_asked() -> None:
    rows, _ = clouds([500, 300, 210])
    before = {rows[row].tobytes() for row in spread_order(rows[:1000], seed=1)[:100].tolist()}
    after = {rows[row].tobytes() for row in spread_order(rows, seed=1)[:100].tolist()}
    assert len(before & after) > 40, "by chance 10"


def test_what_is_no_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="NaN"):
        spread_order(np.full((3, 4), np.nan, np.float32))
