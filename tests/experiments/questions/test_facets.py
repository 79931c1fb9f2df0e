"""Blocks have exactly the share they are given; facets on a made atlas."""

import numpy as np
import pytest

from clioscope.experiments.questions.facets import circle, share_of, weighted


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_a_block_has_its_share_of_the_distance(share):
    random = np.random.default_rng(0)
    text = random.normal(size=(200, 30)).astype(np.float32)
    text /= np.linalg.norm(text, axis=1, keepdims=True)
    block = np.eye(4, dtype=np.float32)[random.integers(4, size=200)]
    joined = weighted(text, block, share)
    assert share_of(text, block, joined) == pytest.approx(share, abs=1e-4)
    np.testing.assert_allclose(np.linalg.norm(joined, axis=1), 1, rtol=1e-5)


def test_numbers_stand_on_a_circle_by_rank():
    made = circle(np.array([1.0, 100.0, 2.0]))
    np.testing.assert_allclose(made[[0, 1]], [[1, 0], [0, 1]], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, rtol=1e-6)


def test_on_a_made_atlas(labelled, quick):
    found = quick("facets", atlas=labelled / "atlas", folder=labelled / "data")
    lines = {one.rpartition(" ")[0] for one in found.variants()}
    assert {"field as blocks", "field as edges", "activity as blocks"} <= lines
    assert found.mean("field as blocks 0.3", "facet_share") == pytest.approx(0.3, abs=1e-3)
    assert found.mean("field as blocks 0", "ami") == found.mean("activity as blocks 0", "ami")
