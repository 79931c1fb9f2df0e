"""Groups that are found privately."""

import numpy as np
import pytest
from extras import needs
from made_people import NAMES, made_records, topics, without

from clioscope.privacy.guarantee.account import FOUND, Account
from clioscope.privacy.guarantee.centres import found_centres, held_centres, nearest, seeds
from clioscope.privacy.guarantee.people import draw_order, secret


@needs("opendp", "dp")
def test_topics_of_many_people_are_found():
    records = made_records(1500, each=3, kinds=3)
    account = Account(4.0, 1e-6, FOUND)
    centres = found_centres(records, draw_order(records.names, secret()), topics(), account, 4, None)
    labels = nearest(records.vectors, centres)
    kinds = records.vectors[:, :6].argmax(axis=1)
    for group in np.unique(labels):
        assert np.bincount(kinds[labels == group]).max() >= 0.9 * (labels == group).sum()
    assert [entry.step for entry in account.entries] == ["people", "seeds", "centres", "centres"]


@needs("opendp", "dp")
def test_few_people_get_public_topics_and_the_centres_cost_nothing():
    records = made_records(60, each=2, kinds=2)
    account = Account(0.5, 1e-6, FOUND)
    centres = found_centres(records, draw_order(records.names, secret()), topics(), account, 4, None)
    assert [entry.step for entry in account.entries] == ["people", "seeds"]
    public = {tuple(row) for row in topics().vectors.tolist()}
    assert {tuple(row) for row in centres.tolist()} <= public


@needs("opendp", "dp")
def test_an_empty_corpus_gives_groups_of_noise_and_no_error():
    records = without(made_records(1), 0)
    account = Account(1.0, 1e-6, FOUND)
    assert len(found_centres(records, draw_order(records.names, secret()), topics(), account, 4, None)) >= 1


def test_topics_that_the_noise_may_have_made_start_nothing():
    counts = np.array([500, 300, 12, 0, -9, 4])
    assert nearest(seeds(topics().vectors, counts, 10.0, 6, 0), topics().vectors).tolist() == [0, 1]
    assert nearest(seeds(topics().vectors, counts, 10.0, 1, 0), topics().vectors).tolist() == [0]
    assert len(seeds(topics().vectors, np.full(6, -5), 10.0, 6, 6)) == 6


def test_large_topics_get_several_centres_where_the_data_can_steer_them():
    counts = np.array([800, 200, 0, 0, 0, 0])
    made = seeds(topics().vectors, counts, 10.0, 5, 5)
    assert nearest(made, topics().vectors).tolist() == [0, 0, 0, 0, 1]
    assert np.linalg.norm(made, axis=1) == pytest.approx(1, abs=1e-5)
    assert len(np.unique(made.round(3), axis=0)) == 5


def test_a_centre_moves_as_far_as_the_noise_allows():
    start = topics().vectors[:1]
    turned = np.zeros((1, 16))
    turned[0, 7] = 1.0
    free = held_centres(start, turned * 1000, 0.5)
    assert free[0, 7] == pytest.approx(1, abs=0.01)
    held = held_centres(start, turned * 10, 50.0)
    assert held[0] == pytest.approx(start[0], abs=0.1)
    assert len(NAMES) == 6
