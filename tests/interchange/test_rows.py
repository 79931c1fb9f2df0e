"""The flat table as a file, and as a frame of pandas."""

import json

import polars as pl
import pytest

from clioscope import interchange
from clioscope.errors import ClioscopeError


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl"])
def test_a_file_has_every_row(finished, tmp_path, suffix) -> None:
    file = interchange.save_table(finished, tmp_path / f"rows.{suffix}")
    assert file.stat().st_mode & 0o077 == 0
    read = {"parquet": pl.read_parquet, "csv": pl.read_csv, "jsonl": pl.read_ndjson}[suffix](file)
    assert read["record"].to_list() == finished.table()["record"].to_list()
    assert read.columns == finished.table().columns
    if suffix == "jsonl":
        assert json.loads(file.read_text().splitlines()[0])["path"] == finished.table()["path"][0]


def test_another_suffix_is_one_sentence(finished, tmp_path) -> None:
    with pytest.raises(ClioscopeError, match=r"rows.xls: give a file that ends in \.parquet, \.csv, \.jsonl\."):
        interchange.save_table(finished, tmp_path / "rows.xls")


def test_pandas_takes_every_table(finished) -> None:
    rows = finished.table()
    frame = rows.to_pandas()
    assert list(frame.columns) == rows.columns and len(frame) == 60
    assert frame["name"].tolist() == rows["name"].to_list()
    assert frame["date"].dt.tz is not None
    assert finished.tree.to_pandas().shape == finished.tree.shape
    by_group = frame.groupby("name_1").size().to_dict()
    assert by_group == dict(rows.group_by("name_1").len().iter_rows())
