"""The suite for metrics: ours pass, and one that breaks a promise does not."""

import math

import numpy as np
import pytest

from clioscope.measure import Figure, metric
from clioscope.testing import check_metric, registry_of, trial


@pytest.mark.parametrize("name", registry_of("metrics").shipped())
def test_ours_keep_their_promises(name) -> None:
    check_metric(registry_of("metrics").get(name))


def made(function, family="geometry", **fields):
    """A metric of the function."""
    words = {"low": 0, "high": 1, "better": "lower", "meaning": "Share.", "source": "mine", "name": "mine"} | fields
    with trial():
        return metric(family, **words)(function)


def alone(labels):
    return float((np.bincount(labels)[labels] == 1).mean())


def _agree(labels, truth):
    return float((labels == truth).mean())


def _of_groups(labels):
    sizes = np.bincount(labels) / len(labels)
    return Figure(float(sizes.max()), 0, 1, len(labels), sizes)


def _sorts(labels):
    labels.sort()
    return 0.0


def _all_rows(labels, truth):
    return 0.5 if len(labels) == 120 else 1 / 0


@pytest.mark.parametrize(
    "good",
    [
        made(alone),
        made(_agree, rows=("labels", "truth")),
        made(_of_groups),
        made(lambda labels: math.nan),
        made(lambda near, levels, parents, names: 0.5),
    ],
)
def test_good_ones_pass(good) -> None:
    check_metric(good)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (alone, "is a Metric, not a function"),
        (made(alone, family=" "), "has no `family`"),
        (made(alone, low=1, high=0), "`low` is below `high`"),
        (made(alone, better="more"), "`better` 'more'"),
        (made(alone, meaning=""), "has no `meaning`"),
        (made(alone, source=""), "has no `source`"),
        (made(alone, rows=("truth",)), "names truth as `rows`, which it does not take"),
        (made(lambda colours: 0.5), "needs colours, which Clioscope does not hand to metrics"),
        (made(lambda labels: 1 / 0), "ZeroDivisionError"),
        (made(lambda labels: np.random.rand()), "the same for the same arrays"),  # noqa: NPY002
        (made(_sorts), "changes labels"),
        (made(lambda labels: "high"), "returns a str"),
        (made(lambda labels: 1.5), "returns 1.5, which is outside its range 0 to 1"),
        (made(lambda labels: Figure(0.5, 0.6, 0.7)), "outside its own interval 0.6 to 0.7"),
        (made(lambda labels: Figure(0.5, groups=np.zeros(3))), "figures of 3 groups; there are 8"),
        (made(lambda labels: float(labels[0]) / 8), "come in another order"),
        (made(_all_rows, rows=("labels", "truth")), "fails where conversations are left out: ZeroDivisionError"),
    ],
)
def test_a_broken_promise_is_named(bad, said) -> None:
    with pytest.raises(AssertionError, match=said):
        check_metric(bad)


def test_further_arrays_may_be_handed() -> None:
    check_metric(made(lambda colours: float(len(colours)) / 9), {"colours": ["red"]})
