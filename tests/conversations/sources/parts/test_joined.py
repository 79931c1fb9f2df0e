"""Several requests of one conversation put together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clioscope.conversations.messages.turns import Turns
from clioscope.conversations.sources.parts.joined import join

SYSTEM = ("system", "S")


def turns(*texts: str) -> Turns:
    """Turns of user and assistant by turns; a text that begins with ``a`` is the assistant's."""
    return Turns([SYSTEM, *(("assistant" if text[0] == "a" else "user", text) for text in texts)])


def test_requests_that_repeat_the_history() -> None:
    joined = join([turns("u1", "a1"), turns("u1", "a1", "u2", "a2"), turns("u1")], "never")
    assert joined == turns("u1", "a1", "u2", "a2")
    assert (joined.repeats, joined.beside) == (2, 0)


def test_requests_with_the_last_messages_alone() -> None:
    joined = join([turns("u1", "a1", "u2", "a2"), turns("u2", "a2", "u3", "a3")], "never")
    assert joined == turns("u1", "a1", "u2", "a2", "u3", "a3")


def test_requests_with_new_messages_go_on_where_that_is_said() -> None:
    parts = [turns("u1", "a1"), turns("u2", "a2")]
    assert join(parts, "always") == turns("u1", "a1", "u2", "a2")
    other = join(parts, "never")
    assert (other, other.beside) == (turns("u2", "a2"), 1)


def test_of_two_answers_to_one_question_the_longer_way_stays() -> None:
    joined = join([turns("u1", "a1", "u2", "a2"), turns("u1", "a1b")], "always")
    assert (joined, joined.beside) == (turns("u1", "a1", "u2", "a2"), 1)


def test_a_request_with_another_system_prompt_is_something_else() -> None:
    title = Turns([("system", "Make a title."), ("user", "u9")])
    assert join([turns("u1", "a1"), title, turns("u2", "a2")], "alike") == turns("u1", "a1", "u2", "a2")


@given(st.lists(st.sampled_from(["ux", "uy", "ax"]), min_size=1, max_size=8), st.integers(1, 8), st.integers(0, 3))
def test_pieces_of_a_conversation_that_overlap_give_it_back(texts: list[str], size: int, back: int) -> None:
    unique = [f"{text}{number}" for number, text in enumerate(texts)]
    step = max(1, size - back)
    parts = [turns(*unique[start : start + size]) for start in range(0, len(unique), step)]
    assert join(parts, "always") == turns(*unique)
