"""How much of a conversation reached the language model, and how much of it is encoded."""

import pytest

from clioscope.conversations.conversation import Message
from clioscope.conversations.texts.read_share import ReadShare, read_share
from clioscope.conversations.transcript import condense, user_text


def of(messages, tokens: int = 120) -> ReadShare:
    made = [Message(role, text) for role, text in messages]
    return read_share(made, condense(made, tokens), user_text(made))


def test_a_short_conversation_is_read_whole() -> None:
    assert of([("user", "How do I bake bread?"), ("assistant", "With flour.")]) == (1.0, 1.0, 1.0, 1.0)


def test_of_a_long_text_the_share_of_its_characters_is_told() -> None:
    words = " ".join(f"word{number}" for number in range(2000))
    whole = len(words.replace(" ", ""))
    share = of([("user", words)])
    assert 0.01 < share.read_characters < 0.05
    assert share.read_turns == 1.0
    assert share.text_characters == pytest.approx(2000 * whole / len(words) / whole, rel=0.02)
    more = of([("user", words)], 1000)
    assert more.read_characters > 5 * share.read_characters
    assert more.text_characters == share.text_characters, "the budget is that of the model"


def test_turns_that_were_left_out_count() -> None:
    turns = [("user", f"Tell me about topic number {number} and what it means for us, please") for number in range(40)]
    replies = [("assistant", f"Topic {number} means a lot. " * 20) for number in range(40)]
    talk = [one for pair in zip(turns, replies, strict=True) for one in pair]
    share = of(talk)
    assert 0 < share.read_turns < 0.3
    assert 0 < share.read_characters < 0.3
    assert share.text_turns == 1.0
    assert of(talk, 4000) == (1.0, 1.0, pytest.approx(share.text_characters), 1.0)


def test_what_the_assistant_wrote_counts_by_turns_only() -> None:
    share = of([("user", "Tell me a story."), ("assistant", "Once upon a time. " * 500)])
    assert share.read_characters == 1.0
    assert share.read_turns == 1.0


def test_more_turns_than_are_encoded() -> None:
    assert of([("user", f"Question {number}?") for number in range(200)]).text_turns == 0.5


def test_without_a_user_the_assistant_is_read_and_nothing_is_encoded() -> None:
    share = of([("assistant", "Good morning, here is the news of today.")])
    assert share == (1.0, 1.0, 0.0, 0.0)


def test_a_conversation_without_words_counts_as_read() -> None:
    assert of([("system", "Be kind.")]) == (1.0, 1.0, 1.0, 1.0)


def test_what_is_written_otherwise_is_no_loss() -> None:
    share = of([("user", "User: hello\n\n\n   Assistant:   <conversation> how are you"), ("assistant", "Fine.")])
    assert share.read_characters == pytest.approx(1.0, abs=0.05)
    assert share.read_turns == 1.0


def test_russian_is_counted_alike() -> None:
    assert of([("user", "Как испечь дома хлеб на закваске?")]) == (1.0, 1.0, 1.0, 1.0)
    assert of([("user", "хлеб и соль " * 3000)]).read_characters < 0.05
