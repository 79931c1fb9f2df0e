"""Which values of a facet are shown in which groups."""

import numpy as np
import pytest

from clioscope.privacy.cells import shown_cells
from clioscope.privacy.crowd import Crowd


def shown(tree, **groups):
    """The sizes of the cells that are shown; ``tree``: the children of each group; ``groups``: how often each value
    occurs in each group without children, every time by another person. Four conversations of three people are enough.
    """
    values, members, user = [], {group: [] for group in tree if group}, 0
    parents = {child: group for group, children in tree.items() for child in children}
    for group, counts in groups.items():
        for value, count in counts.items():
            for _ in range(count):
                above = group
                while above:
                    members.setdefault(above, []).append(user)
                    above = parents[above]
                values.append(None if value == "none" else value)
                user += 1
    rows = np.arange(user)
    crowd = Crowd([[one] for one in rows.tolist()], rows, np.ones_like(rows), rows >= 0, 4, 3)
    children = {**{group: [] for group in members}, **tree}
    cells = shown_cells(children, {group: np.array(own) for group, own in members.items()}, values, crowd)
    return {cell: len(own) for cell, own in cells.items()}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"en": 20, "de": 10}, {"en": 20, "de": 10}),
        ({"en": 20, "de": 3}, {}),  # the three would be left
        ({"en": 20, "de": 3, "fr": 3}, {"en": 20}),  # six are left
        ({"en": 20, "de": 10, "fr": 3}, {"en": 20}),  # the German hide the French
        ({"en": 20, "de": 10, "none": 3}, {"en": 20}),  # what is not known is left as well
        ({"en": 20, "none": 5}, {"en": 20}),
        ({"none": 20}, {}),
    ],
)
def test_what_is_left_of_a_group_is_nobody_or_enough(counts, expected) -> None:
    assert shown({"": ["g"]}, g=counts) == {("g", value): size for value, size in expected.items()}


FAMILY = {"": ["top"], "top": ["a", "b", "c"]}


def test_children_that_can_show_what_the_parent_shows_do() -> None:
    cells = shown(FAMILY, a={"en": 9, "de": 8}, b={"en": 7, "de": 6}, c={"en": 5, "de": 5})
    assert cells["top", "en"] == 21 and cells["top", "de"] == 19
    assert [cells[group, "de"] for group in "abc"] == [8, 6, 5]


def test_one_child_that_cannot_takes_another_one_with_it() -> None:
    cells = shown(FAMILY, a={"en": 9, "de": 8}, b={"en": 7, "de": 6}, c={"en": 5, "de": 1})
    assert {group for group, _ in cells} == {"top", "a"}, "the smallest one hides c"


def test_two_that_hide_each_other_hide_nobody_else() -> None:
    cells = shown(FAMILY, a={"en": 9, "de": 8}, b={"en": 7, "de": 2}, c={"en": 5, "de": 2})
    assert {group for group, _ in cells} == {"top", "a"}


def test_what_the_children_cannot_show_all_is_gathered() -> None:
    cells = shown(FAMILY, a={"en": 20, "de": 3, "fr": 3}, b={"en": 20, "de": 3, "fr": 2}, c={"en": 20})
    assert {value for group, value in cells if group == "top"} == {"en", "de", "fr"}
    assert {cell for cell in cells if cell[0] != "top"} == {("a", "en"), ("b", "en"), ("c", "en")}


def test_groups_at_the_top_do_not_hang_on_each_other() -> None:
    cells = shown({"": ["a", "b"]}, a={"en": 20, "de": 10}, b={"en": 20, "de": 3})
    assert cells == {("a", "en"): 20, ("a", "de"): 10}
