"""The client of /embeddings against a real server on this machine, which answers as it is told."""

import numpy as np
import pytest

from clioscope.embedding import encode_texts, open_embedder
from clioscope.embedding.address import AddressEmbedder
from clioscope.embedding.hashing import HashEmbedder
from clioscope.errors import ModelError
from clioscope.settings import EmbeddingSettings

TEXTS = [f"text number {i}" for i in range(10)]


def test_batches_come_back_in_order(server) -> None:
    embedder = open_embedder(EmbeddingSettings(model=f"{server.address} my-encoder", batch_size=4))
    rows = embedder.encode(TEXTS)
    np.testing.assert_allclose(rows, HashEmbedder(16).encode(TEXTS), atol=1e-6)
    assert sorted(len(body["input"]) for _, body in server.requests) == [2, 4, 4]
    assert {path for path, _ in server.requests} == {"/v1/embeddings"}
    assert {body["model"] for _, body in server.requests} == {"my-encoder"}
    assert embedder.id == "my-encoder" and embedder.dimension == 16


def test_the_first_model_of_the_server(server) -> None:
    assert open_embedder(EmbeddingSettings(model=server.address)).id == "encoder-7"


def test_refusals_that_pass_are_tried_again(server) -> None:
    server.first = [(429, "{}"), (503, "{}"), (500, "{}")]
    assert encode_texts(TEXTS, AddressEmbedder(server.address, "m"), None).shape == (10, 16)
    assert len(server.requests) == 4


def test_a_text_that_is_too_long_is_cut_alone(server) -> None:
    server.longest = 60
    texts = ["short", "x" * 200]
    rows = AddressEmbedder(server.address, "m").encode(texts)
    np.testing.assert_allclose(rows, HashEmbedder(16).encode(["short", "x" * 50]), atol=1e-6)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((401, "{}"), r"the key was refused \(401.*\); set CLIOSCOPE_API_KEY"),
        ((404, '{"error": {"message": "no such model"}}'), "no /embeddings for m"),
        ((400, '{"error": {"message": "bad input"}}'), "bad input"),
        ((200, '{"object": "list", "data": []}'), "0 vectors came back for 10 texts"),
        ((200, "<html>hello</html>"), "127.0.0.1"),
        ((200, '{"data": [' + ",".join(['{"index": 0, "embedding": [null]}'] * 10) + "]}"), "did not answer with vec"),
    ],
)
def test_each_failure_is_one_sentence(server, answer, problem) -> None:
    server.first = [answer]
    with pytest.raises(ModelError, match=problem):
        AddressEmbedder(server.address, "m").encode(TEXTS)


def test_a_missing_vector_is_noticed(server) -> None:
    server.drop = True
    with pytest.raises(ModelError, match="9 vectors came back for 10 texts"):
        AddressEmbedder(server.address, "m").encode(TEXTS)


def test_nobody_there() -> None:
    with pytest.raises(ModelError, match=r"http://127\.0\.0\.1:9/v1: nobody answers .*is the server running"):
        AddressEmbedder("http://127.0.0.1:9/v1", "m", retries=0).encode(["a"])


def test_a_rate_limit_costs_no_retry(server, monkeypatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("clioscope.embedding.address.time.sleep", waits.append)
    server.first = [(429, '{"error": {"message": "Slow down."}}')] * 3
    assert len(AddressEmbedder(server.address, "m", retries=0).encode(["plum"])) == 1
    assert waits == [0.001] * 3  # as its header says


def test_a_quota_that_is_used_up_ends_it_with_the_providers_words(server) -> None:
    server.first = [(429, '{"error": {"message": "Pay first.", "code": "insufficient_quota"}}')]
    with pytest.raises(ModelError, match=r"429: Pay first\."):
        AddressEmbedder(server.address, "m", retries=0).encode(["plum"])
    assert len(server.requests) == 1


def test_an_azure_deployment_is_its_own_model(server) -> None:
    host = server.address.removesuffix("/v1")
    embedder = AddressEmbedder(f"{host}/openai/deployments/words/embeddings?api-version=2024-06-01")
    embedder.encode(["plum"])
    assert embedder.id == "words"
    assert server.requests[0][0] == "/openai/deployments/words/embeddings?api-version=2024-06-01"
