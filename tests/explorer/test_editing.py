"""Edits that the served page sends."""

import json
import shutil

import polars as pl
import pytest
from served import served_view
from starlette.testclient import TestClient

import clioscope
from clioscope.errors import AtlasError
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
    return served_view(client)


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
        ({"op": "hide", "group": "nothing", "on": True}, 409, "There is no group"),
        ({"op": "move_conversations", "rows": [True], "state": "x", "to": "y"}, 409, "something else"),
        ({"op": "move_conversations", "rows": [0], "to": "y"}, 409, "a field is missing"),
        ({"op": "move_conversations", "rows": [0], "state": "x", "to": "y"}, 409, "load the page again"),
        ([], 400, "no JSON object"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(client, mine, body, status, why):
    done = client.post("/edit", json=body)
    assert done.status_code == status and why in done.text and "\n" not in done.text
    assert not (mine.path / "edits.jsonl").exists()


def test_bodies_are_bounded_and_json(client):
    long = {"op": "note", "group": "x", "text": "y" * 140_000}
    assert "at most 131072 bytes" in client.post("/edit", json=long).text
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


def test_a_refusal_is_told_by_its_key_so_that_the_page_can_say_it_in_its_language(client, mine):
    group = mine.tree["group"][0]
    refused = client.post("/edit", json={"op": "rename", "group": group, "name": "Всё о Зорбатехе"}).json()
    assert refused["key"] == "cannot" and refused["text"].endswith("or vouch for the name or description.")
    why = refused["fields"]["why"]
    assert (why["key"], why["fields"]["least"]) == ("unsupported", 3) and "Зорбатехе" in why["fields"]["details"]
    assert client.post("/edit", json={"op": "undo"}).json()["key"] == "nothing_to_undo"
    client.post("/edit", json={"op": "note", "group": group, "text": "x"})
    client.post("/edit", json={"op": "merge", "groups": mine.tree.filter(pl.col("level") == 0)["group"].to_list()[:2]})
    text = (mine.path / "edits.jsonl").read_text().replace(f'"group": "{group}"', '"group": "g0"')
    (mine.path / "edits.jsonl").write_text(text + "no line\n")
    rows = client.get("/edits").json()["operations"]
    said = [one["said"] for one in rows if one["state"] == "no longer applies"]
    assert {"key": "line", "fields": {"line": 3, "why": {"key": "no_json", "fields": {}}}} in said
    gone = {"key": "gone", "fields": {"group": "g0", "why": {"key": "not_continued", "fields": {}}}}
    assert gone in said and [one["said"] for one in rows if one["state"] == "applied"] == [None]


def test_the_history_is_told_from_one_replay(client, mine, monkeypatch):
    from clioscope.edits import editor

    client.post("/edit", json={"op": "pin", "group": mine.tree["group"][0], "on": True})
    runs = []
    real = editor.replayed
    monkeypatch.setattr(editor, "replayed", lambda *given: runs.append(1) or real(*given))
    found = client.get("/edits").json()
    assert len(runs) == 1 and len(found["operations"]) == 1 and found["undo"]


def test_conversations_are_moved_by_their_rows_in_the_view_that_is_shown(client, mine):
    base = mine.tree.filter(pl.col("level") == 0)["group"].to_list()
    state, (_, arrays) = client.get("/view").headers["X-Clioscope-State"], served_view(client)
    groups = mine.tree["group"].to_list()
    rows = [row for row, group in enumerate(arrays["group"].tolist()) if groups[group] != base[0]][:3]
    ids = mine.clusters["conversation"].gather(rows).to_list()
    asked = {"op": "move_conversations", "rows": rows, "state": state, "to": base[0]}
    assert client.post("/edit", json=asked).status_code == 200
    moved = clioscope.open(mine.path).clusters.filter(pl.col("conversation").is_in(ids))
    assert moved["group"].to_list() == 3 * [base[0]]
    assert client.get("/edits").json()["operations"][0]["details"]["conversations"] == 3
    again = client.post("/edit", json=asked)  # the rows are of a view that is shown no more
    assert (again.status_code, again.json()["key"]) == (409, "shown_before")
    state = client.get("/view").headers["X-Clioscope-State"]
    many = client.post("/edit", json=asked | {"rows": [0] * 10_001, "state": state}).json()
    assert (many["key"], many["fields"]) == ("too_many", {"most": 10_000, "n": 10_001})


def test_names_are_made_anew_of_phrases_or_by_the_model_where_the_server_may_ask_it(client, mine):
    group = mine.tree.filter(pl.col("level") == 0)["group"][0]
    assert client.get("/abilities").json()["model"] is False
    assert client.post("/edit", json={"op": "name", "group": group}).status_code == 200
    tree = clioscope.open(mine.path).tree
    assert tree.filter(pl.col("group") == group)["description"].item().startswith("Set apart by")
    asking = TestClient(
        make_app(mine, TOKEN, PORT, ask_model=True), base_url=f"http://127.0.0.1:{PORT}", headers=HEADERS
    )
    assert asking.get("/abilities").json()["model"] is True
    assert asking.post("/edit", json={"op": "name", "group": group}).status_code == 200
    row = clioscope.open(mine.path).tree.filter(pl.col("group") == group).row(0, named=True)
    assert not row["description"].startswith("Set apart by") and row["action"] == "accepted"
    client.post("/edit", json={"op": "rename", "group": group, "name": "All of it"})
    assert asking.post("/edit", json={"op": "audit"}).status_code == 200
    assert "unaudited" not in clioscope.open(mine.path).tree["action"].to_list()


def test_no_model_can_be_asked_for_an_atlas_that_was_built_without_one(mine):
    manifest = json.loads((mine.path / "manifest.json").read_text())
    manifest["settings"]["model"]["name"] = None
    (mine.path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(AtlasError, match="leave --ask-model out"):
        make_app(clioscope.open(mine.path), TOKEN, PORT, ask_model=True)
