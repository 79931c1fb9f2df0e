"""UMAP on our own neighbours (what every projection must keep to stands in test_conformance.py)."""

import numpy as np
import pytest

from clioscope.layout.umap import _spread, umap
from clioscope.settings import LayoutSettings


@pytest.mark.slow
def test_two_far_groups_do_not_mix() -> None:
    generator = np.random.default_rng(0)
    side = np.arange(80) % 2
    vectors = np.eye(2, 16)[side] + 0.05 * generator.normal(size=(80, 16))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    places = umap(vectors, LayoutSettings(neighbours=10), 0)
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (side[distances.argmin(axis=1)] == side).all()


@pytest.mark.slow
@pytest.mark.parametrize("neighbours", [2, 1000])
def test_neighbours_may_be_fewer_or_more_than_there_are_rows(clinc, neighbours) -> None:
    places = umap(clinc[:20], LayoutSettings(neighbours=neighbours), 0)
    assert places.shape == (20, 2)
    assert np.isfinite(places).all()


def test_the_start_fills_a_box_of_side_ten() -> None:
    assert np.abs(_spread(np.array([[0.5, -2.0], [1, 0]]))).max() == 10
    assert (_spread(np.zeros((3, 2))) == 0).all()
