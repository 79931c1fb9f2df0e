"""One conversation stands for all that say the same."""

import numpy as np

from clioscope.prediction.copies import near_copies


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_first_stands_for_equal_and_nearly_equal_rows() -> None:
    rows = unit(np.random.default_rng(0).standard_normal((6, 16)))
    near = unit(rows[2] + 0.005 * np.random.default_rng(1).standard_normal(16)[None])
    assert 0.999 < float(near[0] @ rows[2]) < 0.99999
    found = near_copies(np.concatenate([rows, rows[[1, 0]], near]))
    assert found.tolist() == [0, 1, 2, 3, 4, 5, 1, 0, 2]
    assert near_copies(rows[:0]).tolist() == []


def test_who_stands_for_others_has_nobody_that_stands_for_it() -> None:
    """A chain of rows, each near the next."""
    angles = np.arange(40) * 0.02
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = near_copies(rows)
    assert (found[found] == found).all() and (found <= np.arange(40)).all()
    assert 1 < len(set(found.tolist())) < 40


def test_among_many_rows_nearly_all_copies_are_found() -> None:
    generator = np.random.default_rng(2)
    rows = unit(generator.standard_normal((3000, 32)))
    near = unit(rows[:300] + 0.003 * generator.standard_normal((300, 32)))
    found = near_copies(np.concatenate([rows, near, rows[300:400]]).astype(np.float32))
    assert (found[:3000] == np.arange(3000)).all()
    assert (found[3300:] == np.arange(300, 400)).all(), "equal ones always"
    assert (found[3000:3300] == np.arange(300)).mean() > 0.95
