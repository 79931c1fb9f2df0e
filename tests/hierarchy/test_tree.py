"""The tree as a table: places, ids and sizes."""

import numpy as np
import polars as pl
import pytest

from clioscope.hierarchy.tree import (
    Level,
    group_ids,
    levels_from,
    levels_table,
    memberships,
    parents_without_chains,
    tree_table,
)
from clioscope.naming.candidates import Label

NAMES = ["c1", "c2", "c3", "c4", "c5"]
LABELS = np.array([0, 0, 1, 2, 2])
LEVELS = [Level(np.array([0, 1, 1], dtype=np.int32))]


@pytest.fixture
def tree() -> pl.DataFrame:
    conversations = pl.DataFrame({"conversation": NAMES, "count": [1, 3, 1, 2, 1]})
    users = [("c1", "u"), ("c2", "u"), ("c2", "v"), ("c2", None), ("c3", None), ("c4", "w"), ("c4", "w"), ("c5", "u")]
    occurrences = pl.DataFrame(users, schema=["conversation", "user"], orient="row")
    base = [Label("Bread", "Users bake.", ("rye", "oven")), Label("Poems", "", (), True), Label("Excel", "", ())]
    return tree_table(
        conversations,
        occurrences,
        memberships(LABELS, LEVELS),
        LEVELS,
        [base, [Label("Kitchen", "", ()), Label("Desk", "", ())]],
    )


def test_every_conversation_has_a_group_at_every_level() -> None:
    found = memberships(LABELS, [*LEVELS, Level(np.array([0, 0], dtype=np.int32))])
    assert [one.tolist() for one in found] == [[0, 0, 1, 2, 2], [0, 0, 1, 1, 1], [0, 0, 0, 0, 0]]


def test_sizes_count_distinct_duplicates_users_and_the_unknown(tree) -> None:
    columns = ["name", "level", "conversations", "count", "users", "anonymous"]
    assert sorted(tree.select(columns).rows()) == [
        ("Bread", 0, 2, 4, 2, 1),
        ("Desk", 1, 3, 4, 2, 1),
        ("Excel", 0, 2, 3, 2, 0),
        ("Poems", 0, 1, 1, 0, 1),
    ]
    assert tree["level"].to_list() == [1, 0, 0, 0]
    assert tree["name"].to_list()[1:] == ["Bread", "Excel", "Poems"], "the largest first"
    assert tree.filter(pl.col("mixed"))["name"].to_list() == ["Poems"]


def test_parents_are_ids_and_null_at_the_top_and_a_group_of_one_child_is_left_out(tree) -> None:
    ids = dict(tree.select("name", "group").iter_rows())
    parents = dict(tree.select("name", "parent").iter_rows())
    assert parents == {"Bread": None, "Poems": ids["Desk"], "Excel": ids["Desk"], "Desk": None}
    assert tree["group"].is_unique().all()
    assert tree.filter(pl.col("name") == "Bread")["phrases"].to_list() == [["rye", "oven"]]


def test_chains_of_any_length_are_left_out() -> None:
    levels = [Level(np.array([0, 0, 1, 2, 2], np.int32)), Level(np.array([0, 1, 1], np.int32))]
    levels.append(Level(np.array([0, 1], np.int32)))
    one, two, three, top = parents_without_chains(levels, 5)
    assert one == [(1, 0), (1, 0), (2, 1), (1, 2), (1, 2)]
    assert two == [None, (2, 1), (2, 1)], "the only group of a group at the top is itself at the top"
    assert three == [None, None] and top == [None, None]


def test_an_id_is_that_of_its_members_in_any_order() -> None:
    order = np.array([4, 2, 0, 3, 1])
    plain = dict(zip(NAMES, [group_ids(NAMES, LABELS, 0)[group] for group in LABELS], strict=True))
    names = [NAMES[index] for index in order]
    shuffled = group_ids(names, LABELS[order], 0)
    assert {name: shuffled[group] for name, group in zip(names, LABELS[order], strict=True)} == plain


def test_another_member_or_level_is_another_id() -> None:
    one = group_ids(NAMES, LABELS, 0)
    moved = group_ids(NAMES, np.array([0, 0, 1, 1, 2]), 0)
    assert one[0] == moved[0]
    assert not set(one[1:]) & set(moved[1:])
    assert not set(one) & set(group_ids(NAMES, LABELS, 1))
    assert all(len(group) == 13 and group[0] == "g" for group in one)


def test_levels_and_labels_come_back_from_their_table() -> None:
    levels = [Level(np.array([1, 0, 1], np.int32)), Level(np.array([0, 0], np.int32))]
    named = [
        [Label("A", "About a.", ("a", "aa")), Label("B", "", ()), Label("C", "About c.", ("c",))],
        [Label("Over B", "x", (), True), Label("Over A and C", "y", ("z",))],
        [Label("All", "", ("all",))],
    ]
    table = levels_table(levels, named)
    assert table.select("level", "index", "parent").rows()[:4] == [(0, 0, 1), (0, 1, 0), (0, 2, 1), (1, 0, 0)]
    again, labels = levels_from(table.sample(fraction=1, shuffle=True, seed=1))
    assert labels == named
    assert [level.parent_of.tolist() for level in again] == [[1, 0, 1], [0, 0]]
    assert all(level.parent_of.dtype == np.int32 for level in again)
    alone = levels_from(levels_table([], named[:1]))
    assert alone == ([], named[:1])
