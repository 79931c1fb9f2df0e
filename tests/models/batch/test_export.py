"""Waiting questions as files."""

import json

import pytest

from clioscope.errors import ClioscopeError
from clioscope.models.batch.export import export_waiting
from clioscope.models.chat import ChatAnswer
from clioscope.models.profile import Habits


def export(waiting, path, form="openai", **limits):
    return export_waiting(waiting.waitlist, waiting.store, path, form, **limits)


def rows(*written):
    return [json.loads(line) for one in written for line in one.path.read_bytes().splitlines()]


def test_one_file_in_the_order_of_the_questions(waiting, tmp_path) -> None:
    waiting.ask(5)
    (written,) = export(waiting, tmp_path / "deep" / "questions.jsonl")
    assert [row["custom_id"] for row in rows(written)] == waiting.keys
    assert (written.questions, written.size) == (5, written.path.stat().st_size)
    assert (written.model, written.endpoint) == ("tiny", "/chat/completions")
    assert written.path.stat().st_mode & 0o777 == 0o600  # it holds conversations


def test_what_is_answered_is_not_written(waiting, tmp_path) -> None:
    waiting.ask(5)
    waiting.store.put_answer(waiting.keys[3], ChatAnswer("{}"))
    (written,) = export(waiting, tmp_path / "q.jsonl")
    assert [row["custom_id"] for row in rows(written)] == [key for key in waiting.keys if key != waiting.keys[3]]
    for key in waiting.keys:
        waiting.store.put_answer(key, ChatAnswer("{}"))
    assert export(waiting, tmp_path / "none.jsonl") == []
    assert not (tmp_path / "none.jsonl").exists()


def test_files_are_split_by_rows_and_by_size(waiting, tmp_path) -> None:
    waiting.ask(5)
    by_rows = export(waiting, tmp_path / "q.jsonl", rows=2)
    assert [(one.path.name, one.questions) for one in by_rows] == [("q-1.jsonl", 2), ("q-2.jsonl", 2), ("q-3.jsonl", 1)]
    line = by_rows[0].size // 2
    by_size = export(waiting, tmp_path / "s.jsonl", size=line * 3 + 1)
    assert [one.questions for one in by_size] == [3, 2]
    assert [row["custom_id"] for row in rows(*by_size)] == waiting.keys
    with pytest.raises(ClioscopeError, match="is larger than a file may be"):
        export(waiting, tmp_path / "t.jsonl", size=line - 50)
    assert {path.name for path in tmp_path.iterdir() if "jsonl" in path.name} == {
        *("q-1.jsonl", "q-2.jsonl", "q-3.jsonl", "s-1.jsonl", "s-2.jsonl")
    }


def test_a_file_has_one_model(waiting, tmp_path) -> None:
    waiting.ask(2)
    waiting.ask(1, name="batch:other")
    waiting.waitlist.add("names", "tiny", ((one, 0, 1) for one in waiting.asked))
    written = export(waiting, tmp_path / "q.jsonl")
    assert {one.model: one.questions for one in written} == {"other": 1, "tiny": 1}
    (names,) = export(waiting, tmp_path / "n.jsonl", stage="names")
    assert names.model == "tiny"


def test_the_form_is_that_of_the_service(waiting, tmp_path) -> None:
    waiting.ask(1, name="batch:qwen3-8b")
    bodies = {
        form: rows(*export(waiting, tmp_path / f"{form}.jsonl", form))[0]
        for form in ("openai", "vllm", "azure", "mistral", "anthropic")
    }
    assert bodies["vllm"]["body"]["chat_template_kwargs"] == {"enable_thinking": False}
    assert "chat_template_kwargs" not in bodies["openai"]["body"]
    assert bodies["azure"]["url"] == "/chat/completions" and bodies["openai"]["url"] == "/v1/chat/completions"
    assert "seed" not in bodies["mistral"]["body"] and bodies["mistral"]["body"]["random_seed"] == 0
    assert bodies["anthropic"]["params"]["system"] == "Be brief."


def test_what_was_learnt_of_a_service_holds_for_its_form_alone(waiting, tmp_path) -> None:
    waiting.ask(1)
    export(waiting, tmp_path / "q.jsonl")
    waiting.waitlist.put_habits(waiting.model, "openai", Habits(dialect="other", dropped={"seed"}))
    assert "seed" not in rows(*export(waiting, tmp_path / "q.jsonl"))[0]["body"]
    assert "seed" in rows(*export(waiting, tmp_path / "q.jsonl", "azure"))[0]["body"]


def test_a_place_that_cannot_be_written(waiting, tmp_path) -> None:
    waiting.ask(1)
    (tmp_path / "file").touch()
    with pytest.raises(ClioscopeError, match=r"cannot be written \((Not a directory|File exists)\)"):
        export(waiting, tmp_path / "file" / "q.jsonl")
