"""Conversations of a file that differ from an atlas together, though each by itself lies near some member."""

import numpy as np
import pytest
from numpy.typing import NDArray

from clioscope.clustering.fit import LEVEL, Fit, calibrate, fit_from
from clioscope.clustering.novelty import FEWEST_MEMBERS, FEWEST_NEW, p_values_in_file
from clioscope.vectors.unit import unit_rows

GROUPS, WIDTH = 8, 60


def drawn(count: int, seed: int, shift: float = 0.0, groups: int = GROUPS) -> tuple[NDArray[np.float32], NDArray]:
    """Vectors around eight centres, and their groups; ``shift`` moves all in one direction of their own."""
    centres = np.random.default_rng(0).normal(size=(GROUPS, WIDTH))
    rng = np.random.default_rng(seed)
    labels = rng.integers(groups, size=count).astype(np.int32)
    moved = shift * np.eye(WIDTH)[0]
    return unit_rows(centres[labels] + rng.normal(size=(count, WIDTH)) + moved), labels


@pytest.fixture(scope="module")
def fit() -> Fit:
    members, labels = drawn(900, 1)
    return fit_from(members, labels, *calibrate(members))


def refused(values: NDArray[np.float32]) -> float:
    return float((values <= LEVEL).mean())


def test_what_no_conversation_shows_by_itself_its_file_shows(fit: Fit) -> None:
    foreign, held = drawn(250, 2, shift=3.0), drawn(400, 3)
    alone = fit.p_values(*foreign)
    both = p_values_in_file(fit, *(np.concatenate(pair) for pair in zip(foreign, held, strict=True)))
    assert refused(alone) < 0.4
    assert refused(p_values_in_file(fit, *foreign)) > 0.8
    assert refused(both[:250]) > 0.75
    assert refused(both[250:]) <= 0.06


def test_conversations_of_the_same_kind_are_not_refused(fit: Fit) -> None:
    assert refused(p_values_in_file(fit, *drawn(1000, 4))) <= 0.06


def test_more_of_one_subject_is_no_news(fit: Fit) -> None:
    assert refused(p_values_in_file(fit, *drawn(300, 5, groups=1))) <= 0.06


def test_values_do_not_depend_on_the_order_and_are_possible(fit: Fit) -> None:
    vectors, labels = drawn(100, 6, shift=1.5)
    order = np.random.default_rng(7).permutation(100)
    values = p_values_in_file(fit, vectors, labels)
    np.testing.assert_allclose(p_values_in_file(fit, vectors[order], labels[order]), values[order])
    assert values.dtype == np.float32
    assert ((values > 0) & (values <= 1)).all()


def test_a_group_of_one_member_and_one_without_any_are_possible(fit: Fit) -> None:
    members, labels = drawn(200, 11)
    labels[17] = GROUPS
    lone = fit_from(members, labels, *calibrate(members))
    vectors, of = drawn(60, 12)
    of[:3] = GROUPS, GROUPS, GROUPS + 1
    assert refused(p_values_in_file(lone, vectors, of)) <= 0.1


def test_few_conversations_or_few_members_are_each_judged_alone(fit: Fit) -> None:
    vectors, labels = drawn(FEWEST_NEW - 1, 8, shift=3.0)
    np.testing.assert_array_equal(p_values_in_file(fit, vectors, labels), fit.p_values(vectors, labels))
    members, of_members = drawn(FEWEST_MEMBERS - 1, 9)
    small = fit_from(members, of_members, *calibrate(members))
    many = drawn(200, 10, shift=3.0)
    np.testing.assert_array_equal(p_values_in_file(small, *many), small.p_values(*many))
