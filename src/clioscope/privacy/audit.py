"""The auditor: every name and description is scored before anyone sees it (Clio, appendix G.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.prompts import render

if TYPE_CHECKING:
    from clioscope.models.asker import Asker
    from clioscope.settings import PrivacySettings

# The paper's scale, 1 to 5, in words: a small model keeps to words better than to numbers.
SCALE = ("one person", "small group", "thousands", "with context", "nobody")

_SCORE: dict[str, Any] = {
    "type": "object",
    "properties": {"identifies": {"type": "string", "enum": list(SCALE)}},
    "required": ["identifies"],
    "additionalProperties": False,
}


class Verdict(NamedTuple):
    """What the auditor made of a label.

    ``score``: 1 (identifies an individual) to 5 (nobody) of the text now in ``name`` and ``description``,
    None when the auditor gave no answer; ``first``: the score before a rewrite; ``action``: accepted,
    rewritten, withheld or unaudited.
    """

    name: str
    description: str
    score: int | None
    first: int | None
    action: str


def audit_labels(
    labels: Sequence[tuple[str, str]],
    settings: PrivacySettings,
    *,
    ask: Asker | None,
    language: str = "English",
    words: int = 10,
) -> list[Verdict]:
    """A verdict on each (name, description).

    Labels that score below ``settings.accept`` are rewritten once and scored again; those that still fall
    short, or that the auditor would not score, are withheld. Without a model nothing is audited, and every
    verdict says so.
    """
    if ask is None or not settings.audit:
        return [Verdict(name, description, None, None, "unaudited") for name, description in labels]
    first = _score(labels, ask)
    failed = [index for index, score in enumerate(first) if score is None or score < settings.accept]
    rewritten = dict(zip(failed, _rewrite([labels[index] for index in failed], ask, language, words), strict=True))
    again = [index for index in failed if rewritten[index] is not None]
    second = dict(zip(again, _score([rewritten[index] or ("", "") for index in again], ask), strict=True))
    verdicts = []
    for index, ((name, description), score) in enumerate(zip(labels, first, strict=True)):
        if score is not None and score >= settings.accept:
            verdicts.append(Verdict(name, description, score, score, "accepted"))
            continue
        new, after = rewritten[index], second.get(index)
        if new is not None and after is not None and after >= settings.accept:
            verdicts.append(Verdict(*new, after, score, "rewritten"))
        else:
            verdicts.append(Verdict(name, description, after or score, score, "withheld"))
    return verdicts


def _score(labels: Sequence[tuple[str, str]], ask: Asker) -> list[int | None]:
    system = render("audit")
    requests = [
        ChatRequest(
            messages=(("system", system), ("user", f"Label: {name}\n{description}")),
            schema=_SCORE,
            max_tokens=24,
            item=name,
        )
        for name, description in labels
    ]
    return ask.ask("audit", requests, lambda text: SCALE.index(parse_json(text, _SCORE)["identifies"]) + 1)


def _rewrite(labels: Sequence[tuple[str, str]], ask: Asker, language: str, words: int) -> list[tuple[str, str] | None]:
    system = render("redact", language=language, words=words)
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 8 * words},
            "description": {"type": "string", "maxLength": 280},
        },
        "required": ["name", "description"],
        "additionalProperties": False,
    }
    requests = [
        ChatRequest(
            messages=(("system", system), ("user", f"Label: {name}\n{description}")),
            schema=schema,
            max_tokens=140,
            item=name,
        )
        for name, description in labels
    ]

    def parse(text: str) -> tuple[str, str]:
        answer = parse_json(text, schema)
        name = " ".join(answer["name"].split())
        if not name:
            raise ValueError("the name is empty")
        return name, " ".join(answer["description"].split())

    return ask.ask("audit", requests, parse)
