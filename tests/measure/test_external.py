"""Figures against labels: scikit-learn, hand-computed cases, and what every such figure must satisfy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import matthews_corrcoef

import clioscope.measure as measure
from clioscope.measure.external import contingency
from clioscope.measure.noise import as_singletons, to_nearest

# Bounded by chance: near 0 for random labels, however many groups.
CORRECTED = ("ami", "ari", "pair_mcc")
SYMMETRIC = ("ami", "ari", "v_measure", "bcubed_f", "matching_accuracy", "matching_mcc", "pair_mcc")
# Manning, Raghavan and Schütze 2008, figure 16.4: 17 points, three classes, three groups.
BOOK = (
    np.repeat([0, 1, 2], [6, 6, 5]),
    np.array(list("xxxxxo" + "xooood" + "xxddd")),
)


def test_the_example_of_the_book():
    found = measure.against_labels(*BOOK)
    assert found["purity"] == pytest.approx(12 / 17)
    assert found["v_measure"] == pytest.approx(0.36, abs=0.01)
    assert found["ari"] == pytest.approx(0.24, abs=0.01)


def test_bcubed_by_hand():
    """Groups {a a b} {b b}: precision (2/3 + 2/3 + 1/3 + 1 + 1) / 5, recall (1 + 1 + 1/3 + 2/3 + 2/3) / 5."""
    found = measure.against_labels(np.array([0, 0, 0, 1, 1]), np.array(list("aabbb")))
    assert found["bcubed_precision"] == pytest.approx(11 / 15)
    assert found["bcubed_recall"] == pytest.approx(11 / 15)
    assert found["bcubed_f"] == pytest.approx(11 / 15)
    assert found["matching_accuracy"] == pytest.approx(4 / 5)
    assert found["inverse_purity"] == pytest.approx(4 / 5)


@pytest.mark.parametrize("seed", range(5))
def test_matching_mcc_is_that_of_the_matched_classes(seed):
    """As scikit-learn has it, once each group carries the number of its class, or one that no class has."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(6, size=300)
    labels = np.where(generator.random(300) < 0.6, truth * 7 % 11, generator.integers(11 if seed % 2 else 4, size=300))
    table = contingency(labels, truth)
    gain = 300 * table - np.outer(table.sum(axis=1), table.sum(axis=0))
    classes, groups = linear_sum_assignment(gain, maximize=True)
    names = np.arange(100, 100 + table.shape[1])
    names[groups] = np.unique(truth)[classes]
    said = names[np.unique(labels, return_inverse=True)[1]]
    found = measure.against_labels(labels, truth)["matching_mcc"]
    assert found == pytest.approx(matthews_corrcoef(truth, said))
    names[groups] = generator.permutation(np.unique(truth))[classes]  # no other matching does better
    other = names[np.unique(labels, return_inverse=True)[1]]
    assert found >= matthews_corrcoef(truth, other)


def test_matching_mcc_of_one_answer_for_all_is_nought():
    truth = np.repeat([0, 1], [90, 10])
    found = measure.against_labels(np.zeros(100, int), truth)
    assert (found["matching_accuracy"], found["matching_mcc"]) == (0.9, 0)
    assert measure.against_labels(np.zeros(9, int), np.zeros(9, int))["matching_mcc"] == 1


def test_pair_mcc_is_the_correlation_over_pairs(clinc):
    labels, truth = clinc.domain[::5], clinc.intent[::5]
    upper = np.triu_indices(len(labels), 1)
    same = [(one[:, None] == one)[upper] for one in (labels, truth)]
    assert measure.against_labels(labels, truth)["pair_mcc"] == pytest.approx(matthews_corrcoef(*same))


partitions = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40)


@pytest.mark.slow
@given(partitions)
@settings(max_examples=25, deadline=None)
def test_names_and_order_do_not_matter(rows):
    labels, truth = np.array(rows).T
    before = measure.against_labels(labels, truth)
    order = np.random.default_rng(0).permutation(len(labels))
    rename = np.array([3, 1, 4, 0, 2])
    after = measure.against_labels(rename[labels][order], np.array(list("pqrst"))[truth][order])
    assert after == pytest.approx(before, abs=1e-9)
    turned = measure.against_labels(truth, labels)
    for name in SYMMETRIC:
        assert turned[name] == pytest.approx(before[name], abs=1e-9), name
    for one, other in (
        ("homogeneity", "completeness"),
        ("bcubed_precision", "bcubed_recall"),
        ("purity", "inverse_purity"),
    ):
        assert turned[one] == pytest.approx(before[other], abs=1e-9)


@given(partitions)
@settings(max_examples=25, deadline=None)
def test_values_stay_in_their_range_and_perfect_is_one(rows):
    labels, truth = np.array(rows).T
    for name, value in measure.against_labels(labels, truth).items():
        if name != "coverage":
            one = measure.metrics.get(name)
            assert one.low - 1e-9 <= value <= one.high + 1e-9, name
    assert all(value == pytest.approx(1) for value in measure.against_labels(truth, truth).values())


def test_random_labels_are_at_chance_where_that_is_promised(clinc):
    found = [measure.against_labels(np.random.default_rng(s).integers(40, size=360), clinc.intent) for s in range(10)]
    for name in CORRECTED:
        assert np.mean([one[name] for one in found]) == pytest.approx(0, abs=0.02), name
    assert np.mean([one["v_measure"] for one in found]) > 0.35  # what the docs warn of


def test_noise_is_never_dropped(clinc):
    labels = clinc.intent.copy()
    labels[::4] = -1
    found = measure.against_labels(labels, clinc.intent, clinc.vectors)
    assert found["coverage"] == 0.75
    assert found["ami"] == pytest.approx(measure.against_labels(as_singletons(labels), clinc.intent)["ami"])
    assert found["ami"] < 0.95 < found["ami_assigned"]
    assert found["homogeneity"] == pytest.approx(1)
    assert (to_nearest(labels, clinc.vectors)[labels >= 0] == labels[labels >= 0]).all()


@pytest.mark.slow
def test_intervals_hold_what_they_promise():
    """Of 95 % intervals from samples of 300 most hold the value of all 20,000 rows."""
    generator = np.random.default_rng(0)
    truth = generator.integers(6, size=20_000)
    labels = np.where(generator.random(20_000) < 0.7, truth, generator.integers(6, size=20_000))
    whole = measure.against_labels(labels, truth)["ari"]
    held = 0
    for _ in range(40):
        rows = generator.choice(20_000, 300, replace=False)
        found = measure.evaluate({"labels": labels[rows], "truth": truth[rows]}, ["ari"])["ari"]
        held += found.low <= whole <= found.high
    assert 34 <= held <= 40


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="3 labels for 2"):
        measure.against_labels(np.zeros(3, int), np.zeros(2, int))
