"""What is wrong with names, counted: numbers at the end, loose ends, lists, copies."""

import math

import numpy as np

from clioscope.measure.naming import duplicate_names, names_copied, names_cut, names_listed, names_suffixed


def test_a_number_at_the_end_makes_no_other_name() -> None:
    names = ["Write code", "Write code (2)", "Bake bread", "Bake bread II", "Learn about World War II", "Use Python 3"]
    assert duplicate_names(names).groups.tolist() == [1, 1, 1, 1, 0, 0]
    assert names_suffixed(names).groups.tolist() == [0, 1, 0, 1, 0, 0]
    assert duplicate_names(["Plan trips (2)", "Bake"]).value == 0.5, "also without the name that it repeats"
    assert duplicate_names(["Write code", "Write code 2"]).value == 1


def test_names_that_break_off_are_counted() -> None:
    names = ["Build a site for", "Build a site", "Сайты для", "Tests (unit", "Tests (unit)", "Rewrite texts…"]
    found = names_cut(names)
    assert found.groups.tolist() == [1, 0, 1, 1, 0, 1] and found.value == 4 / 6 and found.low is None


def test_lists_are_counted_with_those_made_of_children() -> None:
    names = ["Bake bread and write odes", "Bake bread", "Write odes", "Emails, letters and reports", "Cars and bikes"]
    parents = np.array([-1, 0, 0, -1, -1])
    assert names_listed(names, parents).groups.tolist() == [1, 0, 0, 1, 0]
    assert names_listed(names).groups.tolist() == [0, 0, 0, 1, 0]


def test_copies_of_a_member_are_counted_at_the_base() -> None:
    requests = [["Bake a rye bread with seeds", "Mend an oven"], ["Write an ode", "Rhyme"], None]
    found = names_copied(["Bake a rye bread with seeds", "Write verse", "Both of them"], requests)
    assert found.value == 0.5 and found.n == 2 and math.isnan(found.groups[2])
    assert math.isnan(names_copied(["a b c"], [None]).value)


def test_of_no_names_nothing_is_known() -> None:
    assert all(math.isnan(metric([]).value) for metric in (duplicate_names, names_cut, names_suffixed, names_listed))
