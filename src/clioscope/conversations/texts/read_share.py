"""How much of a conversation reached the language model, and how much of it is encoded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from clioscope.conversations.conversation import Message
from clioscope.conversations.transcript import LABELS, TEXTS_MOST, turns_of


class ReadShare(NamedTuple):
    """Shares from 0 to 1. ``read_…``: of the condensed transcript that a language model reads; ``text_…``: of the raw
    text that is encoded.

    Characters are those that the user wrote (the assistant, in a conversation without a user), without white space.
    ``read_turns`` counts the turns of user and assistant of which anything is there, ``text_turns`` those of the user.
    """

    read_characters: float
    read_turns: float
    text_characters: float
    text_turns: float


def read_share(messages: Sequence[Message], transcript: str, text: str) -> ReadShare:
    """What of ``messages`` stands in ``transcript`` (made by ``condense``) and in ``text`` (made by ``user_text``).

    A conversation without words counts as read.
    """
    from clioscope.conversations.texts.shorten import CUT

    runs = [(role, "".join(one.content for one in run)) for role, run in groupby(messages, key=lambda one: one.role)]
    spoken = [(role, size) for role, content in runs if role in LABELS and (size := _size(content))]
    leading = "assistant" if {role for role, _ in spoken} == {"assistant"} else "user"
    whole = sum(size for role, size in spoken if role == leading)
    written = sum(1 for one in messages if one.role == "user" and one.content.strip())
    shown = [(role, _size(part.replace(CUT, ""))) for role, part in turns_of(transcript)]
    return ReadShare(
        _share(sum(size for role, size in shown if role == leading), whole),
        _share(sum(1 for _, size in shown if size), len(spoken)),
        _share(_size(text), whole) if leading == "user" else 0.0,
        _share(min(written, TEXTS_MOST), written) if leading == "user" else 0.0,
    )


def _size(text: str) -> int:
    """Characters without white space."""
    return sum(map(len, text.split()))


def _share(part: int, whole: int) -> float:
    return min(1.0, part / whole) if whole else 1.0
