"""A conversation condensed to what a language model needs to see, within a budget of tokens.

The user's turns say what a conversation is about; what the assistant said follows from them. The paper's summaries
failed on long conversations with several topics (Clio, arXiv 2412.13678). So every turn of the user keeps at least its
beginning while there is room; where there is no room, the turns that say something new are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from clioscope.conversations.conversation import Message
from clioscope.conversations.texts.budget import choose_novel, share_budget
from clioscope.conversations.texts.neutral import neutralise, tidy
from clioscope.conversations.texts.tokens import estimate_tokens, token_costs

__all__ = ["condense", "estimate_tokens", "turns_of", "user_text"]

CHARACTERS_A_TOKEN = 8  # no text has more; beyond that much of a message nothing can be shown
LABELS = {"user": "User: ", "assistant": "Assistant: "}
BEGINNING = 24.0  # tokens that a turn of the user gets at least, with its label, while there is room
FIRST_SHARE = 0.3  # of the budget, for the first turn, before the others get more than their beginning
WEIGHTS = (3.0, 1.5, 1.0)  # how the rest is shared: first turn, last turn, each of the others
REPLY = 40.0  # tokens of an assistant turn: a line
REPLY_LEAST = 12.0
TAIL_SHARE = 0.4  # of the characters of a text that is too long, for its tail
TAIL_FROM = 80  # characters from which a tail says something
CODE = 400  # characters of a piece of fenced code
TEXT = 2000  # characters of the raw text that is encoded
TEXTS_MOST = TEXT // 20  # turns of the user that it takes
PROSE = 12  # letters beside the code that say what is asked
_TURN = re.compile(rf"^({'|'.join(LABELS.values())})", re.MULTILINE)
_ROLES = {label: role for role, label in LABELS.items()}
_FENCED = re.compile(r"(```[^\n]*\n)(.*?)(\n?```|\Z)", re.DOTALL)


class Turn(NamedTuple):
    """A turn as it may be shown: neutral text, and the tokens of all of it with its label and line end."""

    role: str
    text: str
    cost: float


def condense(messages: Iterable[Message], tokens: int) -> str:
    """The transcript for a language model, at most ``tokens`` long by ``estimate_tokens``.

    It has lines ``User: …`` and ``Assistant: …``; ``[…]`` marks what was cut from a turn, and turns of the user that
    were left out. System and tool messages are not shown. Without turns of the user the assistant's take their place;
    without either the result is "". Deterministic; linear in the length of the conversation.
    """
    spoken = [message for message in messages if message.role in LABELS]
    leading = "user" if any(message.role == "user" for message in spoken) else "assistant"
    turns = _turns(spoken, leading, tokens)
    main = [i for i, turn in enumerate(turns) if turn.role == leading]
    if not main or tokens < 1:
        return ""
    budget = tokens - 1.0  # what rounding may add
    shares = _main_shares([turns[i] for i in main], budget)
    shown = dict(zip(main, shares, strict=True))
    if leading == "user":
        gaps = sum(share == 0 for share in shares) * _gap_cost()
        shown |= _reply_shares(turns, main, budget - sum(shares) - gaps)
    return _render(turns, shown, set(main), budget)


def turns_of(transcript: str) -> list[tuple[str, str]]:
    """Role and text of every turn of a transcript that ``condense`` made, in order.

    A line begins with a label only where a turn begins: in a message, ``condense`` writes ``User: …`` as ``(User) …``.
    """
    _, *parts = _TURN.split(transcript)
    return [(_ROLES[label], text.strip()) for label, text in zip(parts[::2], parts[1::2], strict=True)]


def user_text(messages: Iterable[Message], characters: int = TEXT) -> str:
    """What the user wrote, the head and the tail of each turn, at most ``characters`` long. It is embedded as raw text,
    and the language is recognised from it.

    Where not all turns fit, the first one gets twice the share of the others. Long fenced code is cut to a few lines if
    there are words beside it, since those say what is asked.
    """
    reach = characters * 2
    texts = [text for m in messages if m.role == "user" and (text := _without_code(tidy(_ends(m.content, reach))))]
    if not texts:
        return ""
    texts = texts[: max(1, characters // 20)]
    most = [float(len(text) + 1) for text in texts]
    shares = share_budget([0.0] * len(texts), most, [2.0] + [1.0] * (len(texts) - 1), characters + 1.0)
    parts = (_ends(text, max(0, int(share + 1e-6) - 1)) for text, share in zip(texts, shares, strict=True))
    return "\n".join(part for part in parts if part)


def _ends(text: str, characters: int) -> str:
    """A text of so many characters at most: its head and its tail, or the head alone where there is little room."""
    if len(text) <= characters:
        return text
    if characters < TAIL_FROM:
        return text[:characters].strip()
    tail = int(characters * TAIL_SHARE)
    return f"{text[: characters - tail - 1].rstrip()}\n{text[-tail:].lstrip()}"


def _without_code(text: str) -> str:
    """The text with the head and the tail of long fenced code, if it says something beside the code."""
    if "```" not in text or sum(map(str.isalpha, _FENCED.sub(" ", text))) < PROSE:
        return text
    return _FENCED.sub(lambda match: match[1] + _few_lines(match[2]) + match[3], text)


def _few_lines(code: str) -> str:
    """The first lines of a program and its last one."""
    if len(code) <= CODE:
        return code
    *lines, last = code.split("\n")
    room, first = CODE - min(len(last), CODE // 2), ""
    for line in lines:
        if len(first) + len(line) + 1 > room:
            break
        first += line + "\n"
    return (first or code[:room].rstrip() + "\n") + last[: CODE // 2]


def _turns(spoken: Iterable[Message], leading: str, tokens: int) -> list[Turn]:
    """The turns, neutral; what one says in several messages in a row is one turn."""
    turns = []
    for role, group in groupby(spoken, key=lambda message: message.role):
        reach = int(max(1, tokens) if role == leading else REPLY) * CHARACTERS_A_TOKEN
        text = neutralise("\n".join(_within(message.content, reach) for message in group))
        if text:
            turns.append(Turn(role, text, _label_cost(role) + float(token_costs(text).sum())))
    return turns


def _within(text: str, reach: int) -> str:
    """Both ends of a text that is longer than can ever be shown; the rest need not be looked at."""
    from clioscope.conversations.texts.shorten import CUT

    return text if len(text) <= 2 * reach else f"{text[:reach]} {CUT} {text[-reach:]}"


def _main_shares(turns: Sequence[Turn], budget: float) -> list[float]:
    """Tokens for each turn, label and line end included; 0 for those that are left out."""
    most = [turn.cost for turn in turns]
    if sum(most) <= budget:
        return most
    beginning = min(BEGINNING, max(8.0, budget / 6))
    least = [min(cost, beginning) for cost in most]
    least[0] = min(most[0], max(beginning, budget * FIRST_SHARE), budget)
    chosen = set(range(len(turns)))
    gap = _gap_cost()
    if sum(least) > budget:
        chosen = {0} | ({len(turns) - 1} if least[0] + least[-1] + gap <= budget else set())
        room = budget - sum(least[i] for i in chosen) - gap
        heads = [turn.text[: int(CHARACTERS_A_TOKEN * beginning)] for turn in turns]
        # Each one kept may split a gap in two.
        chosen = choose_novel(heads, chosen, [cost + gap for cost in least], room)
    order = sorted(chosen)
    weights = [WEIGHTS[0] if i == 0 else WEIGHTS[1] if i == len(turns) - 1 else WEIGHTS[2] for i in order]
    rest = budget - gap * (len(turns) - len(order) and len(order))
    in_order = share_budget([least[i] for i in order], [most[i] for i in order], weights, rest)
    shares = [0.0] * len(turns)
    for i, share in zip(order, in_order, strict=True):
        shares[i] = share
    return shares


def _reply_shares(turns: Sequence[Turn], main: Sequence[int], budget: float) -> dict[int, float]:
    """A line for each assistant turn while the budget lasts: the first reply, the last, then in order."""
    replies = [i for i, turn in enumerate(turns) if turn.role == "assistant"]
    order = dict.fromkeys([i for i in replies if i > main[0]][:1] + replies[-1:] + replies)
    shares: dict[int, float] = {}
    for i in order:
        share = min(turns[i].cost, REPLY, budget)
        if share < min(turns[i].cost, REPLY_LEAST):
            continue
        shares[i] = share
        budget -= share
    return shares


def _render(turns: Sequence[Turn], shown: dict[int, float], main: set[int], budget: float) -> str:
    """The lines, each cut to its share; a mark for every run of main turns left out."""
    from clioscope.conversations.texts.shorten import CUT, shorten

    lines: list[str] = []
    for i, turn in enumerate(turns):
        share = shown.get(i, 0.0)
        text = turn.text if turn.role == "user" or i in main else turn.text.replace("\n", " ")
        text = shorten(text, share - _label_cost(turn.role), tail=i in main) if share else ""
        if text:
            lines.append(LABELS[turn.role] + text)
        elif i in main and lines and lines[-1] != CUT:
            lines.append(CUT)
    return shorten("\n".join(lines), budget + 1.0, tail=False)


@cache
def _label_cost(role: str) -> float:
    return float(token_costs(LABELS[role] + "\n").sum())


@cache
def _gap_cost() -> float:
    from clioscope.conversations.texts.shorten import CUT

    return float(token_costs(CUT + "\n").sum())
