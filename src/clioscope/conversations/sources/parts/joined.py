"""Several requests of one conversation, joined. Most repeat what was said before, some go on without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from clioscope.conversations.messages.turns import Turns

REPEATED = "requests that repeat an earlier part of the same conversation"
BESIDE = "requests of the same conversation that go another way than the longest"


class Joined(Turns):
    """The turns of a conversation. ``repeats`` counts requests that add nothing, ``beside`` those that differ from
    what was said before."""

    def __init__(self) -> None:
        super().__init__()
        self.repeats = 0
        self.beside = 0


GoOn = Literal["always", "alike", "never"]


def join(parts: Iterable[Turns], go_on: GoOn) -> Joined:
    """Join requests in the given order. Memory holds one at a time.

    A request that begins with the end of what was said before adds its rest. A request with the same first message that
    then differs is a new answer or an edit: the longer of the two stays. Any other request holds only new messages, or
    belongs to something else (a title to be made, a sub-agent). ``go_on`` says whether it is added: always, where its
    system prompt is the same, or never. If it is not added, the longest stays.
    """
    joined = Joined()
    for part in parts:
        spoken = spoken_turns(part)
        if not spoken:
            joined.flaws += part.flaws
            joined.lost += part.lost
            continue
        before = spoken_turns(joined)
        overlap = _overlap(before, spoken)
        if overlap:
            joined.repeats += bool(before)
            _append(joined, part, overlap)
        elif not before or (spoken[0] != before[0] and _goes_on(joined, part, go_on)):
            _append(joined, part, 0)
        elif spoken == before[: len(spoken)]:
            joined.repeats += 1
        else:
            joined.beside += 1
            if len(spoken) >= len(before):
                _replace(joined, part)
    return joined


def _goes_on(joined: Turns, part: Turns, go_on: GoOn) -> bool:
    if go_on != "alike":
        return go_on == "always"
    before, after = (next((text for role, text in turns if role == "system"), None) for turns in (joined, part))
    return after is None or before == after


def spoken_turns(turns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What was said, without the system's part, so that white space makes no difference."""
    return [(role, " ".join(text.split())) for role, text in turns if role != "system" and text.strip()]


def _overlap(before: list[tuple[str, str]], spoken: list[tuple[str, str]]) -> int:
    """How many of the first turns of ``spoken`` are the last of ``before``. Linear (Knuth, Morris and Pratt)."""
    links = [0] * len(spoken)
    held = 0
    for place in range(1, len(spoken)):
        while held and spoken[place] != spoken[held]:
            held = links[held - 1]
        held += spoken[place] == spoken[held]
        links[place] = held
    held = 0
    for message in before[-len(spoken) :]:
        while held and (held == len(spoken) or message != spoken[held]):
            held = links[held - 1]
        held += held < len(spoken) and message == spoken[held]
    return held


def _append(joined: Joined, part: Turns, skip: int) -> None:
    """Add the turns after the first ``skip`` that were said. What the system said before is not repeated."""
    systems = {text for role, text in joined if role == "system"}
    for role, text in part:
        if role == "system":
            if text not in systems and not (skip and joined):
                joined.append((role, text))
        elif text.strip():
            skip -= 1
            if skip < 0:
                joined.append((role, text))
    joined.flaws += [flaw for flaw in part.flaws if flaw not in joined.flaws]
    joined.lost = max(joined.lost, part.lost) if skip > 0 else joined.lost + part.lost


def _replace(joined: Joined, part: Turns) -> None:
    joined[:] = part
    joined.flaws, joined.lost = list(part.flaws), part.lost
