"""Conversations out of frames, tables and datasets: what is written is what `build` reads."""

import polars as pl
import pytest
from conftest import fake_settings, make_records

import clioscope
from clioscope import interchange
from clioscope.errors import InputError


def frames():
    records = make_records(20)
    yield "polars", pl.DataFrame(records)
    yield "lazy", pl.DataFrame(records).lazy()
    yield "dicts", records
    pandas = pytest.importorskip("pandas")
    yield "pandas", pandas.DataFrame(records)
    yield "arrow", pl.DataFrame(records).to_arrow()


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_every_kind_of_table_is_read_as_the_same_conversations(tmp_path, suffix) -> None:
    ids = {}
    for name, data in frames():
        file = interchange.save_conversations(data, tmp_path / f"{name}.{suffix}")
        assert file.stat().st_mode & 0o077 == 0
        ids[name] = clioscope.inspect(file).read
    assert set(ids.values()) == {20}


def test_what_pandas_holds_becomes_an_atlas(tmp_path) -> None:
    pandas = pytest.importorskip("pandas")
    file = interchange.save_conversations(pandas.DataFrame(make_records(30)), tmp_path / "chats.parquet")
    atlas = clioscope.build(file, tmp_path / "atlas", fake_settings(), progress=False)
    assert atlas.table()["record"].sort().to_list() == sorted(f"r{number}" for number in range(30))
    assert atlas.table()["user"].n_unique() == 17 and atlas.table()["date"].null_count() == 0


def test_a_relation_of_duckdb(tmp_path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not here")
    pl.DataFrame(make_records(20)).write_parquet(tmp_path / "all.parquet")
    with duckdb.connect() as base:
        relation = base.sql(f"SELECT * FROM '{tmp_path / 'all.parquet'}' WHERE user_id <> 'u3'")
        file = interchange.save_conversations(relation, tmp_path / "some.parquet")
    assert clioscope.inspect(file).read == 19


def test_a_dataset_of_hugging_face(tmp_path) -> None:
    datasets = pytest.importorskip("datasets", reason="datasets is not here")
    whole = datasets.Dataset.from_list(make_records(20))
    assert clioscope.inspect(interchange.save_conversations(whole, tmp_path / "all.jsonl")).read == 20
    with pytest.raises(InputError, match="choose a split"):
        interchange.save_conversations(datasets.DatasetDict({"train": whole}), tmp_path / "all.jsonl")


def test_what_is_no_table_is_one_sentence(tmp_path) -> None:
    with pytest.raises(InputError, match=r"The data \(int\) is no table"):
        interchange.save_conversations(7, tmp_path / "x.jsonl")
    with pytest.raises(InputError, match="no rows"):
        interchange.save_conversations([], tmp_path / "x.jsonl")
    with pytest.raises(InputError, match=r"ends in \.parquet or \.jsonl"):
        interchange.save_conversations([{"a": 1}], tmp_path / "x.csv")
