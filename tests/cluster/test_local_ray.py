"""Questions and texts by Ray on this machine, against a server on loopback: each answered or in the ledger, once."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from conftest import fake_settings, make_records, write_jsonl
from extras import needs

from clioscope.cluster.connect import Connection
from clioscope.cluster.model import RayModel
from clioscope.cluster.rows import row_of
from clioscope.cluster.shards import Shards
from clioscope.cluster.work import do_work
from clioscope.models.account import Account
from clioscope.models.answers import ask_all
from clioscope.models.bulk import ask_in_bulk
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.ledger import Ledger
from clioscope.models.open import open_model
from clioscope.models.outcome import Outcome
from clioscope.models.store import Store, answer_key
from clioscope.settings import ClusterSettings, EmbeddingSettings, ModelSettings

pytestmark = [needs("ray", "ray"), pytest.mark.slow, pytest.mark.usefixtures("local_ray")]

SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}
DAYS = ["fine", "busy", "shaky", "slow", "refused", "useless", "fine", "held", "slow", "broken", "fine", "page"]


def questions(count, days=DAYS):
    return [
        ChatRequest(
            (("system", "Say."), ("user", f"{days[number % len(days)]}! Question {number}")),
            schema=SCHEMA,
            item=f"c{number}",
        )
        for number in range(count)
    ]


def parse(text):
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value["answer"]


def settings_for(server, **more):
    return ModelSettings(name=f"{server.address} stub", retries=1, concurrency=8, **more)


def bulk_model_for(server, folder, actors=2, batch=8):
    cluster = ClusterSettings(on="ray", actors=actors, batch=batch)
    return RayModel(settings_for(server), cluster, Connection("ray"), str(folder))


def in_bulk(model, requests, store, ledger):
    return ask_in_bulk(model, requests, parse, store=store, account=Account(), ledger=ledger, stage="facets", retries=1)


def test_every_question_is_answered_or_in_the_ledger_as_by_the_client_alone(chat, another_chat, tmp_path) -> None:
    other = {"type": "object", "properties": {"answer": {"type": "string", "minLength": 1}}, "required": ["answer"]}
    requests = questions(96) + [
        ChatRequest((("user", f"fine! Other {number}"),), schema=other, max_tokens=9, item=f"o{number}")
        for number in range(6)
    ]
    store, ledger = Store(":memory:"), Ledger()
    bulk = bulk_model_for(chat, tmp_path / "cluster")
    values = in_bulk(bulk, requests, store, ledger)
    plain_store, plain_ledger = Store(":memory:"), Ledger()
    model = open_model(settings_for(another_chat))
    given = {"store": plain_store, "account": Account(), "ledger": plain_ledger}
    plain = ask_all(model, requests, parse, stage="facets", retries=1, concurrency=1, **given)

    assert bulk.id == model.id == "stub"
    assert values == plain and values.count(None) == 40  # refused, useless, held, broken and page: 8 of each
    unanswered = {request.item for request, value in zip(requests, values, strict=True) if value is None}
    assert {one.item for one in ledger.failures} == unanswered
    here, there = ({(one.item, one.attempts, one.server) for one in one.failures} for one in (ledger, plain_ledger))
    assert here == there
    for request in requests:
        key = answer_key("stub", request)
        one, other = store.get_answer(key), plain_store.get_answer(key)
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert (one.text, one.prompt_tokens, one.truncated) == (other.text, other.prompt_tokens, other.truncated)
    # No more was posted than the client alone posts: one post each, and one more after each fault and useless answer.
    assert chat.posts == another_chat.posts
    assert all(count == 1 for text, count in chat.posts.items() if text.startswith(("fine!", "slow!")))
    assert {json.dumps(body, sort_keys=True) for body in chat.bodies} == {
        json.dumps(body, sort_keys=True) for body in another_chat.bodies
    }
    assert not (tmp_path / "cluster").exists()


def test_what_an_earlier_run_got_back_is_taken_and_not_asked(chat, tmp_path) -> None:
    requests = questions(16, ["fine"])
    shards = Shards(str(tmp_path / "c"))
    rows = [row_of(Outcome(answer_key("stub", request), ChatAnswer('{"answer": "kept"}'))) for request in requests]
    rows[-1] |= {"kind": "server", "reason": "late"}  # a fault of the server is no outcome: it is asked again
    folder = Path(shards.place("questions-x", "answered"))
    folder.mkdir(parents=True)
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(rows), folder / "whole.parquet")
    (folder / "torn.parquet").write_bytes((folder / "whole.parquet").read_bytes()[:100])
    values = in_bulk(bulk_model_for(chat, tmp_path / "c", actors=1), requests, Store(":memory:"), Ledger())
    assert values[:-1] == ["kept"] * 15 and len(values[-1]) == 8
    assert list(chat.posts) == [requests[-1].messages[-1][1]]
    assert not (tmp_path / "c").exists()


def test_nobody_at_the_address_ends_the_build_soon_with_a_sentence(chat, tmp_path) -> None:
    from clioscope.errors import ModelError

    chat.shutdown()
    chat.server_close()
    with pytest.raises(ModelError, match=r"stopped answering .*0 of the 40 answers that were missing are stored"):
        in_bulk(bulk_model_for(chat, tmp_path / "c", actors=1), questions(40, ["fine"]), Store(":memory:"), Ledger())


def test_an_error_of_ray_is_one_sentence(tmp_path, local_ray) -> None:
    from clioscope.errors import ModelError

    def fails(row):
        raise RuntimeError("the disk of a node is full")

    shards, rows = Shards(str(tmp_path)), [(str(number), "x") for number in range(4)]
    schema = {"key": "string", "text": "string"}
    with pytest.raises(ModelError, match=r"^Ray gave up \(.*the disk of a node is full\)$"):
        list(do_work(Connection("ray"), shards, "w", rows, schema, 2, lambda dataset: dataset.map(fails)))


def test_vectors_are_those_of_the_encoder_alone_to_the_bit(tmp_path) -> None:
    from clioscope.cluster.encoding import RayEmbedder
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder

    settings = EmbeddingSettings(model="hash")
    texts = [f"text {number} " + "word " * (number % 40) for number in range(700)]
    inner = open_embedder(settings)
    cluster = ClusterSettings(on="ray", encoders=2)
    embedder = RayEmbedder(inner, settings, cluster, Connection("ray"), str(tmp_path / "c"))
    steps: list[tuple[int, int]] = []
    store = Store(":memory:")
    made = encode_texts(texts, embedder, store, lambda *step: steps.append(step))
    assert np.array_equal(made, encode_texts(texts, inner, Store(":memory:")))
    assert steps[0] == (0, 700) and steps[-1] == (700, 700)
    assert not (tmp_path / "c").exists()
    embedder.encode_into = None  # all are stored: nothing is sent
    assert np.array_equal(encode_texts(texts, embedder, store), made)


def test_a_build_there_is_the_build_here(chat, tmp_path, monkeypatch) -> None:
    import clioscope

    words = ("bread", "python", "travel", "poem", "excel")
    chat.answer = lambda body: json.dumps(
        {"request": f"help with {next(w for w in words if w in str(body['messages'][-1]))}"}
    )
    path = write_jsonl(tmp_path / "chats.jsonl", make_records(120))
    common = {
        "model__name": f"{chat.address} stub",
        "facets__use": ("request",),
        "naming__model": "fake",
        "facets__ask": "all",
    }
    here = clioscope.build(path, tmp_path / "here", fake_settings(**common))
    count = sum(chat.posts.values())
    there = clioscope.build(path, tmp_path / "there", fake_settings(**common, cluster__on="ray", cluster__actors=2))
    assert sum(chat.posts.values()) == 2 * count
    for table in ("facets", "clusters", "tree"):
        assert getattr(there, table).equals(getattr(here, table)), table
    assert not (tmp_path / "there" / "cluster").exists()


def test_input_at_urls_is_read_as_it_is_here(tmp_path) -> None:
    import clioscope

    records = make_records(90)
    (tmp_path / "in").mkdir()
    files = [write_jsonl(tmp_path / "in" / f"{number}.jsonl", records[30 * number :][:40]) for number in range(3)]
    with files[2].open("a") as file:
        file.write('{"id": "x", "messages": []}\n')
    common = {"facets__use": ("request",), "input__keep_transcripts": True}
    settings = fake_settings(**common, cluster__on="ray")
    here = clioscope.build(tmp_path / "in", tmp_path / "here", fake_settings(**common))
    there = clioscope.build(f"file://{tmp_path}/in", tmp_path / "there", settings)
    for name in ("conversations", "occurrences", "transcripts", "facets", "tree"):
        tables = (pl.read_parquet(atlas.path / f"{name}.parquet") for atlas in (here, there))
        assert next(tables).equals(next(tables)), name
    assert there.manifest["counts"] == here.manifest["counts"]
    assert [one["path"] for one in there.manifest["sources"]] == [f"file://{path}" for path in files]
    rejected = (tmp_path / "there" / "rejected.jsonl").read_text()
    assert f"file://{files[2]}" in rejected and rejected.count("\n") == 1
    again = clioscope.build(f"file://{tmp_path}/in", tmp_path / "there", settings)  # nothing is read again
    assert again.manifest["stages"]["conversations"] == there.manifest["stages"]["conversations"]
