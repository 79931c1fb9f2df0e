"""Records of a selection as files, read back and compared with the source; neighbours; search by words."""

import csv
import io
import json

import numpy as np
import polars as pl
import pytest
from conftest import make_records
from starlette.testclient import TestClient

from clioscope.errors import AtlasError, ClioscopeError
from clioscope.explorer.container import unpack
from clioscope.explorer.meaning import Meaning
from clioscope.explorer.records import record_columns, record_file, record_table
from clioscope.explorer.server import make_app
from clioscope.explorer.view import make_view, view_parts
from clioscope.explorer.word_search import TRANSCRIPT, WordSearch, around, fold, words_of

TOKEN, PORT = "secret-token", 4321


@pytest.fixture
def client(atlas):
    made = make_app(atlas, TOKEN, PORT, traces=True)
    return TestClient(made, base_url=f"http://127.0.0.1:{PORT}", headers={"X-Clioscope-Token": TOKEN})


def state_of(client):
    return client.get("/view").headers["X-Clioscope-State"]


def post(client, rows, **query):
    query = {"state": state_of(client)} | query
    body = np.array(rows, "<u4").tobytes()
    return client.post("/records", params=query, content=body, headers={"Content-Type": "application/octet-stream"})


def test_a_record_is_that_of_the_input(atlas):
    sources = {record["id"]: record for record in make_records(200)}
    rows = np.arange(len(atlas.shown_rows))
    table = record_table(atlas, rows)
    assert table.columns == record_columns(atlas)
    assert sorted(id_ for ids in table["record"] for id_ in ids) == sorted(
        [*sources, *(f"copy-r{n}" for n in range(40))]
    )
    groups = dict(atlas.clusters.select("conversation", "group").iter_rows())
    names = dict(atlas.tree.select("group", "name").iter_rows())
    for row in table.iter_rows(named=True):
        source = sources[row["record"][0].removeprefix("copy-")]
        assert row["meta_plan"] == source["metadata"]["plan"]
        assert row["date"].isoformat().startswith(source["created_at"][:10])
        assert row["count"] == len(row["record"])
        assert row["group"] == groups[row["conversation"]] and row["name"] == names[row["group"]]
        assert row["path"].split(" › ")[-1] == row["name"]


def test_rows_keep_their_order_and_columns_are_chosen(atlas):
    whole = record_table(atlas, np.arange(5))
    found = record_table(atlas, np.array([3, 1]), ["meta_plan", "language"])
    assert found.columns == ["record", "conversation", "group", "name", "path", "meta_plan", "language"]
    assert found["conversation"].to_list() == [whole["conversation"][3], whole["conversation"][1]]
    assert record_table(atlas, np.array([], int)).height == 0
    with pytest.raises(AtlasError, match="no column 'user'"):
        record_table(atlas, np.arange(2), ["user"])
    with pytest.raises(IndexError):
        record_table(atlas, np.array([len(atlas.shown_rows)]))


def test_files_hold_the_same(atlas):
    table = record_table(atlas, np.arange(30))
    lines = [json.loads(line) for line in record_file(table, "jsonl").decode().splitlines()]
    assert [line["record"] for line in lines] == table["record"].to_list()
    assert [line["date"] for line in lines] == [str(date) for date in table["date"]]
    assert pl.read_parquet(io.BytesIO(record_file(table, "parquet"))).equals(table)
    text = record_file(table, "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["record"] for row in rows] == ["; ".join(ids) for ids in table["record"]]
    assert [row["request"] for row in rows] == table["request"].to_list()
    with pytest.raises(ClioscopeError, match="no format"):
        record_file(table, "xlsx")


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "＝1"])
def test_no_cell_of_a_csv_is_a_formula(cell):
    table = pl.DataFrame({"record": [["r1"]], "name": [cell]})
    row = next(csv.DictReader(io.StringIO(record_file(table, "csv").decode("utf-8-sig"))))
    assert row["name"].startswith("'")
    assert json.loads(record_file(table, "jsonl"))["name"] == cell


def test_ids_are_on_the_served_page_only(atlas, published):
    header, arrays = view_parts(atlas, texts=True, ends=True, records=True)
    lines = arrays[header["records"]["array"]].tobytes().decode().split("\n")[:-1]
    assert [line.split("\t") for line in lines] == record_table(atlas, np.arange(len(lines)))["record"].to_list()
    ends = arrays[header["records"]["ends"]]
    assert len(ends) == header["rows"] and ends[0] == len(lines[0])
    for one in (make_view(atlas, texts=True), make_view(published)):
        assert "records" not in unpack(one)[0] and b"copy-r1" not in one


def test_the_server_makes_files(client, atlas):
    found = post(client, [2, 0], format="jsonl", columns="language")
    assert found.status_code == 200 and found.headers["content-disposition"] == 'attachment; filename="records.jsonl"'
    expected = record_table(atlas, np.array([2, 0]), ["language"])["conversation"].to_list()
    assert [json.loads(line)["conversation"] for line in found.text.splitlines()] == expected
    assert pl.read_parquet(io.BytesIO(post(client, [2, 0], format="parquet").content)).height == 2
    assert post(client, [2, 0], format="csv").headers["content-type"].startswith("text/csv")


def test_the_server_refuses_what_is_wrong(client, published):
    assert post(client, [10_000], format="csv").status_code == 400
    assert post(client, [0], format="exe").status_code == 400
    assert "no column" in post(client, [0], format="csv", columns="user").text
    assert post(client, [0], format="csv", state="old").status_code == 409
    assert client.post("/records", params={"format": "csv"}, json=[1]).status_code == 400
    odd = client.post("/records", content=b"abc", headers={"Content-Type": "application/octet-stream"})
    assert odd.status_code == 400
    client.headers.clear()
    assert client.post("/records", content=b"").status_code == 403
    made = make_app(published, TOKEN, PORT)
    other = TestClient(made, base_url=f"http://127.0.0.1:{PORT}", headers={"X-Clioscope-Token": TOKEN})
    assert post(other, [0], format="csv").status_code == 404
    assert other.get("/found?q=bread").status_code == 404
    assert other.get("/abilities").json()["records"] is False
    assert other.get("/neighbours", params={"row": 0, "state": state_of(other)}).status_code == 404


def test_neighbours_are_the_nearest_vectors(client, atlas):
    vectors = atlas.vectors[atlas.shown_rows]
    for row in (0, 17):
        cosines = vectors @ vectors[row]
        cosines[row] = -2
        found = client.get("/neighbours", params={"row": row, "state": state_of(client)}).json()
        assert len(found) == 12
        assert [value for _, value in found] == pytest.approx(sorted(cosines, reverse=True)[:12], abs=2e-3)
        assert all(cosines[place] == pytest.approx(value, abs=2e-3) for place, value in found)
    assert client.get("/neighbours", params={"row": 0, "state": "old"}).status_code == 409
    for wrong in ("-1", "99999", "x"):
        assert client.get("/neighbours", params={"row": wrong, "state": state_of(client)}).status_code == 400


def test_a_vector_is_the_one_that_was_grouped(atlas):
    compared = Meaning(atlas)._rows
    for row in (0, 5, 100):
        assert np.allclose(compared.vector(row), atlas.vectors[row], atol=2e-3)
    with pytest.raises(IndexError):
        compared.vector(-1)


def test_words_are_found_in_transcripts_where_that_is_allowed(client, atlas):
    found = client.get("/found?q=Case+12&all=1").json()
    mine = record_table(atlas, np.array(found["rows"]))["record"].to_list()
    expected = {f"r{n}" for n in range(200) if "12" in f"Case {n}."}
    assert expected <= {id_ for ids in mine for id_ in ids}
    assert found["n"] == len(found["rows"]) and "rows" not in client.get("/found?q=Case+12").json()
    hit = next(one for one in found["hits"] if one["field"] == TRANSCRIPT)
    assert [hit["text"][start:stop].lower() for start, stop in hit["at"]][:2] in (["case", "12"], ["12", "case"])
    closed = WordSearch(atlas, transcripts=False)
    assert all(one.field != TRANSCRIPT for one in closed.search("sourdough").hits)
    assert len(closed.search("  ").rows) == 0 and len(closed.search("no such words anywhere").rows) == 0


def test_a_question_needs_no_blanks_where_its_script_has_none_and_no_marks_that_people_leave_out():
    assert words_of("北京天气 Weather") == ["北京", "天气", "weather"]
    assert words_of("ไปเที่ยว") == ["ไป", "เที่ยว"] and words_of("  ") == []
    assert fold("أَحْمَد") == fold("احمد") and fold("שָׁלוֹם") == "שלום"
    assert fold("हिन्दी") == fold(fold("हिन्दी")) != "हनद"


def test_the_text_around_a_hit():
    text = f"{'before ' * 30}the Ёжик naïve fish {'after ' * 60}"
    shown, at = around(text, ["ежик", "naive"])
    assert [shown[start:stop] for start, stop in at] == ["Ёжик", "naïve"]
    assert shown.startswith("… before") and shown.endswith("after …") and len(shown) < 220
    assert around("short", ["absent"]) == ("short", [])
    assert around("学日语半年了，我是学生", ["学", "日语"])[1] == [(0, 3)], "what was typed is marked as a whole"
    assert around("日语学习", ["学", "日语"])[1] == [(0, 3)]
    assert fold("Ёлка ÀB") == "елка ab"
