"""Ask for names: the prompt, its schema, and the choice among candidates by what they retrieve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.neutral import neutralise
from clioscope.conversations.texts.titles import numbered, without_number
from clioscope.conversations.texts.whole import breaks_off, whole_phrase, whole_sentences
from clioscope.facets.scrub import REMOVED
from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.prompts import example_turns, render

_WORD = 12  # characters before its limit at which a description was cut: the end of a word may have been
_ENDS = ",;:]}"  # what follows the mark that closes a string of a list
_TEXT = 160  # characters of a member that are shown
DESCRIPTION = 280  # characters of a description


class Label(NamedTuple):
    """A name, a description of two sentences, and the phrases that set the group apart, best first.

    ``mixed``: the members have too little in common for a name, and the name says so. ``code``: that of a given
    category, whose name nobody changes; None for a group that was found.
    """

    name: str
    description: str
    phrases: tuple[str, ...] = ()
    mixed: bool = False
    code: str | None = None


class Proposal(NamedTuple):
    """What the model answered: a description and several names, repaired where they broke off.

    ``cut``: the names that broke off. ``broken``: whether the description did.
    """

    description: str
    names: tuple[str, ...]
    cut: frozenset[str] = frozenset()
    broken: bool = False


def naming_schema(candidates: int, words: int) -> dict[str, Any]:
    """JSON schema of a proposal. The description comes first: it is the model's thinking (Clio G.5)."""
    return {
        "type": "object",
        "properties": {
            "description": {"type": "string", "maxLength": DESCRIPTION},
            "names": {
                "type": "array",
                "items": {"type": "string", "maxLength": name_letters(words)},
                "minItems": candidates,
                "maxItems": candidates,
            },
        },
        "required": ["description", "names"],
        "additionalProperties": False,
    }


def naming_request(
    prompt: str,
    inside: Sequence[str],
    outside: Sequence[str],
    *,
    language: str,
    candidates: int,
    words: int,
    phrases: Sequence[str] = (),
    criteria: str = "",
    temperature: float = 0.0,
    item: str = "",
    size: str = "",
) -> ChatRequest:
    """One question for the name of a group, contrasted with texts that lie near but outside.

    ``prompt`` is the name of the prompt, ``inside`` and ``outside`` are texts, ``words`` is the limit of a name.
    ``criteria`` says what a good name is (empty: a short phrase), ``item`` what the ledger calls the question, ``size``
    how many members there are and are shown ("12 of 57 conversations").
    """
    system = render(
        prompt, language=language, candidates=candidates, words=words, criteria=criteria or "a short phrase"
    )

    def shortened(answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "names": answer["names"][:candidates]}

    user = f"Members{size and f', {size}'}:\n{bullets(inside)}"
    if phrases:
        user += f"\n\nTypical words: {', '.join(phrases)}"
    if outside:
        user += f"\n\nClose, but not members:\n{bullets(outside)}"
    return ChatRequest(
        messages=(("system", system), *example_turns(prompt, language, shortened), ("user", user)),
        schema=naming_schema(candidates, words),
        max_tokens=160 + 5 * words * candidates,
        temperature=temperature,
        item=item,
    )


def bullets(texts: Sequence[str]) -> str:
    """One line per text, cut at 160 characters. A text cannot start a line of its own, or pass for structure."""
    return "\n".join(f"- {_one_line(text)}" for text in texts)


def proposal_parser(candidates: int, words: int) -> Callable[[str], Proposal]:
    """A parser of proposals; it raises ValueError when no name of an answer can be used."""
    schema = naming_schema(candidates, words)

    def parse(text: str) -> Proposal:
        answer = parse_json(text, schema)
        cleaned = [(clean_name(name, words), is_cut(name, words)) for name in answer["names"]]
        names = tuple(dict.fromkeys(name for name, _ in cleaned if name))
        if not names:
            raise ValueError("no usable name in the answer")
        said = " ".join(answer["description"].split())
        cut = frozenset(names) - {name for name, was_cut in cleaned if not was_cut}
        broken = len(said) >= DESCRIPTION - _WORD or breaks_off(said)
        return Proposal(whole_description(said), names, cut, broken)

    return parse


def whole_description(said: str) -> str:
    """A description as the model wrote it, up to its last whole sentence."""
    return whole_sentences(" ".join(said.split()), DESCRIPTION - _WORD)


def clean_name(name: str, words: int) -> str:
    """A name without quotes and trailing dots, of at most ``words`` words, its first letter upper-case.

    A longer name, and one that breaks off, is repaired to a whole phrase. A number in brackets at the end goes. A name
    without a letter becomes empty.
    """
    plain = _plain(name)
    if numbered(plain):
        plain = without_number(plain)
    shown = plain.split(" ")[:words]
    too_long = len(name) >= name_letters(words)
    if too_long and len(shown) == len(plain.split(" ")):
        shown = shown[:-1] or shown  # the last word may be half of one
    short = whole_phrase(" ".join(shown), cut=too_long or " ".join(shown) != plain).strip(" '*")
    if not any(character.isalpha() for character in short):
        return ""
    if not short.split(" ")[0].islower():  # "iOS"
        return short
    return short[:1].title() + short[1:]  # Georgian has capitals that no name begins with


def is_cut(name: str, words: int) -> bool:
    """Whether a name as the model wrote it breaks off, or has to be cut to ``words`` words."""
    plain = _plain(name)
    return len(name) >= name_letters(words) or len(plain.split(" ")) > words or breaks_off(plain)


def _plain(name: str) -> str:
    """A name on one line, without quotation marks, dots around it, and what stands for a removed identifier."""
    words = _within_string(name).replace("_", " ").split()
    return " ".join(word for word in words if REMOVED not in word.casefold()).strip(" .'*")


def _within_string(name: str) -> str:
    """A name without its quotation marks, up to one that ends a string: one that closes what none has opened, or that
    closes all so far and is followed as in a list. A small model sometimes writes the rest of a list into a string."""
    kept, opened, whole = "", False, False
    for mark, after in zip(name, name[1:] + " ", strict=True):
        if mark != '"':
            kept += mark
        elif opened:
            if whole and after in _ENDS:
                break
            opened = False
        elif after.isspace() or after in _ENDS:
            break
        else:
            opened, whole = True, not kept.strip()
    return kept


def name_letters(words: int) -> int:
    """The most characters that a name of ``words`` words may have, in every schema that asks for a name."""
    return 9 * words


def best_name(
    names: Sequence[str],
    vectors: NDArray[np.float32],
    own: NDArray[np.float32],
    others: NDArray[np.float32],
) -> int:
    """Index of the name that fits its own group best and the nearest other group least.

    Score: 2 cos(name, own centroid) - max over others of cos(name, other centroid). ``vectors`` (names, d) are unit
    rows of the names, ``own`` (d,) and ``others`` (groups, d) unit centroids. ``others`` may be empty. The first wins
    a tie.
    """
    fit = vectors @ own
    rival = (vectors @ others.T).max(axis=1) if len(others) else np.zeros(len(names), dtype=np.float32)
    return int(np.argmax(2 * fit - rival))


def _one_line(text: str) -> str:
    flat = " ".join(neutralise(text).split())
    return flat if len(flat) <= _TEXT else flat[: _TEXT - 1] + "…"
