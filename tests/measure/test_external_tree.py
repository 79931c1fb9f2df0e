"""Dendrogram purity and best-node F against brute force and at their ends."""

import numpy as np
import pytest

from clioscope.measure import tree_against_labels


def brute_force(levels, truth):
    """Dendrogram purity by its definition, pair by pair."""
    nodes = [*levels, np.zeros(len(truth), dtype=int)]
    values = []
    for one in range(len(truth)):
        for other in range(one):
            if truth[one] == truth[other]:
                level = next(level for level in nodes if level[one] == level[other])
                values.append((truth[level == level[one]] == truth[one]).mean())
    return np.mean(values)


def test_it_is_the_mean_over_pairs():
    generator = np.random.default_rng(0)
    base = generator.integers(9, size=60)
    middle = np.array([0, 0, 1, 1, 2, 2, 3, 3, 3])[base]
    top = np.array([0, 0, 1, 1])[middle]
    truth = generator.integers(4, size=60)
    assert tree_against_labels([base, middle, top], truth)["dendrogram_purity"] == pytest.approx(
        brute_force([base, middle, top], truth)
    )


def test_a_tree_of_the_classes_is_perfect(clinc):
    for levels in ([clinc.intent], [clinc.intent, clinc.domain], [np.arange(360), clinc.intent]):
        assert tree_against_labels(levels, clinc.intent) == {"dendrogram_purity": 1, "best_node_f": 1}


def test_a_higher_level_of_the_tree_is_found(clinc):
    """The base groups split domains, the level above joins them again."""
    found = tree_against_labels([clinc.intent, clinc.domain], clinc.domain)
    assert found == {"dendrogram_purity": 1, "best_node_f": 1}
    flat = tree_against_labels([clinc.intent], clinc.domain)
    assert flat["best_node_f"] == pytest.approx(2 * 72 / (72 + 360))  # no group of 12 is better than the root
    assert flat["dendrogram_purity"] < 0.5


def test_random_trees_are_as_pure_as_the_classes_are_large():
    generator = np.random.default_rng(1)
    truth = generator.integers(4, size=2000)
    levels = [generator.permutation(np.repeat(np.arange(20), 100))]
    assert tree_against_labels(levels, truth)["dendrogram_purity"] == pytest.approx(0.25, abs=0.02)
