"""DBCV against the paper's construction, brute force, and shapes that only density tells apart."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_moons

from clioscope.measure.density import _shortest_tree, dbcv
from clioscope.measure.geometry import silhouette


def test_a_line_by_hand():
    """Core distances in one dimension are harmonic means: 1.2 for the inner points, whose edge is 1.2; gap 9."""
    points = np.array([0, 1, 2, 3, 10, 11, 12, 13], dtype=float)[:, None]
    found = dbcv(points, np.repeat([0, 1], 4))
    np.testing.assert_allclose(found.groups, (9 - 1.2) / 9)
    assert found.value == pytest.approx((9 - 1.2) / 9)


def test_it_is_near_another_implementation():
    """``hdbscan.validity.validity_index`` 0.8.44 gives .668 (computed once, elsewhere), depending on the order of rows
    which of equally short trees it takes."""
    points, blobs = make_blobs(150, centers=3, n_features=5, random_state=0)
    assert dbcv(points, blobs).value == pytest.approx(0.668, abs=0.06)


def test_the_order_of_rows_and_a_turn_do_not_matter():
    points, moons = make_moons(200, noise=0.05, random_state=0)
    generator = np.random.default_rng(0)
    for _ in range(4):
        order = generator.permutation(200)
        turned = points[order] @ np.linalg.qr(generator.normal(size=(2, 2)))[0]
        assert dbcv(turned, moons[order]).value == pytest.approx(dbcv(points, moons).value, abs=1e-6)


def test_it_knows_moons_from_halves():
    """Cut across, the moons are rounder and worse: silhouette and DBCV disagree, DBCV is right."""
    points, moons = make_moons(300, noise=0.02, random_state=1)
    halves = (points[:, 0] > 0.5).astype(int)
    assert dbcv(points, moons).value > 0.4 > 0 > dbcv(points, halves).value
    assert silhouette(points, moons).value < silhouette(points, halves).value


def test_it_survives_hundreds_of_dimensions_and_twins(clinc):
    doubled = np.concatenate([clinc.vectors, clinc.vectors])
    found = dbcv(doubled, np.concatenate([clinc.intent, clinc.intent]))
    assert -1 <= found.value <= 1
    assert np.isfinite(found.groups).all()
    assert found.value == pytest.approx(dbcv(clinc.vectors, clinc.intent).value, abs=1e-3)


@pytest.mark.slow
def test_the_error_of_the_cap_is_told():
    """Over many seeds the interval holds the mean of many draws about as often as it says; uncapped there is none."""
    points, moons = make_moons(600, noise=0.05, random_state=0)
    assert dbcv(points, moons, cap=300).low is None
    many = dbcv(points, moons, cap=100, draws=200).value
    found = [dbcv(points, moons, cap=100, seed=seed) for seed in range(1, 41)]
    assert sum(one.low <= many <= one.high for one in found) >= 34
    once = [dbcv(points, moons, cap=100, draws=1, seed=seed).value for seed in range(40)]
    assert np.std([one.value for one in found]) < np.std(once)


def test_degenerate_cases():
    points = np.random.default_rng(0).normal(size=(6, 3))
    assert np.isnan(dbcv(points, np.zeros(6, int)).value)
    assert dbcv(points, np.arange(6)).value == 0


def test_the_tree_is_the_shortest():
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial.distance import pdist, squareform

    lengths = squareform(pdist(np.random.default_rng(0).normal(size=(60, 5))))
    ends = _shortest_tree(lengths.copy())
    theirs = minimum_spanning_tree(lengths)
    assert lengths[ends[0], ends[1]].sum() == pytest.approx(theirs.sum())
    assert {tuple(sorted(edge)) for edge in ends.T.tolist()} == {tuple(sorted(edge)) for edge in np.argwhere(theirs)}
