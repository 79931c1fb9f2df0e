"""Tables in the order of the page's rows."""

import polars as pl

from clioscope.explorer.tables import beside, first_records


def test_a_table_is_put_beside_the_rows_whatever_its_order():
    rows = pl.DataFrame({"conversation": ["b", "a", "c"]})
    table = pl.DataFrame({"conversation": ["a", "b"], "n": [1, 2]})
    assert beside(rows, table)["n"].to_list() == [2, 1, None]
    same = pl.DataFrame({"conversation": ["b", "a", "c"], "n": [1, 2, 3]})
    assert beside(rows, same) is same


def test_the_first_record_of_each_conversation_tells():
    class Few:
        occurrences = pl.DataFrame(
            {"conversation": ["a", "b", "a"], "user": [None, "u", "v"], "meta_plan": [None, "x", "y"]}
        )

    rows = pl.DataFrame({"conversation": ["b", "a"]})
    assert first_records(Few(), rows, ["meta_plan"])["meta_plan"].to_list() == ["x", None]
    assert first_records(Few(), rows, ["user"], known="user")["user"].to_list() == ["u", "v"]


def test_records_that_stand_together_tell_the_same_as_others():
    class Sorted:
        occurrences = pl.DataFrame({"conversation": ["a", "a", "b"], "user": [None, "v", "u"]})

    rows = pl.DataFrame({"conversation": ["a", "b"]})
    assert first_records(Sorted(), rows, ["user"])["user"].to_list() == [None, "u"]
    assert first_records(Sorted(), rows, ["user"], known="user")["user"].to_list() == ["v", "u"]
