"""Arrays as answers: whole, in parts, and not again."""

import pytest
from served import served_view
from starlette.testclient import TestClient

from clioscope.explorer.container import unpack
from clioscope.explorer.server import make_app

TOKEN, PORT = "secret-token", 4321


@pytest.fixture
def client(atlas):
    app = make_app(atlas, TOKEN, PORT)
    return TestClient(app, base_url=f"http://127.0.0.1:{PORT}", headers={"X-Clioscope-Token": TOKEN})


@pytest.fixture
def files(client):
    return {name: f"/array/{file}" for name, (_, _, file) in unpack(client.get("/view").content)[0]["files"].items()}


def test_a_part_of_an_array_is_read_alone(client, files):
    whole = client.get(files["text0"])
    assert whole.status_code == 200 and whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["cache-control"] == "no-store"
    part = client.get(files["text0"], headers={"Range": "bytes=5-14"})
    assert (part.status_code, part.content) == (206, whole.content[5:15])
    assert part.headers["content-range"] == f"bytes 5-14/{len(whole.content)}"
    last = client.get(files["text0"], headers={"Range": "bytes=-7"})
    assert (last.status_code, last.content) == (206, whole.content[-7:])
    after = client.get(files["text0"], headers={"Range": f"bytes={len(whole.content)}-"})
    assert (after.status_code, after.headers["content-range"]) == (416, f"bytes */{len(whole.content)}")


def test_ends_tell_where_each_sentence_lies(client, atlas):
    header, arrays = served_view(client)
    text, ends = arrays[header["texts"][0]["array"]].tobytes(), arrays[header["texts"][0]["ends"]].tolist()
    lines = [text[start:end].decode() for start, end in zip([0, *(end + 1 for end in ends)], ends, strict=False)]
    assert lines == atlas.facets["request"].fill_null("").to_list()


def test_the_tag_names_what_an_array_holds(client, files):
    tag = client.get(files["group"]).headers["etag"]
    assert tag == f'"{files["group"].removeprefix("/array/")}"'
    for known in (tag, f'"other", W/{tag}', "*"):
        same = client.get(files["group"], headers={"If-None-Match": known})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert client.get(files["group"], headers={"If-None-Match": '"other"'}).status_code == 200
    ranged = {"Range": "bytes=0-0"}
    assert client.get(files["group"], headers=ranged | {"If-Range": tag}).status_code == 206
    assert client.get(files["group"], headers=ranged | {"If-Range": '"other"'}).status_code == 200


def test_no_array_without_the_token(client, files):
    client.headers.clear()
    for path in files.values():
        for headers in ({}, {"X-Clioscope-Token": "wrong"}, {"Range": "bytes=0-3"}):
            found = client.get(path, headers=headers)
            assert (found.status_code, "with its token" in found.text) == (403, True), path


@pytest.mark.parametrize("name", ["group", "group.000", "..%2f..%2fmanifest.json", "..%2F74.view", ".clioscope", "%00"])
def test_no_other_file_is_an_array(client, files, name):
    assert client.get(f"/array/{name}").status_code == 404
