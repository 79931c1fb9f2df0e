"""Loopback, token, host, and what is asked of the server."""

import re
import shutil
import threading
import urllib.error
import urllib.request
from queue import Queue

import numpy as np
import pytest
from served import served_view
from starlette.testclient import TestClient

import clioscope
from clioscope.errors import AtlasError, ClioscopeError
from clioscope.explorer import explore, make_view
from clioscope.explorer.container import unpack
from clioscope.explorer.server import make_app

TOKEN, PORT = "secret-token", 4321
ADDRESS = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def client(atlas):
    return TestClient(make_app(atlas, TOKEN, PORT, traces=True), base_url=ADDRESS, headers={"X-Clioscope-Token": TOKEN})


def assert_same(served, whole):
    """A served view holds what a whole one does, and where sentences end."""
    header, arrays = served
    assert [one.pop("ends") for one in header["texts"]] == [f"{one['array']}ends" for one in header["texts"]]
    assert ("records" in header) is not header["published"]
    records = {} if header["published"] else header.pop("records")
    assert header == whole[0]
    assert set(arrays) - set(whole[1]) == {*records.values(), *(f"{one['array']}ends" for one in header["texts"])}
    for name, array in whole[1].items():
        assert array.dtype == arrays[name].dtype and np.array_equal(array, arrays[name], equal_nan=array.dtype == "<f4")


def test_the_page_and_the_view(client, atlas):
    found = client.get(f"/?token={TOKEN}", headers={"X-Clioscope-Token": ""})
    assert found.status_code == 200
    assert found.text.startswith("<!doctype html>")
    assert found.headers["content-security-policy"] == "frame-ancestors 'none'"
    assert_same(served_view(client), unpack(make_view(atlas, texts=True)))
    assert client.get("/abilities").json() == {
        "meaning": True,
        "traces": True,
        "edit": True,
        "model": False,
        "report": False,
        "comparison": None,
        "records": True,
    }


@pytest.mark.parametrize("path", ["/", "/view", "/abilities", "/meaning?q=bread", "/report-card", "/traces?rows=0"])
@pytest.mark.parametrize("headers", [{}, {"X-Clioscope-Token": "wrong"}, {"X-Clioscope-Token": "ключ".encode()}])
def test_nothing_without_the_token(client, path, headers):
    client.headers.clear()
    found = client.get(path, headers=headers)
    assert found.status_code == 403
    assert "with its token" in found.text


def test_the_report_card_is_served_where_the_atlas_was_measured(client, atlas, tmp_path):
    assert "clioscope measure" in client.get("/report-card").text and client.get("/report-card").status_code == 404
    measured = clioscope.open(shutil.copytree(atlas.path, tmp_path / "measured"))
    clioscope.measure(measured, stability=False)
    other = TestClient(make_app(measured, TOKEN, PORT), base_url=ADDRESS, headers={"X-Clioscope-Token": TOKEN})
    assert other.get("/abilities").json()["report"] is True
    found = other.get("/report-card")
    assert found.text == (measured.path / "report-card.html").read_text(encoding="utf-8")
    assert found.headers["content-type"].startswith("text/html")
    assert found.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline';")


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:80", "localhost"])
def test_no_other_host(client, host):
    assert client.get("/view", headers={"Host": host}).status_code == 421


def test_localhost_is_this_host(client):
    assert client.get("/abilities", headers={"Host": f"localhost:{PORT}"}).status_code == 200


def test_only_reading(client):
    assert client.post("/view").status_code == 405


def test_search_by_meaning_finds_the_topic(client, atlas):
    found = client.get("/meaning", params={"q": "bake sourdough bread with rye flour"}).json()
    row = found["rows"][0][0]
    assert "sourdough" in atlas.transcripts.join(atlas.clusters, on="conversation", maintain_order="right")["text"][row]
    best = atlas.tree["group"][found["groups"][0][0]]
    members = atlas.members(best)["conversation"]
    texts = atlas.transcripts.filter(atlas.transcripts["conversation"].is_in(members.implode()))["text"]
    assert sum("sourdough" in text for text in texts) > len(texts) / 2
    scores = [score for _, score in found["groups"]]
    assert scores == sorted(scores, reverse=True)
    assert client.get("/meaning", params={"q": " "}).status_code == 404


def test_traces_are_those_of_the_rows(client, atlas):
    found = client.get("/traces?rows=3,1").json()
    assert [one["row"] for one in found] == [3, 1]
    kept = dict(atlas.transcripts.select("conversation", "transcript").iter_rows())
    assert [one["transcript"] for one in found] == [kept[atlas.clusters["conversation"][row]] for row in (3, 1)]
    assert len(client.get("/traces?rows=" + ",".join(str(row) for row in range(50))).json()) == 10


@pytest.mark.parametrize("rows", ["", "x", "-1", "999999", "1;2"])
def test_traces_of_nonsense(client, rows):
    assert client.get("/traces", params={"rows": rows}).status_code == 400


def test_no_traces_unless_asked_for(atlas):
    client = TestClient(make_app(atlas, TOKEN, PORT), base_url=ADDRESS, headers={"X-Clioscope-Token": TOKEN})
    assert client.get("/abilities").json()["traces"] is False
    assert client.get("/traces?rows=0").status_code == 404


def test_no_traces_and_no_vectors_of_a_published_atlas(published):
    with pytest.raises(AtlasError, match="published"):
        make_app(published, TOKEN, PORT, traces=True)
    client = TestClient(make_app(published, TOKEN, PORT), base_url=ADDRESS, headers={"X-Clioscope-Token": TOKEN})
    assert client.get("/abilities").json() == {
        "meaning": False,
        "traces": False,
        "edit": False,
        "model": False,
        "report": False,
        "comparison": None,
        "records": False,
    }
    assert client.get("/meaning?q=bread").status_code == 404
    assert_same(served_view(client), unpack(make_view(published)))


def test_no_traces_of_an_atlas_that_keeps_none(chats, fake, tmp_path):
    import clioscope

    built = clioscope.build(chats, tmp_path / "atlas", fake)
    with pytest.raises(AtlasError, match="--keep-transcripts"):
        make_app(built, TOKEN, PORT, traces=True)


def test_explore_answers_on_loopback_at_the_address_it_says(atlas):
    said: Queue[str] = Queue()
    threading.Thread(target=explore, args=(atlas,), kwargs={"ready": said.put}, daemon=True).start()
    address = said.get(timeout=30)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{32}", address)
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert answer.read().startswith(b"<!doctype html>")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(address.split("?")[0], timeout=30)
    port = int(address.split(":")[2].split("/")[0])
    with pytest.raises(ClioscopeError, match=f"Port {port} cannot be used"):
        explore(atlas, port=port)
