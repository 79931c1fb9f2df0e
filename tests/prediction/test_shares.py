"""Shares with intervals: they hold the truth as often as they say, and are narrower where predictions are good."""

import numpy as np
import pytest

from clioscope.prediction.shares import Sample, Shares

SIZE, GROUPS = 1500, 30


def world(seed, share, good, asked):
    """A population in groups that differ in how many have a value, with calibrated predictions of it, and a sample.

    ``good``: how far the predictions tell the conversations of a group apart (0: not at all).
    """
    random = np.random.default_rng(seed)
    strata = random.integers(0, GROUPS, SIZE)
    level = np.log(share / (1 - share)) + random.normal(0, 1, GROUPS)
    told = good * random.standard_normal(SIZE) + 0.7 * (level - level.mean())[strata] + level.mean()
    truth = random.random(SIZE) < 1 / (1 + np.exp(-told - 0.3 * (level - level.mean())[strata]))
    sample = random.permutation(SIZE)[:asked]
    said = np.full(SIZE, np.nan)
    said[sample] = truth[sample]
    return truth, Sample(said, 1 / (1 + np.exp(-told)), np.ones(SIZE)), strata


def classical(said):
    """Width of Wilson's interval of what was said alone."""
    share, number = said.mean(), len(said)
    return 2 * 1.96 * np.sqrt(share * (1 - share) / number + 0.96 / number**2) / (1 + 3.84 / number)


@pytest.mark.slow
@pytest.mark.parametrize(("share", "good", "asked"), [(0.3, 2.5, 200), (0.05, 1.0, 200), (0.2, 0.0, 120)])
def test_the_intervals_hold_the_truth(share, good, asked) -> None:
    held = {"whole": [], "parent": [], "base": []}
    widths = {"here": [], "classical": []}
    for seed in range(200):
        truth, sample, strata = world(seed, share, good, asked)
        shares = Shares(sample, strata)
        parts = [("whole", range(GROUPS)), *(("parent", range(one, one + 10)) for one in (0, 10, 20))]
        small = [("base", [one]) for one in range(GROUPS)] if seed < 20 else []  # these take the time
        for kind, groups in [*parts, *small]:
            inside = np.isin(strata, list(groups))
            found = shares.of(np.array(groups))
            assert 0 <= found.low <= found.share <= found.high <= 1
            assert found.high > found.low, "no interval without a width, as long as not all are asked"
            held[kind].append(found.low - 1e-9 <= truth[inside].mean() <= found.high + 1e-9)
            if kind == "whole":
                widths["here"].append(found.high - found.low)
                widths["classical"].append(classical(sample.said[sample.known]))
    assert all(np.mean(one) >= 0.93 for one in held.values()), {kind: np.mean(one) for kind, one in held.items()}
    if good > 2:
        assert np.mean(widths["here"]) < 0.85 * np.mean(widths["classical"])


def test_with_all_asked_the_share_is_exact() -> None:
    truth, sample, strata = world(0, 0.3, 1.0, SIZE)
    for groups in ([3], range(GROUPS)):
        found = Shares(sample, strata).of(np.array(groups))
        assert found.low == found.share == found.high == pytest.approx(truth[np.isin(strata, list(groups))].mean())


def test_what_was_said_bounds_the_share() -> None:
    """Of ten, nine are asked and all have it: at least .9, whatever is predicted of the last one."""
    said = np.array([1.0] * 9 + [np.nan])
    found = Shares(Sample(said, np.full(10, 0.01), np.ones(10)), np.zeros(10, int)).of(np.array([0]))
    assert found.low == pytest.approx(0.9) and found.high == 1


def test_a_few_that_agree_by_luck_do_not_settle_it() -> None:
    random = np.random.default_rng(0)
    said = np.where(np.arange(400) < 40, 0.0, np.nan)
    found = Shares(Sample(said, np.full(400, 0.02), np.ones(400)), random.integers(0, 2, 400)).of(np.array([0, 1]))
    assert found.low == 0 and 0.02 < found.high < 0.2


def test_a_group_unlike_all_others_is_believed() -> None:
    """Predictions see nothing of a value that one group alone has; eight asked ones that all have it say so."""
    strata = np.repeat(np.arange(20), 50)
    said = np.full(1000, np.nan)
    said[np.arange(1000) % 50 < 8] = 0
    said[:8] = 1
    shares = Shares(Sample(said, np.full(1000, 0.05), np.ones(1000)), strata)
    assert shares.of(np.array([0])).share > 0.5 and shares.of(np.array([0])).high > 0.8
    assert shares.of(np.array([1])).high < 0.3


def test_conversations_count_by_their_weight() -> None:
    said = np.array([1.0, 0.0, 0.0])
    found = Shares(Sample(said, np.full(3, 0.5), np.array([2.0, 1.0, 1.0])), np.zeros(3, int)).of(np.array([0]))
    assert found == (0.5, 0.5, 0.5)
    assert np.isnan(Shares(Sample(said, said, np.zeros(3)), np.zeros(3, int)).of(np.array([0])).share)


@pytest.mark.filterwarnings("error")
def test_predictions_that_were_never_wrong_and_never_in_doubt_leave_no_doubt() -> None:
    chance = np.tile([0.0, 1.0, 0.0, 0.0], 50)
    said = np.where(np.arange(200) < 100, chance, np.nan)
    found = Shares(Sample(said, chance, np.ones(200)), np.arange(200) % 4).of(np.arange(4))
    assert found.share == pytest.approx(0.25) and found.low == found.high == pytest.approx(0.25)
