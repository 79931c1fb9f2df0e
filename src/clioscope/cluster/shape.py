"""What the questions of one dataset have in common: all but the text that each is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from clioscope.models.chat import ChatRequest
from clioscope.models.store import answer_key


class Alike(NamedTuple):
    """Questions with the same instructions, examples, schema and sampling.

    ``form`` is the question without the text of its last message, ``rows`` are (key, text). So what the questions share
    travels once, one dataset has one schema, and an engine that caches prefixes reads the shared beginning once.
    """

    name: str
    form: ChatRequest
    rows: list[tuple[str, str]]


def alike(questions: Mapping[str, ChatRequest]) -> list[Alike]:
    """Questions by what they have in common. Questions without a message are not asked anything: ValueError."""
    found: dict[str, Alike] = {}
    for key, request in questions.items():
        if not request.messages:
            raise ValueError("a question needs a message")
        role, text = request.messages[-1]
        form = replace(request, messages=(*request.messages[:-1], (role, "")), item="")
        name = answer_key("", form)
        if name not in found:
            found[name] = Alike(name, form, [])
        found[name].rows.append(
            (key, text.encode("utf-8", "replace").decode("utf-8"))
        )  # Arrow takes no half characters
    return list(found.values())


def filled(form: ChatRequest, text: str) -> ChatRequest:
    """The question about a text."""
    role, _ = form.messages[-1]
    return replace(form, messages=(*form.messages[:-1], (role, text)))
