"""Facets as a prompt and as a JSON schema, and answers back into values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from clioscope.errors import SettingsError
from clioscope.facets.facet import Facet
from clioscope.facets.scrub import scrub
from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.prompts import render

# Room for a word in characters and in tokens: English needs less, other languages more.
_CHARACTERS, _TOKENS = 9, 3

Value = str | int | float


def facet_request(
    transcript: str,
    facets: Sequence[Facet],
    language: str,
    *,
    shown: Sequence[tuple[str, str]] = (),
    item: str = "",
    temperature: float = 0.0,
) -> ChatRequest:
    """One question about one conversation; what all conversations share comes first, so that it is cached.

    ``shown`` are examples as earlier turns of the chat: a conversation and its answer.
    """
    system = render("facets", language=language, questions="\n".join(map(_line, facets)))
    turns = [turn for asked, answer in shown for turn in (("user", _framed(asked)), ("assistant", answer))]
    return ChatRequest(
        messages=(("system", system), *turns, ("user", _framed(transcript))),
        schema=facet_schema(facets),
        max_tokens=24 + sum(16 + _TOKENS * (facet.words[1] if facet.type == "text" else 3) for facet in facets),
        temperature=temperature,
        item=item,
    )


def text_limit(facet: Facet) -> int:
    """Characters that the answer to a text facet may have at most."""
    return _CHARACTERS * facet.words[1]


def facet_schema(facets: Sequence[Facet]) -> dict[str, Any]:
    """The JSON schema of an answer that holds all ``facets``."""
    return {
        "type": "object",
        "properties": {facet.name: _property(facet) for facet in facets},
        "required": [facet.name for facet in facets],
        "additionalProperties": False,
    }


def facet_parser(facets: Sequence[Facet]) -> Callable[[str], dict[str, Value | None]]:
    """A parser of answers: facet name to value, text scrubbed. Raises ValueError for an unusable answer."""
    schema = facet_schema(facets)

    def parse(text: str) -> dict[str, Value | None]:
        answer = parse_json(text, schema)
        return {facet.name: _value(facet, answer[facet.name]) for facet in facets}

    return parse


def _framed(transcript: str) -> str:
    return f"<conversation>\n{transcript}\n</conversation>"


def _line(facet: Facet) -> str:
    return f'"{facet.name}": {facet.question.strip().rstrip(".")}{_shape(facet)}'


def _shape(facet: Facet) -> str:
    if facet.categories:
        *most, last = facet.categories
        return f": {', '.join(most)} or {last}"
    if facet.type == "text":
        low, high = facet.words
        return f", {low} to {high} words" if low > 1 else f", at most {high} words"
    if facet.minimum is not None and facet.maximum is not None:
        return f", a number from {facet.minimum:g} to {facet.maximum:g}"
    return ", a number"


def _property(facet: Facet) -> dict[str, Any]:
    if facet.categories:
        return {"type": "string", "enum": list(facet.categories)}
    if facet.type == "text":
        return {"type": "string", "maxLength": text_limit(facet)}
    bounds = {"minimum": facet.minimum, "maximum": facet.maximum}
    whole = facet.type == "score"
    return {
        "type": "integer" if whole else "number",
        **{name: int(value) if whole else value for name, value in bounds.items() if value is not None},
    }


def _value(facet: Facet, answer: Any) -> Value | None:
    value: Any = answer
    if facet.type == "text":
        value = scrub(" ".join(str(answer).split())).strip(" ,;:-\"'")
        if not any(character.isalnum() for character in value):
            raise ValueError(f"facet {facet.name!r} is empty")
    elif facet.type == "score" and facet.categories:
        value = facet.categories.index(answer) + 1
    if facet.compute is None:
        return value  # type: ignore[no-any-return]
    try:
        cleaned: Value | None = facet.compute(value)
    except ValueError:
        raise  # the function's way to say that the answer is of no use
    except Exception as error:
        raise SettingsError(
            f"facet {facet.name!r}: its function failed on the answer {value!r} ({error!r})."
        ) from error
    return cleaned
