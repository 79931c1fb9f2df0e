"""The user's turns of a conversation, and which of them say nothing by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from clioscope.conversations.conversation import Message
from clioscope.conversations.texts.stopwords import plain_verbs, stopwords, vague_words
from clioscope.conversations.texts.words import normal, words
from clioscope.conversations.transcript import user_text

TURN = 400  # characters of a turn that are read: its head and its tail say what it is about
FOLLOWING = 60  # characters; a longer turn says something, whatever its words


class Turn(NamedTuple):
    """``text``: what the user says, shortened. ``first``: the place of the turn's first message in the conversation.
    ``follows``: whether it says nothing without the turn before it ("thanks", "continue", "a shorter one")."""

    text: str
    first: int
    follows: bool


def turns_of(messages: Sequence[Message]) -> list[Turn]:
    """The turns of the user in order; what the user says in several messages in a row is one turn.

    A turn without text follows. The first turn never does.
    """
    starts = [
        place
        for place, message in enumerate(messages)
        if message.role == "user" and (place == 0 or messages[place - 1].role != "user")
    ]
    turns: list[Turn] = []
    for start, end in pairwise((*starts, len(messages))):
        text = user_text(messages[start:end], TURN)
        turns.append(Turn(text, start, bool(turns) and says_nothing(text)))
    return turns


def says_nothing(text: str) -> bool:
    """Whether a text has nothing but words that any request may have, in any of the languages that are listed."""
    if len(text) > FOLLOWING:
        return False
    return not any(_tells(word) for word in words(normal(text).casefold()))


def _tells(word: str) -> bool:
    return not word.isdecimal() and not any(word in listed for listed in _plain())


def _plain() -> Iterable[frozenset[str]]:
    return stopwords(), plain_verbs(), vague_words(), _onward()


@cache
def _onward() -> frozenset[str]:
    """Words with which a conversation goes on, or ends."""
    return frozenset(files(__package__).joinpath("onward.txt").read_text(encoding="utf-8").split())
