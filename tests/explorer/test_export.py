"""One file that holds all, and can ask for nothing."""

import base64
import re
import zlib
from hashlib import sha256

import pytest

from clioscope.errors import AtlasError, ClioscopeError
from clioscope.explorer import export, export_html, make_view
from clioscope.explorer.page import page


def test_the_file_holds_the_view(atlas, tmp_path):
    text = export_html(atlas, tmp_path / "deep" / "atlas.html", title="Mine").read_text(encoding="utf-8")
    data = re.search(r'<script type="application/octet-stream" id="view">([A-Za-z0-9+/=]+)</script>', text)
    assert zlib.decompress(base64.b64decode(data.group(1))) == make_view(atlas, title="Mine")
    assert not list((tmp_path / "deep").glob("*.part"))


def test_the_page_refers_to_nothing_outside(atlas, tmp_path):
    text = export_html(atlas, tmp_path / "atlas.html").read_text(encoding="utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy"\s+content="([^"]+)"', text).group(1)
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert allowed["default-src"] == "'none'"
    assert allowed["connect-src"] == "'none'" and "unsafe-inline" not in policy
    script, style = (r'<script type="module">(.*?)</script>', "<style>(.*?)</style>")
    for kind, pattern in (("script-src", script), ("style-src", style)):
        [own] = re.findall(pattern, text, re.DOTALL)
        wanted = base64.b64encode(sha256(own.encode()).digest()).decode()
        assert allowed[kind].removesuffix(" 'unsafe-eval'") == f"'sha256-{wanted}'"
    assert all("http" not in sources and "*" not in sources for sources in allowed.values())
    assert set(re.findall(r'<link[^>]*href="([^"]*)"', text)) == {"data:,"}
    assert not re.findall(r"<(?:script|img|iframe)[^>]*\ssrc=", text.split("<style>")[0])
    assert "@import" not in text.split("<style>")[1].split("</style>")[0]
    assert not re.findall(r"url\((?!['\"]?(?:data:|#))", text.split("<style>")[1].split("</style>")[0])


def test_a_title_with_markup_stays_text(atlas, tmp_path):
    name = "</script><script>alert(1)</script>"
    text = export_html(atlas, tmp_path / "atlas.html", title=name).read_text(encoding="utf-8")
    assert "alert(1)" not in text


def test_a_place_that_cannot_be_written_is_one_sentence(atlas, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ClioscopeError, match="cannot be written"):
        export_html(atlas, tmp_path / "file" / "atlas.html")


def test_the_shipped_page_is_there_once_for_all():
    assert page().startswith("<!doctype html>")
    assert page().count('id="view"') == 1


def test_too_many_rows_for_one_file_are_told_with_what_to_do(atlas, published, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "MOST_ROWS", 199)
    with pytest.raises(
        AtlasError, match=r"has 200 distinct conversations, and a page in one file holds at most 199\. "
    ):
        export_html(atlas, tmp_path / "atlas.html")
    with pytest.raises(AtlasError, match=r"clioscope explore.*clioscope publish.*--sample 199"):
        export_html(atlas, tmp_path / "atlas.html")
    assert not list(tmp_path.iterdir())
    assert export_html(published, tmp_path / "published.html").exists()
