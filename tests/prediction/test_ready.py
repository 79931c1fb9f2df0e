"""The maps that are shipped."""

import numpy as np
import pytest

from clioscope.prediction.ready import ReadyMap, ready_map
from clioscope.prediction.words import word_model

MAPS = [
    ("all-MiniLM-L6-v2@53aa51172d14", 384),
    ("multilingual-e5-small-q4-query@fb6b74a68cf8", 384),
    ("all-mpnet-base-v2@78c0197b6159", 768),
]


@pytest.mark.parametrize(("encoder", "dimension"), MAPS)
def test_maps_are_shipped(encoder, dimension) -> None:
    found = ready_map(encoder)
    assert found is not None and found.slope.shape == (dimension, dimension) and found.offset.shape == (dimension,)
    assert found.words.shape == (word_model().scores.shape[1], dimension)
    random = np.random.default_rng(0)
    rows = random.standard_normal((5, dimension)).astype(np.float32)
    words = random.standard_normal((5, len(found.words))).astype(np.float32)
    told = found.predict(rows, words)
    np.testing.assert_allclose(np.linalg.norm(told, axis=1), 1, atol=1e-5)
    assert np.abs(told - found.predict(rows)).max() > 0.01, "the words tell something"
    np.testing.assert_allclose(found.predict(rows, 0 * words), found.predict(rows), atol=1e-6)
    again = ReadyMap.from_array(found.array())
    np.testing.assert_allclose(again.predict(rows, words), told, atol=2e-3)


def test_a_map_of_an_older_atlas_reads_no_words() -> None:
    random = np.random.default_rng(0)
    rows, words = random.standard_normal((5, 8)), random.standard_normal((5, 64))
    old = ReadyMap.from_array(random.standard_normal((9, 8)).astype(np.float16))
    assert old.slope.shape == (8, 8) and len(old.words) == 0
    np.testing.assert_array_equal(old.predict(rows, words), old.predict(rows))


def test_the_precision_of_the_encoder_changes_no_map() -> None:
    found = ready_map("all-MiniLM-L6-v2@53aa51172d14+bf16")
    assert found is not None and found.slope.shape == (384, 384)


def test_other_encoders_and_other_weights_have_none() -> None:
    for encoder in (
        "all-mpnet-base-v2@000000000000",
        "all-MiniLM-L6-v2@000000000000",
        "hash-256-v2",
        "http://host/v1 x",
    ):
        assert ready_map(encoder) is None
