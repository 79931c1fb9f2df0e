"""The maps that are shipped."""

import numpy as np
import pytest

from clioscope.prediction.ready import ReadyMap, ready_map


def test_a_map_is_shipped_for_the_default_encoder() -> None:
    found = ready_map("all-MiniLM-L6-v2@53aa51172d14")
    assert found is not None and found.slope.shape == (384, 384) and found.offset.shape == (384,)
    rows = np.random.default_rng(0).standard_normal((5, 384)).astype(np.float32)
    told = found.predict(rows)
    np.testing.assert_allclose(np.linalg.norm(told, axis=1), 1, atol=1e-5)
    again = ReadyMap.from_array(found.array())
    np.testing.assert_allclose(again.predict(rows), told, atol=1e-3)


@pytest.mark.parametrize(
    ("encoder", "dimension"),
    [("multilingual-e5-small-q4-query@fb6b74a68cf8", 384), ("all-mpnet-base-v2@78c0197b6159", 768)],
)
def test_other_encoders_have_maps_that_names_taught(encoder, dimension) -> None:
    found = ready_map(encoder)
    assert found is not None and found.slope.shape == (dimension, dimension) and found.by_names
    assert ready_map(encoder, by_names=False) is None, "no model's facets taught it"
    assert ready_map("all-MiniLM-L6-v2@53aa51172d14", by_names=False) is not None


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
