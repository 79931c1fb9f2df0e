"""Places by neighbours that have one."""

import numpy as np

from clioscope.layout.landmarks import place_by_landmarks


def test_given_places_stay_and_a_copy_lands_on_its_original(clinc) -> None:
    places = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)
    found = place_by_landmarks(clinc[:210], places, 0)
    assert found.shape == (210, 2) and found.dtype == np.float32
    np.testing.assert_array_equal(found[:200], places)


def test_each_lands_among_its_neighbours(clinc) -> None:
    """Landmarks of two far subjects lie at two ends: the rest goes to the end of its subject."""
    axes = np.eye(2, clinc.shape[1], dtype=np.float32)
    noise = np.random.default_rng(1).normal(size=(80, clinc.shape[1])) * 0.02
    side = np.arange(80) % 2
    vectors = axes[side] + noise
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    places = np.where(side[:40, None] == 0, -10.0, 10.0) * np.ones((40, 2))
    found = place_by_landmarks(vectors, places.astype(np.float32), 0)
    assert (np.sign(found[:, 0]) == np.where(side == 0, -1, 1)).all()
    assert (np.abs(found[40:]) > 8).all()


def test_places_lie_within_those_of_the_landmarks(clinc) -> None:
    places = np.random.default_rng(2).uniform(-1, 1, size=(60, 2)).astype(np.float32)
    found = place_by_landmarks(clinc, places, 0)
    assert np.isfinite(found).all()
    assert (np.abs(found) <= 1 + 1e-5).all()


def test_what_no_round_reaches_lands_in_the_middle() -> None:
    near, far = np.eye(2, 8, dtype=np.float32)
    generator = np.random.default_rng(3)
    vectors = np.concatenate(
        [near + 1e-3 * generator.normal(size=(20, 8)), far + 1e-3 * generator.normal(size=(20, 8))]
    )
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    places = generator.normal(size=(20, 2)).astype(np.float32)
    found = place_by_landmarks(vectors, places, 0)
    np.testing.assert_allclose(found[20:], np.repeat(np.median(places, axis=0)[None], 20, axis=0), atol=1e-6)


def test_nothing_to_place(clinc) -> None:
    places = np.zeros((10, 2), dtype=np.float32)
    np.testing.assert_array_equal(place_by_landmarks(clinc[:10], places, 0), places)
