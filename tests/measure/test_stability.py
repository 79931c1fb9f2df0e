"""Stability: best matches by hand, and methods whose stability is known."""

import numpy as np
import pytest
from measure.clouds import blobs

from clioscope.clustering import cluster
from clioscope.measure.regrouping import Regrouping
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
from clioscope.settings import ClusteringSettings


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


def test_samples_that_share_their_graphs_give_what_each_gives_alone(clinc):
    """By the plain function every sample is grouped by itself; up to fifty groups nothing differs."""
    settings = ClusteringSettings()

    def alone(vectors, count, seed):
        return cluster(vectors, settings.model_copy(update={"clusters": count}), seed).labels

    shared = Regrouping(settings, lambda vectors: vectors)
    for most in (100, 1000):
        one, other = (refits(clinc.vectors, clinc.intent, how, draws=2, seeds=2, most=most) for how in (alone, shared))
        for (rows, mine), (others, theirs) in zip(one.drawn, other.drawn, strict=True):
            np.testing.assert_array_equal(rows, others)
            np.testing.assert_array_equal(mine, theirs)
        np.testing.assert_array_equal(one.seeded, other.seeded)
        assert len(one.seeded[0]) == min(most, 360)
    np.testing.assert_array_equal(shared(clinc.vectors, 20, 3), alone(clinc.vectors, 20, 3))


def test_many_rows_are_grouped_by_other_seeds_in_the_first_sample():
    vectors, labels = blobs(4, 50)
    calls = []
    again = refits(vectors, labels, lambda *given: calls.append(given[2]) or ward(*given), draws=2, most=60, seed=5)
    assert calls == [5, 6, 7, 6]
    np.testing.assert_array_equal(again.seeded[0], again.drawn[0][1])
    assert len(again.seeded) == 3
