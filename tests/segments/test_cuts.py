"""Where the topic changes, found in vectors that are made by hand."""

import itertools

import numpy as np
import pytest

from clioscope.segments import Scale, best_cuts, learn_scale, scale_from


def turns_about(topics, noise=0.6, seed=0, dimensions=24):
    """Unit rows, one per turn, each near the axis of its topic."""
    generator = np.random.default_rng(seed)
    rows = np.eye(dimensions)[list(topics)] + generator.normal(size=(len(topics), dimensions)) * noise / 5
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def scale() -> Scale:
    """Learnt from conversations of one topic each."""
    return learn_scale([turns_about([number % 20] * (2 + number % 4), seed=number) for number in range(120)])


@pytest.mark.parametrize(
    ("topics", "cuts"),
    [
        ([3, 3, 3], []),
        ([3], []),
        ([], []),
        ([3, 3, 8, 8, 8], [2]),
        ([3, 3, 8, 8, 3, 3], [2, 4]),
        ([1, 2, 2, 2, 2, 9], [1, 5]),
    ],
)
def test_a_cut_stands_where_the_topic_changes(scale, topics, cuts) -> None:
    assert best_cuts(turns_about(topics, seed=7).reshape(len(topics), 24), scale) == cuts


def test_it_is_the_best_of_all_divisions(scale) -> None:
    rows = turns_about([0, 0, 1, 1, 2, 0], noise=2.0, seed=3)
    centred = scale.centred(rows).astype(np.float64)

    def score(cuts) -> float:
        bounds = [0, *cuts, len(rows)]
        sums = [centred[start:end].sum(axis=0) for start, end in itertools.pairwise(bounds)]
        fits = scale.support(np.diff(bounds), np.array([(one**2).sum() for one in sums]))
        return float(scale.slope * fits.sum() + len(cuts) * scale.level)

    every = [cuts for count in range(6) for cuts in itertools.combinations(range(1, 6), count)]
    assert tuple(best_cuts(rows, scale)) == max(every, key=score)


def test_a_long_conversation_is_cut_in_its_first_thousand_turns(scale) -> None:
    topics = [number // 100 % 20 for number in range(1100)]
    assert best_cuts(turns_about(topics), scale) == list(range(100, 1000, 100))


def test_nothing_is_learnt_from_a_few_conversations() -> None:
    assert learn_scale([turns_about([1, 1])] * 39) is None
    assert learn_scale([turns_about([1])] * 100) is None
    assert learn_scale([]) is None


def test_a_scale_survives_storing(scale) -> None:
    again = scale_from(scale.array())
    assert again[1:] == pytest.approx(scale[1:])
    assert np.array_equal(again.mean, scale.mean)


def test_turns_that_are_all_alike_give_no_cut() -> None:
    """Where seams look like gaps, evidence counts for nothing, and a change is as rare as was said."""
    same = learn_scale([turns_about([4] * 3, seed=number) for number in range(60)])
    assert best_cuts(turns_about([4] * 6, seed=99), same) == []
