"""The registry: complete, documented, open to others, and evaluated from what is at hand."""

import numpy as np
import pytest

import clioscope.measure as measure
from clioscope.errors import ClioscopeError
from clioscope.measure.metric import Metric


def test_every_metric_says_what_it_is():
    assert len(measure.metrics.names()) >= 50
    for name in measure.metrics.names():
        one = measure.metrics.get(name)
        assert one.name == name
        assert one.low < one.high
        assert one.meaning.endswith((".", ")")) or one.meaning[-1].isalpha()
        assert one.meaning and one.source and len(one.__doc__) > 40, name


def test_label_free_figures_of_real_vectors(clinc):
    places = clinc.vectors[:, :2]
    good = measure.label_free(clinc.vectors, clinc.intent, places)
    bad = measure.label_free(clinc.vectors, np.random.default_rng(0).permutation(clinc.intent), places)
    assert set(good) == set(bad)
    assert {"silhouette", "dbcv", "modularity", "knn_purity", "trustworthiness", "misplaced"} <= set(good)
    for name, figure in good.items():
        one = measure.metrics.get(name)
        assert one.low <= figure.value <= one.high, name
        assert figure.n > 0
        if figure.low is not None:
            assert one.low <= figure.low <= figure.value <= figure.high <= one.high, name
        if one.family in ("geometry", "coherence") and one.better != "neither":
            assert (figure.value > bad[name].value) == (one.better == "higher"), name


def test_names_and_order_do_not_matter(clinc):
    order = np.random.default_rng(5).permutation(len(clinc.intent))
    rename = np.random.default_rng(6).permutation(30)
    before = measure.label_free(clinc.vectors, clinc.intent)
    after = measure.label_free(clinc.vectors[order], rename[clinc.intent][order])
    for name, figure in before.items():
        assert after[name].value == pytest.approx(figure.value, abs=2e-4), name
        if figure.groups is not None:
            np.testing.assert_allclose(after[name].groups[rename], figure.groups, atol=2e-3, err_msg=name)


def test_others_add_theirs():
    @measure.metric("geometry", low=0, high=1, better="lower", meaning="Share of rows alone.", source="a test")
    def alone(labels):
        """Share of rows in groups of one."""
        return float((np.bincount(labels)[labels] == 1).mean())

    try:
        assert isinstance(alone, Metric)
        assert alone(np.array([0, 0, 1])) == pytest.approx(1 / 3)
        assert measure.evaluate({"labels": np.array([0, 0, 1])})["alone"].value == pytest.approx(1 / 3)
    finally:
        del measure.metrics._parts["alone"]


def test_a_metric_that_fails_is_named():
    @measure.metric("geometry", low=0, high=1, better="lower", meaning="Fails.", source="a test")
    def broken(labels):
        """Fails, whatever it is given."""
        raise ZeroDivisionError

    try:
        with pytest.raises(ClioscopeError, match="'broken' failed"):
            measure.evaluate({"labels": np.array([0, 0, 1])}, ["broken"])
    finally:
        del measure.metrics._parts["broken"]
