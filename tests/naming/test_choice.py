"""The name that finds its own members wins; vague, generic and copied ones lose."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from clioscope.naming.choice import (
    Surroundings,
    average_precision,
    by_centroid,
    by_retrieval,
    first_name,
    is_generic,
    score,
    vagueness,
)


def unit(rows) -> np.ndarray:
    rows = np.asarray(rows, dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


AROUND = Surroundings(
    members=unit([[1, 0, 0.1], [1, 0.1, 0], [0.9, 0.3, 0]]),
    near=unit([[0.6, 0.8, 0], [0, 1, 0], [0.5, 0, 0.9]]),
    own=unit([1, 0.1, 0]),
    others=unit([[0, 1, 0], [0, 0, 1], [0.5, 0.5, 0.5]]),
    requests=["sort a long list of names", "sum a column", "count rows"],
)


def test_average_precision_is_that_of_scikit_learn() -> None:
    generator = np.random.default_rng(0)
    inside, outside = generator.normal(1, 1, 30), generator.normal(size=70)
    expected = average_precision_score(np.repeat([1, 0], [30, 70]), np.concatenate([inside, outside]))
    assert average_precision(inside, outside) == pytest.approx(expected)
    assert average_precision(inside, outside[:0]) == 1
    assert np.isnan(average_precision(inside[:0], outside))
    assert average_precision(np.zeros(2), np.zeros(2)) == 0.5, "equal scores are no order"


def test_the_name_that_finds_the_members_wins() -> None:
    names = ["Between all", "Elsewhere", "Sort and count"]
    vectors = unit([[1, 1, 1], [0, 1, 0], [1, 0.1, 0]])
    assert by_retrieval(names, vectors, AROUND) == by_centroid(names, vectors, AROUND) == 2
    assert first_name(names, vectors, AROUND) == 0
    assert vagueness(vectors[2], AROUND) == 0 and vagueness(vectors[0], AROUND) == 1 / 3


def test_of_equally_near_names_the_specific_own_whole_one_wins() -> None:
    names = [
        "Provide information and help",
        "Sort a long list of names",
        "Sort rows, columns and cells",
        "Sort lists and",
    ]
    names += ["Sort lists"]
    assert by_retrieval(names, np.repeat(AROUND.own[None], 5, axis=0), AROUND) == 4
    alone = Surroundings(AROUND.members, AROUND.near[:0], AROUND.own, AROUND.others[:0])
    assert score("Sort lists", AROUND.own, alone) == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Provide information and help", True), ("Answer questions", True), ("Ответы на вопросы", True), ("Bake", False)],
)
def test_generic_names(name: str, expected: bool) -> None:
    assert is_generic(name) is expected
