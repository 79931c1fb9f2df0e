"""A build whose questions are answered by batches, round by round."""

import json
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from batch_service import BatchService, share
from conftest import fake_settings, make_records, write_jsonl
from openai import OpenAI

import clioscope
from clioscope.errors import AtlasError, QuestionsWaiting, SettingsError
from clioscope.pipeline.questions import export_questions, import_answers, waiting_questions

pytestmark = pytest.mark.slow  # whole builds, many rounds


@pytest.fixture
def service() -> Iterator[BatchService]:
    with BatchService() as running:
        yield running


def settings_of(service: BatchService, **more):
    chosen = {
        "model__name": f"{service.address} tiny",
        "facets__ask": 30,
        "facets__screen": "Does it name a thing?",
        "clustering__method": "kmeans",
        "clustering__clusters": 6,
        "hierarchy__top": 2,
    }
    return fake_settings(**chosen | more)


def answered(service: BatchService, paths: list[Path], folder: Path) -> list[Path]:
    """The files that come back for some files of questions, fetched as a user would."""
    client = OpenAI(base_url=service.address, api_key="none", max_retries=0)
    came = []
    for path in paths:
        sent = client.files.create(file=path.open("rb"), purpose="batch")
        batch = client.batches.create(input_file_id=sent.id, endpoint="/v1/chat/completions", completion_window="24h")
        while batch.status not in ("completed", "expired"):
            batch = client.batches.retrieve(batch.id)
        for name in (batch.output_file_id, batch.error_file_id):
            if name is not None:
                came.append(folder / f"{name}.jsonl")
                came[-1].write_bytes(client.files.content(name).content)
    return came


def rounds(service, chats, out, settings, **more) -> list[str]:
    """Build in batches until the atlas is there; what was said at each stop."""
    said: list[str] = []
    while len(said) < 40:
        try:
            clioscope.build(chats, out, settings, batch=True, **more)
            return said
        except QuestionsWaiting as stop:
            said.append(str(stop))
        written = export_questions(out, out.parent / "questions.jsonl", rows=25)
        import_answers(out, answered(service, [one.path for one in written], out.parent))
    raise AssertionError(said)


def same_files(one: Path, other: Path) -> None:
    names = {path.name for path in one.iterdir() if path.suffix in (".parquet", ".npy", ".jsonl")}
    assert names == {path.name for path in other.iterdir() if path.suffix in (".parquet", ".npy", ".jsonl")}
    assert [name for name in sorted(names) if (one / name).read_bytes() != (other / name).read_bytes()] == []


def test_new_conversations_are_asked_about_by_batches_too(service, chats, tmp_path) -> None:
    atlas = clioscope.build(chats, tmp_path / "atlas", settings_of(service))
    new, to, said = write_jsonl(tmp_path / "new.jsonl", make_records(80)[60:]), tmp_path / "new.csv", list[str]()
    plain = atlas.assign(new, ask=8)
    while len(said) < 9:
        try:
            found = atlas.assign(new, ask=8, batch=to)
            break
        except QuestionsWaiting as stop:
            said.append(str(stop))
        assert to.with_name("new.csv.building").stat().st_mode & 0o077 == 0
        written = export_questions(to, tmp_path / "questions.jsonl")
        import_answers(to, answered(service, [one.path for one in written], tmp_path))
    let_in = min(8, 20 - int(plain.table["refused"].sum()))
    asked = f"facets: 0 of {let_in} answered, {let_in} waiting"
    assert said == ["screen: 0 of 20 answered, 20 waiting", asked]
    assert found.table.equals(plain.table) and found.failed == 0
    assert sorted(path.name for path in tmp_path.iterdir() if "building" in path.name) == []


def troubled(row, times):
    """Every fifth question fails once, in one way or another."""
    number = share(row["body"], "trouble")
    return ("expired", "429", "500")[int(number * 15)] if number < 0.2 and times == 1 else None


def test_batches_make_the_same_atlas_as_the_plain_client(service, chats, tmp_path) -> None:
    service.nonsense, service.trouble = 0.1, troubled
    settings = settings_of(service)
    plain = clioscope.build(chats, tmp_path / "plain", settings)
    asked = len(service.raw)
    said = rounds(service, chats, tmp_path / "atlas", settings)
    assert len(service.raw) == asked  # nothing was asked at once
    same_files(plain.path, tmp_path / "atlas")
    assert not (tmp_path / "atlas" / "waiting.sqlite").exists()
    made = clioscope.open(tmp_path / "atlas").manifest
    for name in ("settings", "models", "counts", "facets", "base_groups"):
        assert made[name] == plain.manifest[name]
    for stage, record in plain.manifest["stages"].items():
        assert made["stages"][stage].get("questions") == record.get("questions")
        if "cost" in record:
            assert made["stages"][stage]["cost"]["prompt_tokens"] == record["cost"]["prompt_tokens"]
    stages = list(dict.fromkeys(one.partition(":")[0] for one in said))
    assert stages[:2] == ["screen", "facets"] and {"names", "audit"} <= set(stages)
    assert max(service.came.values()) == 2  # only what failed was sent again
    assert said[0] == "screen: 0 of 60 answered, 60 waiting"


def test_rows_have_the_bytes_that_the_plain_client_sends(service, chats, tmp_path) -> None:
    settings = settings_of(service)
    clioscope.build(chats, tmp_path / "plain", settings)
    sent = set(service.raw)
    with pytest.raises(QuestionsWaiting):
        clioscope.build(chats, tmp_path / "atlas", settings, batch=True)
    (written,) = export_questions(tmp_path / "atlas", tmp_path / "questions.jsonl")
    lines = written.path.read_bytes().splitlines()
    assert len(lines) == 60
    for line in lines:
        body = line[line.index(b'"body":') + len(b'"body":') : -1]
        assert body in sent


def test_a_plain_build_goes_on_from_a_batch_and_asks_the_rest(service, chats, tmp_path) -> None:
    settings, out = settings_of(service), tmp_path / "atlas"
    with pytest.raises(QuestionsWaiting):
        clioscope.build(chats, out, settings, batch=True)
    service.expire_after = 40
    import_answers(out, answered(service, [one.path for one in export_questions(out, tmp_path / "q.jsonl")], tmp_path))
    assert str(waiting_questions(out)["screen"]) == "40 of 60 answered, 20 failed, 20 waiting"
    clioscope.build(chats, out, settings)
    assert sum(b"name a thing" in body for body in service.raw) == 20


def test_what_failed_is_left_out_on_demand_and_stands_in_the_ledger(service, chats, tmp_path) -> None:
    settings, out = settings_of(service), tmp_path / "atlas"
    kinds = ["expired", "500", "filter", "refusal", "400"]

    def trouble(row, times):
        return kinds[service.came.total() % 5] if len(seen) < 5 and not seen.append(1) else None

    seen: list[int] = []
    service.trouble = trouble
    said = rounds(service, chats, out, settings, without_failed=True)
    ledger = pl.read_parquet(out / "ledger.parquet")
    assert ledger["stage"].to_list() == ["screen"] * 5
    assert sorted(ledger["server"].to_list()) == [False] * 3 + [True] * 2
    reasons = " | ".join(ledger["reason"])
    for words in ("batch_expired", "Server error", "content_filter", "I cannot help", "bad text"):
        assert words in reasons
    counts = clioscope.open(out).manifest["counts"]
    assert (counts["failed"], counts["unserved"]) == (5, 2)
    assert len(said) == len(set(said))


def test_late_and_repeated_files_of_earlier_rounds_are_read(service, chats, tmp_path) -> None:
    settings, out = settings_of(service), tmp_path / "atlas"
    with pytest.raises(QuestionsWaiting):
        clioscope.build(chats, out, settings, batch=True)
    (written,) = export_questions(out, tmp_path / "q.jsonl")
    (results,) = answered(service, [written.path], tmp_path)
    lines = results.read_bytes().splitlines(keepends=True)
    first, rest = tmp_path / "first.jsonl", tmp_path / "rest.jsonl"
    fault = {"id": "x", "custom_id": json.loads(lines[59])["custom_id"], "response": None}
    first.write_bytes(b"".join(lines[:59]) + json.dumps(fault | {"error": {"code": "batch_expired"}}).encode())
    rest.write_bytes(lines[59])
    taken = import_answers(out, [first])
    assert (taken.stored, taken.failed) == (59, 1)
    assert pl.read_parquet(tmp_path / "atlas.building" / "ledger.parquet").height == 1
    with pytest.raises(QuestionsWaiting, match="facets: 0 of"):
        clioscope.build(chats, out, settings, batch=True, without_failed=True)
    again = import_answers(out, [rest, first, results])
    assert (again.stored, again.known) == (1, 60 + 60) and again.failed == again.others == 0
    assert pl.read_parquet(tmp_path / "atlas.building" / "ledger.parquet").height == 0
    assert waiting_questions(out)["facets"].waiting > 0


def test_a_service_that_wants_another_form_gets_it_in_the_next_file(service, chats, tmp_path) -> None:
    settings, out = settings_of(service), tmp_path / "atlas"

    def trouble(row, times):
        if "max_tokens" in row["body"]:
            return "Unsupported parameter: 'max_tokens' is not supported; use 'max_completion_tokens' instead."
        return None

    service.trouble = trouble
    with pytest.raises(QuestionsWaiting):
        clioscope.build(chats, out, settings, batch=True)
    first = answered(service, [one.path for one in export_questions(out, tmp_path / "q.jsonl")], tmp_path)
    taken = import_answers(out, first)
    assert (taken.failed, taken.reformed, taken.stored) == (60, 60, 0)
    assert import_answers(out, first).repeated == 60
    (written,) = export_questions(out, tmp_path / "q.jsonl")
    bodies = [json.loads(line)["body"] for line in written.path.read_text().splitlines()]
    assert all("max_completion_tokens" in body and "max_tokens" not in body for body in bodies)


def test_what_cannot_wait_is_said(service, chats, tmp_path) -> None:
    with pytest.raises(SettingsError, match="--batch: fake is not asked by files"):
        clioscope.build(chats, tmp_path / "atlas", fake_settings(), batch=True)
    assert not (tmp_path / "atlas.building").exists()
    with pytest.raises(AtlasError, match="there is no such atlas"):
        export_questions(tmp_path / "none", tmp_path / "q.jsonl")
    with pytest.raises(QuestionsWaiting):
        clioscope.build(chats, tmp_path / "atlas", settings_of(service), batch=True)
    with pytest.raises(SettingsError, match="there are openai, vllm, azure, mistral, anthropic"):
        export_questions(tmp_path / "atlas", tmp_path / "q.jsonl", format="parquet")
    with pytest.raises(SettingsError, match="no questions of this stage wait; those of screen do"):
        export_questions(tmp_path / "atlas", tmp_path / "q.jsonl", stage="names")
    assert list(tmp_path.glob("*q.jsonl*")) == []


def test_a_model_without_an_address_is_asked_by_files_only(service, chats, tmp_path) -> None:
    settings = settings_of(service, model__name="batch:tiny")
    with pytest.raises(QuestionsWaiting):
        clioscope.build(chats, tmp_path / "atlas", settings)
    (written,) = export_questions(tmp_path / "atlas", tmp_path / "q.jsonl", format="vllm")
    assert (written.model, written.questions) == ("tiny", 60)
    import_answers(tmp_path / "atlas", answered(service, [written.path], tmp_path))
    with pytest.raises(QuestionsWaiting, match="facets: 0 of 30"):
        clioscope.build(chats, tmp_path / "atlas", settings)


def test_an_update_waits_and_goes_on(service, chats, tmp_path) -> None:
    settings, out = settings_of(service, facets__screen=None), tmp_path / "atlas"
    clioscope.build(chats, out, settings)
    new = write_jsonl(tmp_path / "new.jsonl", make_records(70)[60:])
    asked, stops = len(service.raw), 0
    while True:
        try:
            made = clioscope.update(out, new, batch=True, ask="all")
            break
        except QuestionsWaiting:
            stops += 1
        written = export_questions(out, tmp_path / "q.jsonl")
        import_answers(out, answered(service, [one.path for one in written], tmp_path))
    assert stops and len(service.raw) == asked
    assert made.manifest["counts"]["conversations"] == 70
    assert not (out / "waiting.sqlite").exists()
