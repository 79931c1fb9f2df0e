"""The proof leans on these bounds: with or without a person, every figure before the noise differs by no more."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_people import made_records, topics, without

from clioscope.privacy.guarantee.centres import nearest
from clioscope.privacy.guarantee.made import value_counts
from clioscope.privacy.guarantee.people import (
    GRID,
    chosen,
    draw_order,
    group_counts,
    on_grid,
    secret,
    vector_sums,
)
from clioscope.privacy.guarantee.words import word_counts

KEY = b"k" * 32


def figures(records, most):
    """Every figure that noise is laid on, before the noise: sums, sizes, counts of words and of values."""
    labels = nearest(records.vectors, topics().vectors)
    order = draw_order(records.names, KEY)
    rows = chosen(records.people, labels, order, most)
    named, told = labels.tolist(), rows.tolist()
    return (
        vector_sums(records, labels, order, most, 6),
        group_counts(labels, rows, 6),
        word_counts(named, told, records.words),
        value_counts(named, told, records.values),
    )


def moved(one, other):
    """How many keys two tables of counts differ in, and by how much at most."""
    differences = [abs(one.get(key, 0) - other.get(key, 0)) for key in {*one, *other}]
    return sum(difference > 0 for difference in differences), max(differences, default=0)


@settings(max_examples=30, deadline=None)
@given(
    each=st.integers(1, 12),
    kinds=st.integers(1, 6),
    most=st.integers(1, 5),
    person=st.integers(0, 7),
    seed=st.integers(0, 99),
)
def test_one_person_moves_no_figure_by_more_than_its_bound(each, kinds, most, person, seed):
    records = made_records(8, each, kinds, seed)
    sums, sizes, words, values = figures(records, most)
    fewer_sums, fewer_sizes, fewer_words, fewer_values = figures(without(records, person), most)
    assert np.linalg.norm((sums - fewer_sums).astype(float)) <= math.sqrt(most) * GRID
    assert np.linalg.norm(sizes - fewer_sizes) <= math.sqrt(most)
    longest = max(map(len, records.words))
    for (keys, by), limit in ((moved(words, fewer_words), most * longest), (moved(values, fewer_values), most)):
        assert keys <= limit and by <= 1


def test_a_person_with_a_thousand_conversations_counts_as_any_other():
    records = made_records(3, each=1000, kinds=6)
    labels = nearest(records.vectors, topics().vectors)
    rows = chosen(records.people, labels, draw_order(records.names, KEY), 4)
    assert np.bincount(records.people[rows]).tolist() == [4, 4, 4]
    pairs = list(zip(records.people[rows], labels[rows], strict=True))
    assert len(set(pairs)) == len(pairs)


def test_rows_of_no_group_do_not_count():
    records = made_records(4, each=2)
    labels = np.full(8, -1)
    assert chosen(records.people, labels, draw_order(records.names, KEY), 4).tolist() == []
    assert not vector_sums(records, labels, draw_order(records.names, KEY), 4, 6).any()


def test_which_conversations_count_is_drawn_anew_and_hangs_on_nobody_else():
    records = made_records(20, each=8, kinds=6)
    labels = nearest(records.vectors, topics().vectors)

    def drawn(of, key):
        named = nearest(of.vectors, topics().vectors)
        return {of.names[row] for row in chosen(of.people, named, draw_order(of.names, key), 2)}

    assert drawn(records, secret()) != drawn(records, secret())
    everyone, others = drawn(records, KEY), drawn(without(records, 3), KEY)
    assert everyone - others == {name for name in everyone if name.startswith(b"3 ")}
    assert len(labels) == 160


def test_vectors_on_the_grid_are_never_too_long():
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(200, 9))
    vectors[:100] /= np.linalg.norm(vectors[:100], axis=1, keepdims=True)
    lengths = np.linalg.norm(on_grid(vectors).astype(float), axis=1)
    assert (lengths <= GRID).all()
    assert lengths[:100].min() > GRID * 0.999
    assert on_grid(np.zeros((1, 9))).tolist() == [[0] * 9]


def test_sums_are_those_of_the_means_of_each_person():
    records = made_records(5, each=4, kinds=2)
    labels = nearest(records.vectors, topics().vectors)
    sums = vector_sums(records, labels, draw_order(records.names, KEY), 4, 6) / GRID
    expected = np.zeros((6, 16))
    for person in range(5):
        for group in range(6):
            inside = records.vectors[(records.people == person) & (labels == group)]
            if len(inside):
                expected[group] += inside.mean(axis=0)
    assert sums == pytest.approx(expected, abs=1e-3)
