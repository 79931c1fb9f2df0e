"""Given categories as the top levels of a tree."""

import numpy as np
import polars as pl

from clioscope.hierarchy.given import category_levels, group_places, joined_cuts, with_empty
from clioscope.hierarchy.tree import Level, category_id, levels_from, levels_table, memberships, tree_table
from clioscope.naming.candidates import Label
from clioscope.settings import Category

BOOK = (
    Category(code="food", name="Food", description="To eat."),
    Category(code="bread", name="Bread", parent="food"),
    Category(code="trips", name="Trips"),
    Category(code="stars", name="Stars"),
    Category(code="comets", name="Comets", parent="stars"),
)
BASE = [Label(name, "") for name in ("Soup", "Rye", "Trains", "Nothing of these", "Hotels")]
PLACE = np.array([0, 1, 2, -1, 2])


def made():
    levels, titles = category_levels(BASE, PLACE, BOOK)
    conversations = [f"c{number}" for number in range(5)]
    counts = pl.DataFrame({"conversation": conversations, "count": [1, 2, 3, 4, 5]})
    users = pl.DataFrame({"conversation": conversations, "user": ["u", "u", None, "v", "w"]})
    named = [BASE, *titles]
    table = tree_table(counts, users, memberships(np.arange(5), levels), levels, named)
    return with_empty(table, BOOK), levels, named


def test_every_category_is_there_with_its_groups() -> None:
    tree, _, _ = made()
    rows = {row["name"]: row for row in tree.iter_rows(named=True)}
    ids = {row["group"]: row["name"] for row in rows.values()}
    parents = {name: ids.get(row["parent"]) for name, row in rows.items()}
    assert parents == {
        **{"Food": None, "Trips": None, "Stars": None, "Nothing of these": None},
        **{"Bread": "Food", "Soup": "Food", "Rye": "Bread", "Trains": "Trips", "Hotels": "Trips"},
        "Comets": "Stars",
    }
    assert {name: row["count"] for name, row in rows.items() if row["code"]} == {
        **{"Food": 3, "Bread": 2, "Trips": 8, "Stars": 0, "Comets": 0},
    }
    assert {row["level"] for row in rows.values() if row["code"] in ("food", "trips", "stars")} == {2}
    assert rows["Food"]["group"] == category_id("food") and rows["Food"]["description"] == "To eat."


def test_an_id_hangs_on_the_code_only() -> None:
    assert category_id("food") == category_id("food") != category_id("Food")


def test_levels_keep_the_codes() -> None:
    _, levels, named = made()
    again, labels = levels_from(levels_table(levels, named))
    assert labels == named and all((a.parent_of == b.parent_of).all() for a, b in zip(again, levels, strict=True))


def test_a_base_group_stands_where_its_conversations_do() -> None:
    assert group_places(np.array([0, 0, 1, 2]), ["food", "food", None, "comets"], BOOK).tolist() == [0, -1, 4]


def test_cuts_of_parts_are_joined() -> None:
    parts = [
        (np.array([0, 2, 4]), [np.array([0, 0, 1], np.int32)]),
        (np.array([1, 3]), []),
    ]
    (only,) = joined_cuts(parts, 5)
    assert only.tolist() == [0, 2, 0, 3, 1]
    assert memberships(np.arange(5), [Level(only)])[1].tolist() == [0, 2, 0, 3, 1]
    assert joined_cuts([(np.arange(3), [])], 3) == []
