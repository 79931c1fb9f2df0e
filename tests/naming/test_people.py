"""People are distinct authors of distinct texts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.naming.people import Authors, count_people


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ([], 0),
        ([("a", 1), ("a", 2), ("a", 3)], 1),
        ([("a", 1), ("b", 1), ("c", 1)], 1),
        ([("a", 1), ("b", 2), ("c", 3)], 3),
        ([("ab", 1), ("a", 2)], 2),  # the first pair that comes to mind, a and 1, must give way
        ([("abc", 1), ("ab", 2), ("a", 3)], 3),
        ([("", 1), ("a", 2)], 1),
        ([("a", 1), ("b", 1), ("a", 2), ("a", 3)], 2),
    ],
)
def test_the_count_is_that_of_the_best_pairs(written, people) -> None:
    assert count_people(written, 10) == people
    assert count_people(written, 2) == min(people, 2)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sets(st.integers(0, 6)), st.integers(0, 6)), max_size=20), st.integers(0, 8))
def test_it_is_a_maximum_matching(written, most) -> None:
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    edges = np.zeros((7, 7), int)
    for authors, text in written:
        edges[text, list(authors)] = 1
    best = int((maximum_bipartite_matching(csr_array(edges)) >= 0).sum())
    assert count_people(written, most) == min(best, most)


def test_who_has_no_user_counts_as_one_person_where_others_have_one() -> None:
    nobody = Authors([[], [], []], None)
    assert nobody.people([0, 1, 2], 10) == 3 and nobody.people([0, 1, 2], 2) == 2
    mixed = Authors([["u"], [], [], ["v"]], None)
    assert mixed.people([1, 2], 10) == 1 and mixed.people([0, 1, 2, 3], 10) == 3
    assert Authors([[], []], ["text", "text"]).people([0, 1], 10) == 1, "near copies are one text"
