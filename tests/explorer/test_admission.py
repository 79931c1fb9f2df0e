"""Who was let in once is let in again, and nobody else."""

import os

import pytest
from starlette.testclient import TestClient

from clioscope.explorer import admission as module
from clioscope.explorer.admission import KEPT_DAYS, admission, kept_key, key_path
from clioscope.explorer.guard import HEADERS, KNOWN
from clioscope.explorer.server import make_app

TOKEN, PORT = "secret-token", 4321
ADDRESS = f"http://127.0.0.1:{PORT}"
PATHS = ("/", "/view", "/abilities", "/edits", "/views", "/array/x")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of its own, so that no key of the user is read or written."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


@pytest.fixture
def app(atlas):
    return make_app(atlas, TOKEN, PORT, admission=admission(atlas.path, PORT, kept=True))


def client_of(app) -> TestClient:
    return TestClient(app, base_url=ADDRESS)


def cookie_of(app) -> dict[str, str]:
    found = client_of(app).get("/", params={"token": TOKEN}).headers["set-cookie"]
    return {"Cookie": found.partition(";")[0]}


def test_the_page_sets_a_cookie_that_no_script_and_no_other_site_can_use(app):
    found = client_of(app).get("/", params={"token": TOKEN})
    name, _, rest = found.headers["set-cookie"].partition("=")
    assert name == f"clioscope-{PORT}"
    assert rest.split("; ")[1:] == ["Path=/", "HttpOnly", "SameSite=Strict", f"Max-Age={KEPT_DAYS * 86400}"]
    assert TOKEN not in found.headers["set-cookie"] and kept_key().hex() not in found.headers["set-cookie"]
    assert "set-cookie" not in client_of(app).get("/view", headers={"X-Clioscope-Token": TOKEN}).headers
    assert "set-cookie" not in client_of(app).get("/").headers


def test_with_the_cookie_no_token_is_needed_also_of_a_server_that_is_started_later(app, atlas):
    cookie = cookie_of(app)
    later = make_app(atlas, "another", PORT, admission=admission(atlas.path, PORT, kept=True))
    for path in ("/", "/view", "/abilities", "/edits", "/views"):
        found = client_of(later).get(path, headers={**cookie, "X-Clioscope-Token": ""})
        assert found.status_code == 200 and found.headers[KNOWN] == "1", path
    assert client_of(later).get("/", params={"token": TOKEN}, headers=cookie).status_code == 200  # an old bookmark
    assert client_of(later).get("/", params={"token": TOKEN}).status_code == 403
    assert KNOWN not in client_of(later).get("/view", headers={"X-Clioscope-Token": "another"}).headers


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "none, same-origin"])
@pytest.mark.parametrize("path", PATHS)
def test_the_cookie_counts_for_nothing_that_another_page_asks_for(app, path, site):
    """A page at another port of this machine is of the same site, so that browsers send the cookie along."""
    found = client_of(app).get(path, headers={**cookie_of(app), "Sec-Fetch-Site": site})
    assert found.status_code == 403 and "set-cookie" not in found.headers and KNOWN not in found.headers
    assert all(found.headers[name] == value for name, value in HEADERS.items())


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_cookie_counts_for_the_page_and_for_the_address_bar(app, site):
    assert client_of(app).get("/view", headers={**cookie_of(app), "Sec-Fetch-Site": site}).status_code == 200


def test_the_other_protections_stay_with_the_cookie(app):
    cookie = cookie_of(app)
    client = client_of(app)
    assert client.get("/view", headers={**cookie, "Host": f"evil.example:{PORT}"}).status_code == 421
    assert client.get("/view", headers={**cookie, "Origin": "http://evil.example"}).status_code == 403
    assert client.get("/view", headers={**cookie, "Origin": "http://127.0.0.1:1"}).status_code == 403
    undo = {"op": "undo"}
    assert client.post("/edit", json=undo, headers=cookie).status_code == 403  # browsers say the origin of a POST
    assert client.post("/edit", json=undo, headers={**cookie, "Origin": ADDRESS}).status_code == 409
    assert client.post("/edit", json=undo, headers={**cookie, "Origin": "http://127.0.0.1:1"}).status_code == 403


def test_a_cookie_holds_for_one_atlas_at_one_port(app, atlas, published, tmp_path):
    cookie = cookie_of(app)
    value = cookie["Cookie"].partition("=")[2]
    for path, port in ((published.path, PORT), (atlas.path, PORT + 1)):
        known = admission(path, port, kept=True)
        assert known.value != value
        other = make_app(atlas, TOKEN, port, admission=known)
        address = f"http://127.0.0.1:{port}"
        sent = {"Cookie": f"{known.name}={value}"}
        assert TestClient(other, base_url=address).get("/view", headers=sent).status_code == 403


@pytest.mark.parametrize("cookie", ["", "=", "clioscope-4321", "clioscope-4321=", "clioscope-4321=x", "x=y; ;;=;", "é"])
def test_other_cookies_let_nobody_in(app, cookie):
    found = client_of(app).get("/view", headers={"Cookie": cookie.encode("latin-1")})
    assert found.status_code == 403


def test_a_free_port_or_signing_out_lets_no_earlier_browser_in(app, atlas):
    cookie = cookie_of(app)
    for known in (
        admission(atlas.path, PORT, kept=False),
        admission(atlas.path, PORT, kept=True, sign_out=True),
        admission(atlas.path, PORT, kept=True),
    ):
        later = make_app(atlas, "another", PORT, admission=known)
        assert client_of(later).get("/view", headers=cookie).status_code == 403
    assert admission(atlas.path, PORT, kept=False).seconds is None


def test_the_key_is_private_and_one_that_others_read_is_replaced():
    first = kept_key()
    assert key_path().stat().st_mode & 0o777 == 0o600 and kept_key() == first
    assert key_path().parent.stat().st_mode & 0o077 == 0
    key_path().chmod(0o644)
    second = kept_key()
    assert second != first and key_path().stat().st_mode & 0o777 == 0o600
    key_path().write_bytes(b"short")
    assert len(kept_key()) == 32


def test_without_a_place_for_the_key_the_cookie_ends_with_the_server(atlas, monkeypatch, caplog, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    one, two = (admission(atlas.path, PORT, kept=True) for _ in range(2))
    assert one.value != two.value and one.seconds is None
    assert "cannot be written" in caplog.text and os.linesep not in caplog.messages[0]
    assert module.key_path().parts[-2:] == ("clioscope", "explore.key")
