"""Agreement of raters against published examples and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from clioscope.measure.raters import cohen, fleiss, krippendorff, with_interval

_ = None
# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section E: four observers, twelve units.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]


@pytest.mark.parametrize(("scale", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_krippendorffs_own_example(scale, alpha):
    assert krippendorff(OBSERVERS, scale) == pytest.approx(alpha, abs=0.0006)


def test_fleiss_own_kind_of_example():
    """Ten subjects, fourteen raters, five categories: the worked example of the encyclopaedias, kappa .210."""
    counts = np.array(
        [
            [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
        ]
    )  # fmt: skip
    ratings = np.array([np.repeat(np.arange(5), row) for row in counts]).T.tolist()
    assert fleiss(ratings) == pytest.approx(0.210, abs=0.0005)


def test_cohen_is_that_of_sklearn():
    generator = np.random.default_rng(0)
    one = generator.integers(3, size=200)
    other = np.where(generator.random(200) < 0.6, one, generator.integers(3, size=200))
    assert cohen(one.tolist(), other.tolist()) == pytest.approx(cohen_kappa_score(one, other))
    assert krippendorff([one.tolist(), other.tolist()]) == pytest.approx(cohen_kappa_score(one, other), abs=0.01)


def test_agreement_by_habit_is_none():
    """Two raters who say yes nine times of ten agree on most items and know nothing."""
    generator = np.random.default_rng(1)
    one, other = (["yes" if draw < 0.9 else "no" for draw in generator.random(2000)] for _ in range(2))
    assert np.mean([a == b for a, b in zip(one, other, strict=True)]) > 0.8
    for value in (cohen(one, other), krippendorff([one, other]), fleiss([one, other])):
        assert value == pytest.approx(0, abs=0.06)


def test_degenerate_cases():
    assert np.isnan(cohen([None], [1]))
    assert cohen([1, 1], [1, 1]) == 1
    assert krippendorff([[1, 1], [1, 1]]) == 1
    assert np.isnan(krippendorff([[1, None], [None, 1]]))
    assert np.isnan(fleiss([[1]]))


@pytest.mark.slow
def test_the_interval_narrows_with_items():
    generator = np.random.default_rng(2)
    one = generator.integers(2, size=400).tolist()
    other = [value if generator.random() < 0.9 else 1 - value for value in one]
    few = with_interval(krippendorff, [one[:40], other[:40]])
    many = with_interval(krippendorff, [one, other])
    assert many.low < many.value < many.high
    assert many.high - many.low < 0.6 * (few.high - few.low)
    assert many.n == 400
