"""Turns of the user, and follow-ups."""

import pytest

from clioscope.conversations.conversation import Message
from clioscope.segments import turns_of
from clioscope.segments.turns import says_nothing


def test_messages_in_a_row_are_one_turn_and_others_belong_to_the_turn_before() -> None:
    messages = [
        *(Message("system", "Be brief."), Message("user", "Rye bread recipe"), Message("user", "without yeast")),
        *(Message("assistant", "Mix …"), Message("user", "Thanks!"), Message("assistant", "Welcome.")),
        *(Message("tool", "ok"), Message("user", "Now fix my python loop")),
    ]
    turns = turns_of(messages)
    assert [(turn.text, turn.first, turn.follows) for turn in turns] == [
        ("Rye bread recipe\nwithout yeast", 1, False),
        ("Thanks!", 4, True),
        ("Now fix my python loop", 7, False),
    ]


def test_no_turns() -> None:
    assert turns_of([]) == []
    assert turns_of([Message("assistant", "Hello!")]) == []


def test_the_first_turn_never_follows() -> None:
    assert [turn.follows for turn in turns_of([Message("user", "continue")])] == [False]


@pytest.mark.parametrize("text", ["continue", "Thanks a lot!", "ok, go on", "Yes please", "продолжай", "спасибо", "2"])
def test_follow_ups(text) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text", ["And in Paris?", "What about the invoice", "а в Париже?", "ok go on " * 20, "继续写关于巴黎的文章"]
)
def test_what_says_something(text) -> None:
    assert not says_nothing(text)
