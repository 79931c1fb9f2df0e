"""Nobody but the page gets anything, whatever is sent."""

import socket
import threading
from contextlib import suppress
from queue import Queue

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from clioscope.explorer import explore
from clioscope.explorer.body import MOST_BYTES
from clioscope.explorer.guard import HEADERS
from clioscope.explorer.server import PlainFormatter, make_app

TOKEN, PORT = "secret-token", 4321
ADDRESS = f"http://127.0.0.1:{PORT}"
PATHS = ("/", "/view", "/abilities", "/meaning", "/report-card", "/traces", "/edits", "/edit")
TEXT = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=60)
HEADER = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz-"), min_size=1, max_size=20)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PROPFIND", "X")
METHOD = st.sampled_from(METHODS)
PATH = st.one_of(
    st.sampled_from(PATHS),
    st.builds("{}{}".format, st.sampled_from(PATHS), st.sampled_from(("/", "//", "/..", "%00", ";x", "%2e%2e/", "?"))),
    st.builds("/{}".format, st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60)),
)
QUERY = st.dictionaries(st.sampled_from(("q", "rows", "token", "x")), st.text(max_size=80))
NESTED = st.recursive(st.none() | st.text(max_size=9), st.lists)
quick = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def app(atlas):
    """The application without the switch for conversations."""
    return make_app(atlas, TOKEN, PORT)


@pytest.fixture(scope="module")
def secret(atlas):
    """The end of a conversation, which no facet repeats: no answer may hold it."""
    found = atlas.transcripts["text"][0][-24:]
    assert not any(found in (text or "") for text in atlas.facets["request"])
    return found


@quick
@given(method=METHOD, path=PATH, headers=st.dictionaries(HEADER, TEXT, max_size=4), body=st.binary(max_size=300))
@example(method="GET", path="/traces?rows=0", headers={}, body=b"")
@example(method="POST", path="/edit", headers={"content-type": "application/json"}, body=b"[" * 300)
def test_nothing_is_given_without_the_token(app, atlas, method, path, headers, body):
    headers = {name: value for name, value in headers.items() if name not in ("host", "x-clioscope-token", "origin")}
    headers = {name: value.encode("latin-1") for name, value in headers.items()}
    found = TestClient(app, base_url=ADDRESS).request(method, ADDRESS + path, headers=headers, content=body)
    assert found.status_code in (403, 421)
    assert all(found.headers[name] == value for name, value in HEADERS.items())
    assert atlas.tree["name"][0] not in found.text


@quick
@given(method=METHOD, path=PATH, query=QUERY)
@example(method="GET", path="/traces", query={"rows": "0"})
@example(method="GET", path="/traces", query={"rows": "9" * 5000})
def test_with_the_token_no_request_is_an_error_or_shows_a_conversation(app, secret, method, path, query):
    client = TestClient(app, base_url=ADDRESS, headers={"X-Clioscope-Token": TOKEN})
    found = client.request(method, ADDRESS + path, params=query)
    assert found.status_code in (200, 400, 404, 405, 409)
    assert secret.encode() not in found.content
    assert all(found.headers[name] == value for name, value in HEADERS.items() if name != "Content-Security-Policy")


@quick
@given(body=st.one_of(st.binary(max_size=500), NESTED.map(repr).map(str.encode)))
def test_no_body_of_an_edit_is_an_error_of_the_server(app, atlas, body):
    client = TestClient(app, base_url=ADDRESS, headers={"X-Clioscope-Token": TOKEN, "Content-Type": "application/json"})
    assert client.post("/edit", content=body).status_code in (400, 409)
    assert not (atlas.path / "edits.jsonl").exists()


def test_an_edit_has_a_largest_size(app):
    client = TestClient(app, base_url=ADDRESS, headers={"X-Clioscope-Token": TOKEN, "Content-Type": "application/json"})
    assert client.post("/edit", content=b" " * (MOST_BYTES + 1)).status_code == 400


REBOUND = ("evil.example", f"evil.example:{PORT}", "127.0.0.1", "localhost:80", f"127.0.0.1:{PORT}.evil.example", "")
REBOUND += (f"[::1]:{PORT}", f"0.0.0.0:{PORT}", f"2130706433:{PORT}", f"127.0.0.1.nip.io:{PORT}", f"127.0.0.1:{PORT}@x")


@pytest.mark.parametrize("host", REBOUND)
@pytest.mark.parametrize("path", PATHS)
def test_a_name_that_resolves_to_this_machine_gets_nothing(app, host, path):
    """DNS rebinding: the browser sends the name of the attacker's page, even with the right token."""
    client = TestClient(app, base_url=ADDRESS, headers={"X-Clioscope-Token": TOKEN})
    assert client.get(path, headers={"Host": host}).status_code == 421


def test_two_hosts_are_no_host(app):
    client = TestClient(app, base_url=ADDRESS, headers={"X-Clioscope-Token": TOKEN})
    twice = [("Host", f"127.0.0.1:{PORT}"), ("Host", "evil.example")]
    assert client.get("/view", headers=twice).status_code == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", f"https://127.0.0.1:{PORT}", "http://127.0.0.1:1"])
def test_another_origin_gets_nothing(app, origin):
    client = TestClient(app, base_url=ADDRESS, headers={"X-Clioscope-Token": TOKEN})
    assert client.get("/view", headers={"Origin": origin}).status_code == 403
    assert client.get("/abilities", headers={"Origin": f"http://localhost:{PORT}"}).status_code == 200


def test_no_web_socket(app):
    from starlette.websockets import WebSocketDisconnect

    client = TestClient(app, base_url=ADDRESS)
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"/view?token={TOKEN}"):
        pass


@pytest.fixture(scope="module")
def served(atlas):
    """Port and token of a real server."""
    said: Queue[str] = Queue()
    threading.Thread(target=explore, args=(atlas,), kwargs={"ready": said.put}, daemon=True).start()
    address = said.get(timeout=60)
    return int(address.split(":")[2].split("/")[0]), address.partition("token=")[2]


def sent(port: int, data: bytes) -> bytes:
    """What the server answers to these bytes before it closes, or says nothing for a moment."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=0.3) as connection:
        with suppress(OSError):  # it may hang up before all is sent
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            while part := connection.recv(65_536):
                answer += part
    return answer


BROKEN = [
    b"",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://evil.example/view HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 200_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 20_000 + b"\r\n",
    b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /edit HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /edit HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /edit HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b"GET / HTTP/1.1\nHost: x\n\n",
    b"GET / HTTP/1.1\r\n Host: x\r\n\r\n",
    b"G\x00T / HTTP/1.1\r\nHost: x\r\n\r\n",
]


@pytest.mark.parametrize("data", BROKEN, ids=range(len(BROKEN)))
def test_broken_http_gets_nothing_and_the_server_goes_on(served, data):
    port, token = served
    answer = sent(port, data)
    assert answer == b"" or answer.split()[1] in (b"400", b"403", b"421", b"431")
    good = (
        f"GET /abilities HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Clioscope-Token: {token}\r\nConnection: close\r\n\r\n"
    )
    assert b'"traces":false' in sent(port, good.encode())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_random_bytes_get_nothing(served, data):
    answer = sent(served[0], data)
    assert answer == b"" or answer.split()[1] in (b"400", b"403", b"405", b"421", b"431")


def test_a_line_of_the_log_controls_no_terminal():
    import logging

    record = logging.LogRecord("uvicorn", logging.ERROR, "", 0, "bad \x1b[2J\u202e%s", ("\x9b1m",), None)
    assert PlainFormatter().format(record) == "bad [2J1m"
