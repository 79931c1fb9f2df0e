"""Samples that are grouped again: as ``cluster`` groups them, from one graph, in fewer runs."""

import numpy as np
import pytest

from clioscope.clustering import cluster
from clioscope.clustering.again import Again
from clioscope.settings import ClusteringSettings


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("count", [1, 2, 30, 50, 360, 400])
def test_up_to_fifty_groups_are_those_of_cluster(count, seed, clinc) -> None:
    settings = ClusteringSettings(clusters=count)
    found = Again(clinc.vectors, ClusteringSettings()).grouped(count, seed, start=3.0)
    np.testing.assert_array_equal(found.labels, cluster(clinc.vectors, settings, seed).labels)
    assert (found.resolution is None) == (count in (1, 360, 400))


def test_one_graph_serves_all_seeds(clinc) -> None:
    again = Again(clinc.vectors, ClusteringSettings())
    again.prepare(20)
    graph = again.graph
    for seed in range(2):
        assert again.grouped(20, seed).labels.max() in (18, 19, 20)
    assert again.graph is graph


def test_a_search_that_begins_near_its_end_is_short(clinc, monkeypatch) -> None:
    from clioscope.clustering import leiden

    runs: list[float] = []
    best_run = leiden.best_run
    monkeypatch.setattr(leiden, "best_run", lambda graph, one, *rest: runs.append(one) or best_run(graph, one, *rest))
    settings = ClusteringSettings()
    whole = Again(clinc.vectors, settings).grouped(60, 0)
    runs.clear()
    part = np.random.default_rng(0).choice(len(clinc.vectors), 330, replace=False)
    found = Again(clinc.vectors[part], settings).grouped(60, 1, whole.resolution)
    assert runs[0] == pytest.approx(whole.resolution)
    assert len(runs) <= 4
    assert abs(len(np.unique(found.labels)) - 60) <= 2


def test_twins_and_rows_of_nothing_are_grouped_as_ever(clinc) -> None:
    rows = np.concatenate([clinc.vectors[:100], clinc.vectors[:20], np.zeros((2, clinc.vectors.shape[1]), np.float32)])
    found = Again(rows, ClusteringSettings()).grouped(8, 0).labels
    np.testing.assert_array_equal(found, cluster(rows, ClusteringSettings(clusters=8), 0).labels)
