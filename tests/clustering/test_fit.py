"""The test of fit: few members are refused, what lies elsewhere is, and a conversation has the same value alone."""

import numpy as np
import pytest

from clioscope.clustering import fit
from clioscope.vectors.unit import unit_rows


def blobs(rng, centres, each, width):
    rows = np.repeat(centres, each, axis=0)
    return unit_rows(rows + width * rng.normal(size=rows.shape))


@pytest.fixture(scope="module")
def world():
    rng = np.random.default_rng(3)
    centres = unit_rows(rng.normal(size=(8, 32)))
    vectors, labels = blobs(rng, centres, 60, 0.12), np.repeat(np.arange(8), 60)
    held, own = blobs(rng, centres, 60, 0.12), labels
    foreign = blobs(rng, unit_rows(rng.normal(size=(6, 32))), 40, 0.12)
    return vectors, labels, held, own, foreign


def opened(vectors, labels, outside=None):
    rows, kept = fit.calibrate(vectors, outside)
    return fit.fit_from(vectors, labels, rows, kept, outside)


def test_few_members_are_refused_and_what_lies_elsewhere_is(world):
    vectors, labels, held, own, foreign = world
    test = opened(vectors, labels)
    nearest = (foreign @ vectors.T).argmax(axis=1)
    assert (test.p_values(held, own) <= fit.LEVEL).mean() <= 0.06
    assert 0.1 <= (test.p_values(held, own) <= 0.3).mean() <= 0.3
    assert (test.p_values(foreign, labels[nearest]) <= fit.LEVEL).mean() >= 0.95


def test_a_conversation_has_the_same_value_alone_and_among_others(world):
    vectors, labels, held, own, foreign = world
    test = opened(vectors, labels)
    together = test.p_values(np.concatenate([held[:40], foreign]), np.concatenate([own[:40], np.zeros(240, int)]))
    alone = [test.p_values(held[row : row + 1], own[row : row + 1])[0] for row in range(40)]
    assert together[:40].tolist() == alone


def test_a_group_of_wide_members_refuses_few_of_its_own_beside_a_tight_one():
    refused = []
    for seed in (5, 6, 7):
        rng = np.random.default_rng(seed)
        centres = unit_rows(rng.normal(size=(2, 32)))
        wide, tight = blobs(rng, centres[:1], 400, 0.35), blobs(rng, centres[1:], 400, 0.08)
        test = opened(np.concatenate([wide, tight]), np.repeat([0, 1], 400))
        more = (blobs(rng, centres[:1], 400, 0.35), blobs(rng, centres[1:], 400, 0.08))
        refused.append(
            [(test.p_values(made, np.full(400, group)) <= fit.LEVEL).mean() for group, made in enumerate(more)]
        )
    assert np.mean(refused, axis=0).max() <= 0.1


def test_about_the_share_of_members_has_a_value_below_it(world):
    vectors, labels, *_ = world
    values = fit.member_p_values(vectors, labels)
    for share in (0.05, 0.2, 0.5):
        assert share - 0.06 <= (values <= share).mean() <= share


def test_what_was_gathered_is_counted_but_nothing_is_compared_with_it(world):
    vectors, labels, _, _, foreign = world
    every, groups = np.concatenate([vectors, foreign]), np.concatenate([labels, np.full(len(foreign), 8)])
    outside = np.arange(len(every)) >= len(vectors)
    test = opened(every, groups, outside)
    assert len(test.vectors) == len(vectors) and len(test.deviations) == len(every)
    assert (test.labels == -1).sum() == len(foreign)
    near = foreign + 1e-3
    assert (test.p_values(near, np.zeros(len(near), int)) < 0.5).mean() >= 0.95  # copies of what was gathered
    assert (opened(every, groups).p_values(near, np.full(len(near), 8)) > 0.5).mean() >= 0.5


def test_of_many_members_some_stand_for_all(world, monkeypatch):
    vectors, labels, held, own, foreign = world
    monkeypatch.setattr(fit, "MOST", 200)
    rows, kept = fit.calibrate(vectors)
    assert rows.tolist() == sorted(set(rows.tolist())) and len(rows) == 200 and kept.shape == (200, fit.COLUMNS)
    test = fit.fit_from(vectors, labels, rows, kept)
    assert (test.p_values(held, own) <= fit.LEVEL).mean() <= 0.07
    assert (test.p_values(foreign, np.zeros(len(foreign), int)) <= fit.LEVEL).mean() >= 0.9
    assert len(fit.member_p_values(vectors, labels)) == len(vectors)


def test_too_few_members_refuse_nothing():
    rng = np.random.default_rng(0)
    for count in (0, 1, 5, 12):
        vectors = unit_rows(rng.normal(size=(count, 8)))
        test = opened(vectors, np.zeros(count, int))
        assert (test.p_values(unit_rows(rng.normal(size=(3, 8))), np.zeros(3, int)) > fit.LEVEL).all()
        assert (fit.member_p_values(vectors, np.zeros(count, int)) > fit.LEVEL).all()


def test_equal_and_empty_rows_break_nothing():
    rng = np.random.default_rng(1)
    vectors = np.concatenate(
        [np.repeat(unit_rows(rng.normal(size=(1, 16))), 40, 0), unit_rows(rng.normal(size=(30, 16)))]
    )
    vectors[-2:] = 0
    values = opened(vectors, np.zeros(70, int)).p_values(
        np.concatenate([vectors[:2], np.zeros((1, 16))]), np.zeros(3, int)
    )
    assert np.isfinite(values).all() and values[0] == values[1] and values[0] > 0.05


def test_what_no_mix_of_members_makes_up_counts_as_rest():
    rng = np.random.default_rng(2)
    plane = rng.normal(size=(2, 24))
    members = unit_rows(rng.normal(size=(300, 2)) @ plane + 0.05 * rng.normal(size=(300, 24)))
    inside = unit_rows(rng.normal(size=(100, 2)) @ plane + 0.05 * rng.normal(size=(100, 24)))
    off = unit_rows(inside + 0.6 * unit_rows(rng.normal(size=(100, 24))))
    rest = opened(members, np.zeros(300, int)).deviations_of(np.concatenate([inside, off]))[:, 1]
    assert (rest >= 0).all() and (rest <= 1).all() and rest[:100].max() < np.median(rest[100:])


def test_figures_of_an_earlier_version_are_not_current(world):
    _, kept = fit.calibrate(world[0])
    assert fit.is_current(kept) and not fit.is_current(kept[:, :3])
