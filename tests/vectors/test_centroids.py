"""Centroids and margins."""

import numpy as np
import pytest

from clioscope.vectors import centroids as module
from clioscope.vectors.centroids import centroids_of, group_sums, nearest_centroid

E = np.eye(3, dtype=np.float32)


def test_a_centroid_is_the_unit_mean_of_its_members(clinc) -> None:
    found = centroids_of(clinc.vectors, clinc.intent, 30)
    assert found.shape == (30, clinc.vectors.shape[1])
    for group in (0, 17, 29):
        mean = clinc.vectors[clinc.intent == group].mean(axis=0)
        np.testing.assert_allclose(found[group], mean / np.linalg.norm(mean), atol=1e-5)


def test_noise_counts_nowhere_and_empty_groups_are_zero() -> None:
    found = centroids_of(np.stack([E[0], E[1], E[2], -E[2]]), np.array([0, -1, 2, 2]), 4)
    np.testing.assert_allclose(found, [E[0], [0, 0, 0], [0, 0, 0], [0, 0, 0]], atol=1e-6)


def test_the_margin_is_the_lead_over_the_second() -> None:
    vectors = np.array([[1, 0, 0], [0.6, 0.8, 0], [0, 0, -1]], dtype=np.float32)
    labels, margins = nearest_centroid(vectors, E)
    assert labels.tolist() == [0, 1, 0]
    np.testing.assert_allclose(margins, [1, 0.2, 0], atol=1e-6)


def test_a_given_label_counts_and_may_be_behind() -> None:
    vectors = np.array([[0.6, 0.8, 0]] * 2, dtype=np.float32)
    labels, margins = nearest_centroid(vectors, E, np.array([0, -1]))
    assert labels.tolist() == [0, 1]
    np.testing.assert_allclose(margins, [-0.2, 0.2], atol=1e-6)


def test_a_tie_goes_to_the_lower_number_and_one_centroid_is_measured_alone() -> None:
    both = np.array([[0.70710677, 0.70710677, 0]], dtype=np.float32)
    labels, margins = nearest_centroid(both, E)
    assert (labels.tolist(), margins.tolist()) == ([0], [0])
    labels, margins = nearest_centroid(both, E[1:2])
    assert labels.tolist() == [0]
    assert margins[0] == pytest.approx(0.7071, abs=1e-4)


def test_blocks_give_the_same_as_all_at_once(clinc, monkeypatch) -> None:
    centres = centroids_of(clinc.vectors, clinc.intent, 30)
    own = np.where(np.arange(360) % 2, clinc.intent, -1)
    whole = nearest_centroid(clinc.vectors, centres, own)
    monkeypatch.setattr(module, "_CELLS", 30 * 7)
    for one, other in zip(whole, nearest_centroid(clinc.vectors, centres, own), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    assert (whole[0] == clinc.intent).mean() > 0.8


def test_no_rows() -> None:
    labels, margins = nearest_centroid(E[:0], E)
    assert len(labels) == len(margins) == 0
    assert labels.dtype == np.int32


def test_sums_by_blocks_are_those_of_all_at_once(clinc, monkeypatch) -> None:
    labels = np.arange(len(clinc.vectors)) % 6 - 1
    sums, sizes = group_sums(clinc.vectors, labels, 5)
    monkeypatch.setattr("clioscope.vectors.centroids._ROWS", 100)
    parts, counts = group_sums(clinc.vectors, labels, 5)
    np.testing.assert_allclose(parts, sums, atol=1e-12)
    np.testing.assert_array_equal(counts, sizes)
