"""A driver that is killed half-way and started again; and what it says to the world outside: nothing."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from conftest import make_records, write_jsonl
from extras import needs

pytestmark = [needs("ray", "ray"), pytest.mark.slow]

DRIVER = """
import sys
import clioscope
path, out, address = sys.argv[1:]
clioscope.build(path, out, clioscope.load_settings(
    model__name=f"{address} stub", facets__use=("request",), facets__ask="all", naming__model="fake",
    embedding__model="hash", layout__method="pca", privacy__recognisers=("patterns",),
    cluster__on="ray", cluster__batch=4,
))
"""
# Imported by every Python process of the driver and of Ray: connections elsewhere are noted and fail.
WATCH = """
import os, socket
connect = socket.socket.connect
def watched(self, address):
    here = self.family not in (socket.AF_INET, socket.AF_INET6) or address[0].startswith(("127.", "::1", "localhost"))
    if not here:
        with open(os.environ["WATCHED"], "a") as file:
            file.write(f"{self.type.name} {address}\\n")
        raise OSError("blocked")
    return connect(self, address)
socket.socket.connect = watched
"""
METADATA = "SOCK_STREAM ('169.254.169.254', 80)"


@pytest.fixture
def start(tmp_path):
    """Starts the driver as a process of its own, its connections watched."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    (tmp_path / "driver.py").write_text(DRIVER)
    source = Path(__file__).parents[2] / "src"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    environment |= {"PYTHONPATH": f"{tmp_path / 'watch'}:{source}", "WATCHED": str(tmp_path / "watched.txt")}
    started: list[subprocess.Popen] = []

    def begin(*arguments: str) -> subprocess.Popen:
        command = [sys.executable, str(tmp_path / "driver.py"), *arguments]
        process = subprocess.Popen(
            command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


def test_what_came_back_before_the_kill_is_not_asked_again(chat, start, tmp_path) -> None:
    import pyarrow.parquet as pq

    count = 120
    chat.pause = 0.03
    chat.answer = lambda body: json.dumps({"request": "help with " + body["messages"][-1]["content"].split()[4]})
    path = write_jsonl(tmp_path / "chats.jsonl", make_records(count))
    out = tmp_path / "atlas"
    process = start(str(path), str(out), chat.address)
    answered = out.with_name("atlas.building") / "cluster"
    deadline = time.monotonic() + 240
    while len(list(answered.rglob("answered/*.parquet"))) < 3:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, "nothing came back"
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(1.0)  # what was on its way arrives

    before = dict(chat.posts)
    assert len(before) < count and set(before.values()) == {1}
    kept: set[str] = set()
    for file in answered.rglob("answered/*.parquet"):
        try:
            kept.update(pq.read_table(file)["key"].to_pylist())
        except Exception:
            continue  # it was being written
    with closing(sqlite3.connect(answered.parent / "answers.sqlite")) as store:
        kept |= {key for (key,) in store.execute("select key from answers")}
    assert 12 <= len(kept) <= len(before)
    process = start(str(path), str(out), chat.address)
    said = process.communicate(timeout=300)[0]
    assert process.returncode == 0, said
    assert "ERROR" not in said and "WARNING" not in said, said

    asked_twice = {text for text, number in chat.posts.items() if number > 1}
    assert len(chat.posts) == count and set(chat.posts.values()) <= {1, 2}
    assert len(asked_twice) == len(before) - len(kept)  # what a node had in hand, and nothing else
    facets = pq.read_table(out / "facets.parquet")
    assert facets.num_rows == count and facets["request"].null_count == 0
    assert not (out / "cluster").exists()
    # Ray asks where it runs, at the address at which clouds tell a machine about itself; it leads to no network.
    watched = tmp_path / "watched.txt"
    assert set(watched.read_text().splitlines() if watched.exists() else []) <= {METADATA}
