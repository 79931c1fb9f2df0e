"""The textbook indices against scikit-learn and hand-computed cases."""

import numpy as np
import pytest
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_samples

from clioscope.measure.figure import jackknife
from clioscope.measure.geometry import calinski_harabasz, davies_bouldin, modularity, silhouette
from clioscope.measure.sampled_neighbours import sampled_neighbours
from clioscope.statistics.intervals import Z95
from clioscope.vectors.cosines import group_cosines


def test_silhouette_is_exact(clinc):
    for labels in (clinc.intent, clinc.domain):
        each = silhouette_samples(clinc.vectors.astype(float), labels, metric="cosine")
        groups = [each[labels == one].mean() for one in range(labels.max() + 1)]
        found = silhouette(clinc.vectors, labels)
        np.testing.assert_allclose(found.groups, groups, atol=1e-5)
        assert found.value == pytest.approx(np.mean(groups), abs=1e-5)
        assert found.low < found.value < found.high


def test_silhouette_of_rows_alone_is_nought_and_of_one_group_undefined(clinc):
    labels = clinc.intent.copy()
    labels[0] = labels.max() + 1
    assert silhouette(clinc.vectors, labels).groups[-1] == 0
    assert np.isnan(silhouette(clinc.vectors, np.zeros_like(labels)).value)


def test_calinski_harabasz_and_davies_bouldin_are_those_of_sklearn(clinc):
    for labels in (clinc.intent, clinc.domain):
        assert calinski_harabasz(clinc.vectors, labels).value == pytest.approx(
            calinski_harabasz_score(clinc.vectors, labels), rel=1e-4
        )
        assert davies_bouldin(clinc.vectors, labels).value == pytest.approx(
            davies_bouldin_score(clinc.vectors, labels), rel=1e-4
        )


def test_modularity_by_hand():
    """Two pairs, each the other's nearest: all edges inside, half of them in each group."""
    vectors = np.array([[1, 0, 0], [1, 0.1, 0], [0, 0, 1], [0, 0.1, 1]], dtype=np.float32)
    labels = np.array([0, 0, 1, 1])
    near = sampled_neighbours(vectors, labels, k=1)
    assert modularity(vectors, labels, near).value == pytest.approx(1 - 2 * 0.5 * 0.5)
    assert modularity(vectors, np.zeros(4, int), near).value == pytest.approx(0)
    assert modularity(vectors, np.array([0, 1, 0, 1]), near).value == pytest.approx(-0.5)


def test_modularity_against_the_dense_formula(clinc):
    near = sampled_neighbours(clinc.vectors, k=15)
    graph = np.zeros((len(clinc.vectors),) * 2)
    graph[near.rows[:, None], near.indices] = 1
    edges = graph.sum()
    expected = graph - np.outer(graph.sum(axis=1), graph.sum(axis=0)) / edges
    inside = clinc.domain[:, None] == clinc.domain
    assert modularity(clinc.vectors, clinc.domain, near).value == pytest.approx((expected * inside).sum() / edges)


def test_rows_of_no_group_belong_to_none(clinc):
    labels = clinc.intent.copy()
    labels[::7] = -1
    kept = labels >= 0
    assert calinski_harabasz(clinc.vectors, labels).value == pytest.approx(
        calinski_harabasz_score(clinc.vectors[kept], labels[kept]), rel=1e-4
    )
    assert np.isnan(group_cosines(clinc.vectors, labels).own[~kept]).all()
    assert modularity(clinc.vectors, labels).value < modularity(clinc.vectors, clinc.intent).value


def test_cosines_are_those_of_the_other_members(clinc):
    found = group_cosines(clinc.vectors, clinc.intent)
    unit = clinc.vectors.astype(float)
    row = 17
    mates = np.flatnonzero((clinc.intent == clinc.intent[row]) & (np.arange(len(unit)) != row))
    centroid = unit[mates].sum(axis=0)
    assert found.own_mean[row] == pytest.approx((unit[mates] @ unit[row]).mean(), abs=1e-5)
    assert found.own[row] == pytest.approx(unit[row] @ centroid / np.linalg.norm(centroid), abs=1e-5)
    means = np.array([unit[clinc.intent == one].mean(axis=0) for one in range(30)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    cosines = means @ unit[row]
    cosines[clinc.intent[row]] = -2
    assert found.nearest[row] == cosines.argmax()
    assert found.other[row] == pytest.approx(cosines.max(), abs=1e-5)


def test_intervals_are_those_of_rows_left_out_by_turns(clinc):
    """The jackknife goes over all rows ten times; sums of the parts give the same."""
    labels = clinc.intent.copy()
    labels[::50] = -1
    labels[1] = labels.max() + 1  # a group that is gone where its row is left out
    kept = labels >= 0
    for metric, index in ((calinski_harabasz, calinski_harabasz_score), (davies_bouldin, davies_bouldin_score)):
        error = jackknife(index, clinc.vectors[kept].astype(float), labels[kept], folds=10)
        found = metric(clinc.vectors, labels)
        assert (found.high - found.low) / 2 / Z95 == pytest.approx(error, rel=1e-3)
