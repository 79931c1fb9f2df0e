"""An atlas of segments in other tools: a row is a segment, and what it is a segment of is told."""

import json

import polars as pl
import pytest
from conftest import write_jsonl
from segments.conftest import FAST, records

import clioscope
from clioscope import interchange
from clioscope.atlas.segments import segments_of


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cut")
    source = write_jsonl(folder / "chats.jsonl", records(60))
    settings = clioscope.load_settings(**FAST, segments__split=True, input__keep_transcripts=True)
    return clioscope.build(source, folder / "atlas", settings)


def test_tables_tell_segments_and_whole_conversations(cut, tmp_path) -> None:
    segments, rows = segments_of(cut), clioscope.table(cut)
    assert segments["segment"].n_unique() > segments["conversation"].n_unique(), "some are cut"
    assert set(rows.select("segment", "conversation", "part").iter_rows()) == set(
        segments.select("segment", "conversation", "part").iter_rows()
    )
    assert rows.to_pandas().shape == rows.shape
    assert pl.read_csv(interchange.save_table(cut, tmp_path / "rows.csv")).height == rows.height
    places, layers, hover = interchange.to_datamapplot(cut)
    assert len(places) == len(layers[0]) == len(hover) == segments.height
    points = pl.read_parquet(interchange.to_embedding_atlas(cut, tmp_path / "points.parquet", neighbours=3))
    assert points["segment"].to_list() == cut.clusters["conversation"].to_list()
    assert points["text"].to_list() == cut.transcripts["text"].to_list()


def test_a_database_joins_segments_with_their_groups(cut) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not here")
    with duckdb.connect() as base:
        interchange.to_duckdb(cut, base)
        held = 'SELECT m."group", {} FROM members m JOIN records r USING (segment) GROUP BY 1 ORDER BY 1'
        touched = base.sql(held.format("count(DISTINCT r.record)")).fetchall()
        assert touched == cut.tree.select("group", "count").sort("group").rows()
        weights = base.sql('SELECT sum(m.weight) FROM members m JOIN groups g USING ("group") WHERE g.level = 0')
        assert weights.fetchall()[0][0] == pytest.approx(segments_of(cut)["conversation"].n_unique())


def test_labels_of_segments_come_back(cut, tmp_path) -> None:
    file = interchange.to_label_studio(cut, tmp_path / "tasks.json", sample=None, suggest=True)
    tasks = json.loads(file.read_text())
    texts = dict(cut.transcripts.select("conversation", "text").iter_rows())
    assert {task["data"]["conversation"]: task["data"]["text"] for task in tasks} == texts
    assert all(task["data"]["record"] for task in tasks)
    said = [
        {"id": place, "data": task["data"], "annotations": [{"id": place, "result": task["predictions"][0]["result"]}]}
        for place, task in enumerate(tasks)
    ]
    (tmp_path / "export.json").write_text(json.dumps(said))
    measured = clioscope.measure(cut, labels=tmp_path / "export.json", stability=False, write=False).table
    found = measured.filter((pl.col("metric") == "ami") & (pl.col("level") == 0))
    assert found["value"].to_list() == pytest.approx([1.0]) and found["n"].to_list() == [len(tasks)]
