"""Ask for names: the prompt, its schema, and the choice among candidates by what they retrieve."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.neutral import neutralise
from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.prompts import example_turns, render

_TEXT = 160  # characters of a member that are shown
_DESCRIPTION = 220  # characters of a description
_LAST_PART = re.compile(r"^(.*\w),?(?: (?:and|or|&|и|или)|,) .*$")  # greedy, so only the last part is dropped


class Label(NamedTuple):
    """A name, a description of two sentences, and the phrases that set the group apart, best first.

    ``mixed``: the members have too little in common for a name, and the name says so.
    """

    name: str
    description: str
    phrases: tuple[str, ...] = ()
    mixed: bool = False


class Proposal(NamedTuple):
    """What the model answered: a description and several names."""

    description: str
    names: tuple[str, ...]


def naming_schema(candidates: int, words: int) -> dict[str, Any]:
    """JSON schema of a proposal. The description comes first: it is the model's thinking (Clio G.5)."""
    return {
        "type": "object",
        "properties": {
            "description": {"type": "string", "maxLength": _DESCRIPTION},
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
) -> ChatRequest:
    """One question for the name of a group, contrasted with texts that lie near but outside.

    ``prompt`` is the name of the prompt, ``inside`` and ``outside`` are texts, ``words`` is the limit of a name.
    ``criteria`` says what a good name is (empty: a short phrase), ``item`` what the ledger calls the question.
    """
    system = render(
        prompt, language=language, candidates=candidates, words=words, criteria=criteria or "a short phrase"
    )

    def shortened(answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "names": answer["names"][:candidates]}

    user = f"Members:\n{bullets(inside)}"
    if phrases:
        user += f"\n\nTypical words: {', '.join(phrases)}"
    if outside:
        user += f"\n\nClose, but not members:\n{bullets(outside)}"
    return ChatRequest(
        messages=(("system", system), *example_turns(prompt, language, shortened), ("user", user)),
        schema=naming_schema(candidates, words),
        max_tokens=120 + 3 * words * candidates,
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
        names = tuple(dict.fromkeys(filter(None, (clean_name(name, words) for name in answer["names"]))))
        if not names:
            raise ValueError("no usable name in the answer")
        return Proposal(whole_sentences(answer["description"]), names)

    return parse


def clean_name(name: str, words: int) -> str:
    """A name without quotes and trailing dots, of at most ``words`` words, its first letter upper-case.

    A longer name that is an enumeration loses its last part, which is cut off ("A, b and c" without "and c"). A name
    without a letter becomes empty.
    """
    # A small model sometimes writes the end of a list into a string.
    plain = " ".join(name.split('"')[0].replace("_", " ").split()).strip(" .,:;'*-")
    short = " ".join(plain.split(" ")[:words])
    if short != plain or len(name) >= name_letters(words):
        whole = _LAST_PART.sub(r"\1", short)
        short = whole if 2 * len(whole.split(" ")) >= words else short
    short = short.strip(" ,:;-")
    if not any(character.isalpha() for character in short):
        return ""
    return short[:1].title() + short[1:]  # Georgian has capitals that no name begins with


def name_letters(words: int) -> int:
    """The most characters that a name of ``words`` words may have, in every schema that asks for a name."""
    return 8 * words


def whole_sentences(text: str) -> str:
    """``text`` up to its last full stop, or with an ellipsis where it has none.

    A model's description may be cut off at its limit; the reader sees whole sentences.
    """
    flat = " ".join(text.split())
    end = max(flat.rfind(mark) for mark in (". ", "! ", "? ", "。"))
    if flat.endswith((".", "!", "?", "。")) or end < 20:
        return flat if flat.endswith((".", "!", "?", "。")) or not flat else flat.rstrip(" ,;:") + "…"
    return flat[: end + 1]


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
