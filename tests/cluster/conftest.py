"""A chat server on loopback whose bad days depend on the question, and one Ray for all tests."""

import hashlib
import json
import os
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Chat(ThreadingHTTPServer):
    """Answers ``{"answer": "<hash>"}``. What a question says decides how it goes: "busy!" and "shaky!"
    get a 429 and a 500 the first time, "broken!" a 500 every time, "refused!" a 400 in JSON, "page!" a page in HTML,
    "held!" a 400 of the content filter, "useless!" an answer of no use; "slow!" waits. ``posts`` counts questions."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, pause: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pause = pause
        self.lock = threading.Lock()
        self.posts: Counter[str] = Counter()
        self.order: list[str] = []
        self.bodies: list[dict] = []
        self.answer = told
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request, client_address) -> None:
        pass  # a client that was killed


def told(body: dict) -> str:
    text = body["messages"][-1]["content"]
    return json.dumps({"answer": hashlib.blake2b(text.encode(), digest_size=4).hexdigest()})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Chat

    def log_message(self, *args) -> None:
        pass

    def do_GET(self) -> None:
        self.give(200, {"object": "list", "data": [{"id": "stub", "owned_by": "someone"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = body["messages"][-1]["content"]
        with self.server.lock:
            self.server.posts[text] += 1
            self.server.order.append(text)
            self.server.bodies.append(body)
            first = self.server.posts[text] == 1
        time.sleep(self.server.pause)
        if "slow!" in text:
            time.sleep(0.02 * (hash(text) % 10))
        if "busy!" in text and first:
            return self.give(429, {"error": {"message": "try again in 0.05s"}}, {"retry-after-ms": "50"})
        if "broken!" in text or ("shaky!" in text and first):
            return self.give(500, {"error": {"message": "out of order"}})
        if "refused!" in text:
            return self.give(400, {"error": {"message": f"cannot take {text}"}})
        if "held!" in text:
            return self.give(400, {"error": {"message": "held back", "code": "content_filter"}})
        if "page!" in text:
            return self.raw(200, b"<html><title>Sign in</title></html>", "text/html", {})
        said = "[]" if "useless!" in text else self.server.answer(body)
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}
        return self.give(200, {"choices": [choice], "usage": {"prompt_tokens": len(text), "completion_tokens": 7}})

    def give(self, status: int, value, headers=None) -> None:
        self.raw(status, json.dumps(value).encode(), "application/json", headers or {})

    def raw(self, status: int, data: bytes, kind: str, headers: dict) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Type": kind, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def chat():
    """A server for one test."""
    with Chat() as server:
        yield server
        server.shutdown()


@pytest.fixture
def another_chat():
    """Another one that behaves alike."""
    with Chat() as server:
        yield server
        server.shutdown()


@pytest.fixture(scope="session")
def local_ray(tmp_path_factory):
    """Ray on this machine, for all tests of a process. Skips the test where it is not installed."""
    pytest.importorskip("pyarrow", reason="the extra [ray] is not installed")
    pytest.importorskip("aiohttp", reason="the extra [ray] is not installed")
    pytest.importorskip("ray.data", reason="the extra [ray] is not installed")
    from clioscope.cluster.connect import Connection

    os.environ.pop("RAY_ADDRESS", None)
    connection = Connection("ray", 2)
    yield connection.ray()
    connection.close()
