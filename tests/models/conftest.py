"""A small OpenAI-compatible server on a real socket, whose bad days are scripted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Step = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ChatServer

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.gets.append(self.path)
        if self.path == "/v1/models" and self.server.lists:
            entries = [{"id": name, "owned_by": self.server.owner} for name in self.server.models]
            self.json(200, {"object": "list", "data": entries})
        else:
            self.json(404, {"error": {"message": "no such page"}})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.bodies.append((self.path, body))
            self.server.keys.append(self.headers.get("Authorization", ""))
            self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
            step = self.server.script.pop(0) if self.server.script else self.server.always
        step(self, body)

    def json(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        self.raw(status, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})

    def raw(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


class ChatServer(ThreadingHTTPServer):
    """``script`` holds what the next posts get, then ``always``; ``bodies`` what was posted, with its path."""

    daemon_threads = True
    allow_reuse_address = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.bodies: list[tuple[str, dict[str, Any]]] = []
        self.keys: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.gets: list[str] = []
        self.lists = True  # its models
        self.script: list[Step] = []
        self.always: Step = say("hello")
        self.models = ["tiny"]
        self.owner = "someone"
        self.over = threading.Event()
        self.stopped = False
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def stop(self) -> None:
        """Stop listening: what comes later is refused."""
        if not self.stopped:
            self.stopped = True
            self.over.set()
            self.shutdown()
            self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


def completion(text: str, finish: str = "stop", **message: Any) -> dict[str, Any]:
    return {
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
        ],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7},
    }


def say(text: str, finish: str = "stop", **message: Any) -> Step:
    """Answer a chat with ``text``, a text completion likewise."""

    def step(handler: Handler, body: dict[str, Any]) -> None:
        if handler.path.endswith("/chat/completions"):
            handler.json(200, completion(text, finish, **message))
        else:
            handler.json(200, {"choices": [{"finish_reason": finish, "text": text}]})

    return step


def refuse(status: int, message: str = "no", headers: dict[str, str] | None = None, **fields: Any) -> Step:
    return lambda handler, body: handler.json(status, {"error": {"message": message, **fields}}, headers)


def give(value: Any) -> Step:
    """Any JSON with status 200: for the endpoints beside completions, and for errors that come so."""
    return lambda handler, body: handler.json(200, value)


def page(handler: Handler, body: dict[str, Any]) -> None:
    """What a login page answers to everything."""
    handler.raw(200, b"<html><title>Sign\n in</title><p>welcome</p></html>", {"Content-Type": "text/html"})


def torn(handler: Handler, body: dict[str, Any]) -> None:
    """JSON by its label only."""
    handler.raw(200, b'{"choices": [', {"Content-Type": "application/json"})


def hang(handler: Handler, body: dict[str, Any]) -> None:
    """Say nothing until the test is over."""
    handler.server.over.wait(30)
    handler.close_connection = True


def drop(handler: Handler, body: dict[str, Any]) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def die(handler: Handler, body: dict[str, Any]) -> None:
    """The server goes down with this question."""
    handler.close_connection = True
    handler.server.socket.close()
    threading.Thread(target=handler.server.stop, daemon=True).start()


# Test files cannot import this one, so the server carries the steps: ``server.script = [server.refuse(429)]``.
for _step in (completion, say, refuse, give, page, torn, hang, drop, die):
    setattr(ChatServer, _step.__name__, staticmethod(_step))


@pytest.fixture
def server() -> Iterator[ChatServer]:
    running = ChatServer()
    yield running
    running.stop()
