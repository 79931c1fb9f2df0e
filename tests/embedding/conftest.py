"""A server of embeddings and a folder of weights, made here, that several tests of embedders use."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from clioscope.embedding.hashing import HashEmbedder


class Server(ThreadingHTTPServer):
    """Hash vectors (not scaled, in reversed order), after the refusals in ``first``: (status, body) pairs."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.first: list[tuple[int, str]] = []
        self.requests: list[tuple[str, dict]] = []
        self.longest = 10**9
        self.drop = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.reply(200, json.dumps({"object": "list", "data": [{"id": "encoder-7", "object": "model"}]}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, body))
        if self.server.first:
            return self.reply(*self.server.first.pop(0))
        if any(len(text) > self.server.longest for text in body["input"]):
            return self.reply(400, json.dumps({"error": {"message": "input exceeds the maximum context length"}}))
        vectors = HashEmbedder(16).encode(body["input"]) * 3
        data = [{"object": "embedding", "index": i, "embedding": row.tolist()} for i, row in enumerate(vectors)]
        if self.server.drop:
            data.pop()
        self.reply(200, json.dumps({"object": "list", "model": body["model"], "data": data[::-1]}))

    def reply(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("retry-after-ms", "1")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def server():
    """A server for one test, which may tell it what to answer."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def steady_server():
    """A server that only ever encodes."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Folder of a tiny BERT with random weights. Skips the test where sentence-transformers is not installed."""
    pytest.importorskip("sentence_transformers", reason="the extra [local] is not installed")
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    base = tmp_path_factory.mktemp("encoder")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "why", "is", "the", "sky", "blue", "and", "cold"]
    torch.manual_seed(0)
    shape = BertConfig(
        vocab_size=12, hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=96,
        max_position_embeddings=64,
    )  # fmt: skip
    BertModel(shape).save_pretrained(base / "bert")
    vocab = {word: place for place, word in enumerate(words)}
    BertTokenizerFast(vocab=vocab, model_max_length=64).save_pretrained(base / "bert")
    words_model = Transformer(str(base / "bert"), max_seq_length=64)
    SentenceTransformer(modules=[words_model, Pooling(48)], device="cpu").save(str(base / "tiny"))
    return base / "tiny"
