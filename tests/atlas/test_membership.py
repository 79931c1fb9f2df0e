"""Which conversations each group holds, at every level."""

import numpy as np
import polars as pl

from clioscope.atlas.membership import lines_of, members_of, rows_of

PARENTS = {"top": None, "middle": "top", "a": "middle", "b": "middle", "lone": None, "empty": "top"}


def test_a_line_goes_from_the_group_itself_to_the_top() -> None:
    assert lines_of(PARENTS)["a"] == ["a", "middle", "top"]
    assert lines_of(PARENTS)["lone"] == ["lone"]
    assert lines_of({"a": "gone"}) == {"a": ["a"]}


def test_a_conversation_is_in_every_group_above_its_own_and_hidden_ones_are_left_out() -> None:
    tree = pl.DataFrame({"group": list(PARENTS), "parent": list(PARENTS.values())})
    clusters = pl.DataFrame({"conversation": ["x", "y", "z", "w"], "group": ["b", "lone", "hidden", "a"]})
    held = members_of(clusters.with_columns(count=pl.Series([3, 1, 1, 2])), tree, "count")
    assert held.rows() == [
        ("x", "b", 3),
        ("x", "middle", 3),
        ("x", "top", 3),
        ("y", "lone", 1),
        ("w", "a", 2),
        ("w", "middle", 2),
        ("w", "top", 2),
    ]
    assert members_of(clusters, tree).columns == ["conversation", "group"]
    assert members_of(clusters.clear(), tree).is_empty()


def test_rows_are_the_same_by_number() -> None:
    labels = np.array([1, 2, 3, 0, 1])
    held = rows_of(PARENTS, ["a", "b", "lone"], labels)
    assert {group: rows.tolist() for group, rows in held.items()} == {
        "top": [0, 3, 4],
        "middle": [0, 3, 4],
        "a": [3],
        "b": [0, 4],
        "lone": [1],
    }
    numbers = rows_of({0: None, 1: 0, 2: 0}, range(3), np.array([2, 1, 2]))
    assert {group: rows.tolist() for group, rows in numbers.items()} == {0: [0, 1, 2], 1: [1], 2: [0, 2]}
