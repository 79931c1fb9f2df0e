"""Clio's reconstruction by hand, and its ceiling."""

import itertools

import numpy as np
import pytest

from clioscope.measure.reconstruction import (
    by_part,
    curve,
    cuts,
    distribution_error,
    majority,
    reconstruction_accuracy,
    reconstruction_macro_f,
)

TRUTH = np.array(list("aaabbc"))
GIVEN = np.array(list("aabbbb"))


def test_by_hand():
    assert reconstruction_accuracy(GIVEN, TRUTH) == pytest.approx(4 / 6)
    # a: precision 1, recall 2/3; b: precision 2/4, recall 1; c: 0
    assert reconstruction_macro_f(GIVEN, TRUTH) == pytest.approx((0.8 + 2 / 3 + 0) / 3)
    assert distribution_error(GIVEN, TRUTH) == pytest.approx((1 / 6 + 2 / 6 + 1 / 6) / 2)


def test_by_language():
    found = by_part(GIVEN, TRUTH, ["en", "en", "en", "de", "de", None])
    assert list(found) == ["en", "de"]
    assert (found["en"].value, found["en"].n) == (pytest.approx(2 / 3), 3)
    assert found["de"].value == 1


def test_naming_every_group_by_its_majority_reaches_the_ceiling(clinc):
    levels = [clinc.intent, clinc.domain, np.arange(len(clinc.intent))]
    points = curve(levels, [majority(one, clinc.intent) for one in levels], clinc.intent)
    assert [point.groups for point in points] == [5, 30, 360]
    for point in points:
        assert point.accuracy == pytest.approx(point.ceiling)
    assert [point.ceiling for point in points] == pytest.approx([1 / 6, 1, 1])


def test_cuts_join_what_lies_near(clinc):
    """From two groups to all of them, each grouping a coarser one of the next; near centroids first."""
    centroids = np.array([clinc.vectors[clinc.intent == intent].mean(axis=0) for intent in range(30)])
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    found = cuts(centroids, most=6)
    assert [len(np.unique(cut)) for cut in found] == [2, 3, 6, 10, 17, 30]
    for coarse, fine in itertools.pairwise(found):
        assert len(np.unique(np.stack([coarse, fine]), axis=1).T) == len(np.unique(fine))
    points = curve(
        [cut[clinc.intent] for cut in found], [majority(cut[clinc.intent], clinc.intent) for cut in found], clinc.intent
    )
    assert [point.accuracy for point in points] == [point.ceiling for point in points]
    assert points[-1].ceiling == 1 and points[0].ceiling < 0.2
    assert cuts(centroids[:2])[0].tolist() == [0, 1]
