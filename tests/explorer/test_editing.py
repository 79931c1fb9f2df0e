"""Edits that the served page sends."""

import json
import shutil

import pytest
from starlette.testclient import TestClient

import clioscope
from clioscope.explorer.container import unpack
from clioscope.explorer.server import make_app

TOKEN, PORT = "secret-token", 4321
HEADERS = {"X-Clioscope-Token": TOKEN}


@pytest.fixture
def mine(atlas, tmp_path):
    shutil.copytree(atlas.path, tmp_path / "atlas")
    return clioscope.open(tmp_path / "atlas")


@pytest.fixture
def client(mine):
    return TestClient(make_app(mine, TOKEN, PORT, traces=True), base_url=f"http://127.0.0.1:{PORT}", headers=HEADERS)


def view(client):
    return unpack(client.get("/view").content)


def test_an_edit_changes_the_view_in_place(client, mine):
    group = mine.tree["group"][0]
    done = client.post("/edit", json={"op": "rename", "group": group, "name": "Всё сразу", "vouch": True})
    assert (done.status_code, done.json()) == (200, {"made": []})
    header, _ = view(client)
    assert header["groups"][0]["name"] == "Всё сразу" and header["groups"][0]["verdict"] == "vouched"
    found = client.get("/edits").json()
    assert [one["op"] for one in found["operations"]] == ["rename"] and found["undo"] and found["redo"] is None
    assert client.post("/edit", json={"op": "undo"}).status_code == 200
    assert view(client)[0]["groups"][0]["name"] == mine.tree["name"][0]
    assert client.get("/edits").json()["redo"]


def test_what_was_made_is_told_and_hidden_rows_are_left_out_everywhere(client, mine):
    base = mine.tree.filter(mine.tree["level"] == 0)["group"].to_list()
    made = client.post("/edit", json={"op": "merge", "groups": base[:2]}).json()["made"]
    assert len(made) == 1
    client.post("/edit", json={"op": "hide", "group": base[2], "on": True})
    header, arrays = view(client)
    hidden = mine.members(base[2]).height
    assert header["rows"] == len(arrays["group"]) == mine.clusters.height - hidden
    found = client.get("/edits").json()
    assert [one["group"] for one in found["hidden"]] == [base[2]]
    texts = dict(mine.transcripts.select("conversation", "transcript").iter_rows())
    shown = clioscope.open(mine.path)
    ids = shown.clusters["conversation"].gather(shown.shown_rows)
    rows = [0, header["rows"] - 1]
    traces = client.get(f"/traces?rows={rows[0]},{rows[1]}").json()
    assert [one["transcript"] for one in traces] == [texts[ids[row]] for row in rows]
    assert client.get(f"/traces?rows={header['rows']}").status_code == 400
    near = client.get("/meaning", params={"q": "bake bread"}).json()["rows"]
    assert all(row < header["rows"] for row, _ in near) and "bread" in texts[ids[near[0][0]]]


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"op": "fly"}, 409, "no operation"),
        ({"op": "rename"}, 409, "a field is missing"),
        ({"op": "rename", "group": 3, "name": "x"}, 409, "something else than it should"),
        ({"op": "rename", "group": "x", "name": "y", "path": "/"}, 409, "'path' is not one of it"),
        ({"op": "split", "group": "x", "into": True}, 409, "something else"),
        ({"op": "merge", "groups": [1]}, 409, "something else"),
        ({"op": "hide", "group": "nothing", "on": True}, 409, "there is no group"),
        ([], 400, "no JSON object"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(client, mine, body, status, why):
    done = client.post("/edit", json=body)
    assert done.status_code == status and why in done.text and "\n" not in done.text
    assert not (mine.path / "edits.jsonl").exists()


def test_bodies_are_bounded_and_json(client):
    long = {"op": "note", "group": "x", "text": "y" * 70_000}
    assert "at most 65536 bytes" in client.post("/edit", json=long).text
    headers = {"Content-Type": "application/json"}
    for body in (b"{", b"[" * 60_000):
        assert client.post("/edit", content=body, headers=headers).status_code == 400
    assert (
        client.post("/edit", content=json.dumps({"op": "undo"}), headers={"Content-Type": "text/plain"}).status_code
        == 400
    )


def test_only_with_the_token_at_this_host_and_where_edits_are_on(mine, published):
    app = make_app(mine, TOKEN, PORT)
    client = TestClient(app, base_url=f"http://127.0.0.1:{PORT}")
    assert client.post("/edit", json={"op": "undo"}).status_code == 403
    assert client.get("/edits").status_code == 403
    assert client.post("/edit", json={"op": "undo"}, headers={**HEADERS, "Host": "evil.example"}).status_code == 421
    for off in (make_app(mine, TOKEN, PORT, edits=False), make_app(published, TOKEN, PORT)):
        client = TestClient(off, base_url=f"http://127.0.0.1:{PORT}", headers=HEADERS)
        assert client.get("/abilities").json()["edit"] is False
        assert client.post("/edit", json={"op": "undo"}).status_code == 404
        assert client.get("/edits").status_code == 404
