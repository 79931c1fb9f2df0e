"""Stability: best matches by hand, and methods whose stability is known."""

import numpy as np
import pytest
from measure.clouds import blobs

from clioscope.measure.stability import (
    best_match,
    bootstrap_ami,
    bootstrap_ari,
    dissolved_groups,
    refits,
    seed_ami,
    seed_ari,
    stability_jaccard,
)


def ward(vectors, count, seed):
    from scipy.cluster.hierarchy import fcluster, linkage

    return fcluster(linkage(vectors, "ward"), count, "maxclust") - 1


def dealt(vectors, count, seed):
    return np.random.default_rng(seed).integers(count, size=len(vectors))


def test_best_match_by_hand():
    reference = np.array([0, 0, 0, 0, 1, 1, 2, -1])
    found = np.array([5, 5, 5, 7, 7, 7, 7, 5])
    np.testing.assert_allclose(best_match(reference, found, 4), [3 / 5, 2 / 4, 1 / 4, np.nan])


def test_groups_that_are_there_come_back():
    vectors, labels = blobs()
    again = refits(vectors, labels, ward)
    assert len(again.drawn) == 10
    assert all(len(rows) == 80 for rows, _ in again.drawn)
    assert stability_jaccard(labels, again).value == 1
    assert dissolved_groups(labels, again).value == 0
    for one in (bootstrap_ami, bootstrap_ari):
        assert one(labels, again).value == pytest.approx(1)
    for one in (seed_ami, seed_ari):
        assert one(again).value == pytest.approx(1)


def test_groups_dealt_at_random_do_not():
    vectors, labels = blobs()
    again = refits(vectors, labels, dealt)
    assert stability_jaccard(labels, again).value < 0.3
    assert dissolved_groups(labels, again).value == 1
    for one in (bootstrap_ami, bootstrap_ari):
        assert one(labels, again).value == pytest.approx(0, abs=0.05)
    for one in (seed_ami, seed_ari):
        assert one(again).value == pytest.approx(0, abs=0.05)


def test_many_rows_are_capped():
    vectors, labels = blobs(4, 50)
    again = refits(vectors, labels, ward, draws=2, most=60)
    assert [len(rows) for rows, _ in again.drawn] == [60, 60]
    assert stability_jaccard(labels, again).value == 1
