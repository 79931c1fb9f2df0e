"""The tree as readers see it."""

import polars as pl
import pytest

from clioscope.atlas.export import markdown
from clioscope.atlas.shown import groups_table, shown_name, total_count, walk


def test_groups_come_largest_first_and_children_after_their_parent(odd, finished) -> None:
    assert list(walk(odd)) == [("top", 0), ("large", 1), ("small", 1)]
    odd.tree = odd.tree.with_columns((pl.col("group") == "large").alias("mixed"))
    assert list(walk(odd)) == [("top", 0), ("small", 1), ("large", 1)], "a mixed group comes last among its siblings"
    assert "\n1 group is mixed: the conversations have too little in common for a name.\n" in markdown(odd)
    order = [group for group, _ in walk(finished)]
    assert sorted(order) == sorted(finished.tree["group"])
    parents = dict(finished.tree.select("group", "parent").iter_rows())
    assert all(parent is None or order.index(parent) < order.index(group) for group, parent in parents.items())


def test_shares_are_of_all_conversations(odd, finished) -> None:
    assert groups_table(odd).select("group", "share").rows() == [("top", 1.0), ("large", 6 / 9), ("small", 3 / 9)]
    tops = groups_table(finished).filter(pl.col("parent").is_null())
    assert tops["share"].sum() == pytest.approx(1)
    assert total_count(finished) == 60


def test_of_a_published_atlas_the_total_is_what_it_was_made_from(odd) -> None:
    odd.published = True
    odd.conversations = None
    assert total_count(odd) == 9


def test_only_withheld_names_are_replaced() -> None:
    assert shown_name({"action": "accepted", "name": "Bread"}) == "Bread"
    assert shown_name({"action": "withheld", "name": "Bread", "score": 1}) == "(name withheld for privacy)"
    unknown = {"action": "withheld", "name": "Bread", "score": None}
    assert shown_name(unknown) == "(name withheld: it could not be audited)"
