"""A server that answers at once and by batches, as OpenAI's does: files, batches, their results and their errors."""

from __future__ import annotations

import email.parser
import email.policy
import hashlib
import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from clioscope.models.chat import ChatRequest
from clioscope.models.fake import FakeModel

# What becomes of a row in a batch: None (an answer), or the name of a trouble. Gets the row and how often it came.
Trouble = Callable[[dict[str, Any], int], str | None]


def request_of(body: dict[str, Any]) -> ChatRequest:
    """A body as the fake model takes it."""
    form = body.get("response_format", {}).get("json_schema", {}).get("schema")
    messages = tuple((one["role"], one["content"]) for one in body["messages"])
    return ChatRequest(messages, form, body["max_tokens"], body["temperature"], seed=body.get("seed", 0))


def share(body: dict[str, Any], salt: str = "") -> float:
    """A number in [0, 1) that the text of a question decides."""
    text = salt + json.dumps(body["messages"])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big") / 2**32


class BatchService(ThreadingHTTPServer):
    """``nonsense``: the share of questions whose first answer meets no form, at once or by batch. ``trouble`` says what
    goes wrong in batches only; ``expire_after``: how many rows of each batch are answered before it expires."""

    daemon_threads = True

    def __init__(self, *, nonsense: float = 0.0, trouble: Trouble | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.nonsense, self.trouble = nonsense, trouble
        self.expire_after: int | None = None
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.raw: list[bytes] = []  # bodies of questions that were asked at once
        self.came: Counter[str] = Counter()
        self.lock = threading.Lock()
        self._fake = FakeModel()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()

    def completion(self, body: dict[str, Any], finish: str = "stop", **message: Any) -> dict[str, Any]:
        bad = share(body, "nonsense") < self.nonsense and body.get("seed") == 0
        text = self._fake.text(request_of(body), nonsense=bad)
        choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text} | message}
        return {"id": "c", "choices": [choice], "usage": {"prompt_tokens": 11, "completion_tokens": 7}}

    def row(self, row: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """The reply to a row, and whether it goes into the file of errors."""
        self.came[row["custom_id"]] += 1
        trouble = self.trouble(row, self.came[row["custom_id"]]) if self.trouble is not None else None
        body, error, status = self.completion(row["body"]), None, 200
        match trouble:
            case "filter":
                body = self.completion(row["body"], "content_filter", content="")
            case "refusal":
                body = self.completion(row["body"], refusal="I cannot help with that.", content=None)
            case "cut":
                body = self.completion(row["body"], "length", content='{"req')
            case "expired":
                return self._reply(row, None, {"code": "batch_expired", "message": "The batch has expired."}), True
            case "400" | "429" | "500" as code:
                words = {"400": "Invalid 'messages': bad text.", "429": "Rate limit reached.", "500": "Server error."}
                status, body = int(code), {"error": {"message": words[code], "code": None}}
                return self._reply(row, {"status_code": status, "body": body}, error), True
            case str() as words:
                body = {"error": {"message": words, "type": "invalid_request_error"}}
                return self._reply(row, {"status_code": 400, "body": body}, error), True
        return self._reply(row, {"status_code": status, "request_id": "q", "body": body}, error), False

    def _reply(self, row: dict[str, Any], response: Any, error: Any) -> dict[str, Any]:
        number = f"batch_req_{sum(self.came.values())}"
        return {"id": number, "custom_id": row["custom_id"], "response": response, "error": error}

    def run(self, batch: dict[str, Any]) -> None:
        """Answer a batch: results and errors in another order than the questions."""
        rows = [json.loads(line) for line in self.files[batch["input_file_id"]].splitlines()]
        random.Random(len(self.batches)).shuffle(rows)
        expired = rows[self.expire_after :] if self.expire_after is not None else []
        results: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for row in rows[: len(rows) - len(expired)]:
            reply, failed = self.row(row)
            (errors if failed else results).append(reply)
        gone = {"code": "batch_expired", "message": "This request could not be executed before the window expired."}
        errors += [self._reply(row, None, gone) for row in expired]
        batch["status"] = "expired" if expired else "completed"
        for name, replies in (("output_file_id", results), ("error_file_id", errors)):
            if replies:
                batch[name] = f"{name}-{batch['id']}"
                self.files[batch[name]] = "".join(json.dumps(reply) + "\n" for reply in replies).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: BatchService

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        parts = self.path.removeprefix("/v1/").split("/")
        if parts == ["models"]:
            self.json(200, {"object": "list", "data": [{"id": "tiny", "owned_by": "someone"}]})
        elif parts[0] == "files" and parts[-1] == "content":
            self.send(200, self.server.files[parts[1]])
        elif parts[0] == "batches":
            batch = self.server.batches[parts[1]]
            if batch["status"] == "in_progress":
                self.server.run(batch)
            elif batch["status"] == "validating":
                batch["status"] = "in_progress"
            self.json(200, batch)
        else:
            self.json(404, {"error": {"message": "no such page"}})

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/v1/files":
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + data)
            parts = {part.get_param("name", header="content-disposition"): part for part in form.iter_parts()}
            assert parts["purpose"].get_content().strip() == "batch"
            name = f"file-{len(self.server.files)}"
            self.server.files[name] = parts["file"].get_payload(decode=True)
            kept = {"id": name, "object": "file", "bytes": len(self.server.files[name]), "created_at": 0}
            self.json(200, kept | {"filename": "questions.jsonl", "purpose": "batch", "status": "processed"})
        elif self.path == "/v1/batches":
            self.json(*self.begun(json.loads(data)))
        else:
            with self.server.lock:
                self.server.raw.append(data)
            self.json(200, self.server.completion(json.loads(data)))

    def begun(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """A new batch, if its file is one that OpenAI takes."""
        rows = [json.loads(line) for line in self.server.files[asked["input_file_id"]].splitlines()]
        ids = [row["custom_id"] for row in rows]
        wrong = (
            len(set(ids)) < len(ids)
            or len({row["body"]["model"] for row in rows}) != 1
            or {row["url"] for row in rows} != {asked["endpoint"]}
            or {row["method"] for row in rows} != {"POST"}
        )
        if wrong:
            return 400, {"error": {"message": "the file is no batch"}}
        name = f"batch-{len(self.server.batches)}"
        batch = {"id": name, "object": "batch", "created_at": 0, "status": "validating", **asked}
        self.server.batches[name] = batch
        return 200, batch

    def json(self, status: int, value: Any) -> None:
        self.send(status, json.dumps(value).encode())

    def send(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
