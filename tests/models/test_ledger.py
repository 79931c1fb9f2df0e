"""The ledger."""

import polars as pl
import pytest

from clioscope.errors import AtlasError
from clioscope.models.ledger import Ledger


def test_failures_become_a_sorted_table(tmp_path):
    ledger = Ledger()
    ledger.add("names", "g1", "empty", 3)
    ledger.add("facets", "c2", "no JSON")
    assert len(ledger) == 2
    ledger.write(tmp_path / "failures.parquet")
    table = pl.read_parquet(tmp_path / "failures.parquet")
    assert table.rows() == [("facets", "c2", "no JSON", 1), ("names", "g1", "empty", 3)]
    assert [path.name for path in tmp_path.iterdir()] == ["failures.parquet"]


def test_no_failures_is_an_empty_table_of_the_same_columns(tmp_path):
    Ledger().write(tmp_path / "failures.parquet")
    table = pl.read_parquet(tmp_path / "failures.parquet")
    assert table.columns == ["stage", "item", "reason", "attempts"] and table.height == 0


def test_it_says_where_it_cannot_write(tmp_path):
    with pytest.raises(AtlasError, match="cannot be written"):
        Ledger().write(tmp_path / "missing" / "failures.parquet")
