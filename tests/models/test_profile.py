"""The kind of server, from what it says of its models."""

import pytest

from clioscope.models.profile import Habits, Profile, dialect_of


@pytest.mark.parametrize(
    ("owner", "dialect"),
    [
        ("llamacpp", "llama.cpp"),
        ("vllm", "vllm"),
        ("SGLang", "sglang"),
        ("library", "ollama"),
        ("openai", "other"),
        ("", "other"),
        (None, "other"),
    ],
)
def test_a_server_is_known_by_the_owner_of_its_models(owner, dialect) -> None:
    assert dialect_of({"data": [{"id": "m", "owned_by": owner}]}) == dialect


@pytest.mark.parametrize(
    "reply", [None, "<html>", [], {}, {"data": None}, {"data": []}, {"data": ["m"]}, {"data": [{"id": "m"}]}]
)
def test_any_other_reply_is_of_another_server(reply) -> None:
    assert dialect_of(reply) == "other"


def test_one_clients_habits_are_not_anothers() -> None:
    one, other = Habits(), Habits()
    one.dropped.add("seed")
    one.renamed["a"] = "b"
    assert (other.dropped, other.renamed) == (set(), {})
    assert Profile() == Profile(reasoning="none", endpoint="chat")
