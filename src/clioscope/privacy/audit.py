"""The auditor: every name and description is scored before anyone sees it (Clio, appendix G.7).

The paper asks a large model for a score from 1 to 5. A 1.5B model that is asked this calls nearly everything "a small
group", and it guesses when it is asked yes or no. When it is asked to copy out the names that it would object to, it is
right on all of 21 examples (docs/research-log.md). So quotes are the default, and each quote is checked against the
text. The paper's scale is ``privacy.auditor = "scale"``, for larger models.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.naming.candidates import DESCRIPTION, clean_name, name_letters, whole_description
from clioscope.naming.distinct import name_key
from clioscope.naming.ready import described, is_ready_made
from clioscope.prompts import example_turns, render

if TYPE_CHECKING:
    from clioscope.models.asker import Asker
    from clioscope.settings import PrivacySettings

# Labels to scores, before any model is asked: 1 or 2 for what a recogniser objects to, 5 for the others.
Recognise = Callable[[Sequence[tuple[str, str]]], list[int]]

# The paper's scale, 1 to 5, in words.
SCALE = ("one person", "small group", "thousands", "with context", "nobody")

_SCALED: dict[str, Any] = {
    "type": "object",
    "properties": {"identifies": {"type": "string", "enum": list(SCALE)}},
    "required": ["identifies"],
    "additionalProperties": False,
}
_NAMES = {"type": "array", "items": {"type": "string", "maxLength": 48}, "minItems": 0, "maxItems": 3}
_QUOTED: dict[str, Any] = {
    "type": "object",
    "properties": {"private_people": _NAMES, "small_organisations": _NAMES},
    "required": ["private_people", "small_organisations"],
    "additionalProperties": False,
}


class Verdict(NamedTuple):
    """What the auditor decided about a label.

    ``score`` rates the text now in ``name`` and ``description`` from 1 (identifies one person) to 5 (nobody); None
    means that the auditor gave no answer. ``first`` is the score before a rewrite. ``action`` is "accepted",
    "rewritten", "withheld" or "unaudited".
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
    recognise: Recognise | None = None,
    taken: Collection[str] = (),
) -> list[Verdict]:
    """A verdict on each (name, description).

    A label that scores below ``settings.accept``, or that the auditor does not score, is rewritten once and scored
    again. If it still falls short, or if its new name is that of another label or among ``taken``, it is withheld. A
    new name that breaks off is cut back to a whole phrase, a description to whole sentences. A ready-made name stays,
    since it is everybody's: its description is replaced by one that only repeats the name, which counts as rewritten
    with a score of 5. The model is asked about a label only if ``recognise`` does not object to it. Without a model,
    what ``recognise`` objects to is withheld, and every other verdict is "unaudited"; with ``settings.audit`` off,
    every verdict is. ``words`` is the most words that a rewritten name may have.
    """
    if ask is None or not settings.audit:
        seen = recognise(labels) if recognise is not None and settings.audit else [5] * len(labels)
        return [
            Verdict(name, description, score, score, "withheld")
            if score < settings.accept
            else Verdict(name, description, None, None, "unaudited")
            for (name, description), score in zip(labels, seen, strict=True)
        ]
    first = _scores(labels, ask, settings, recognise)
    failed = [index for index, score in enumerate(first) if score is None or score < settings.accept]
    ready = {index: described(labels[index][0]) for index in failed if is_ready_made(labels[index][0])}
    own = [index for index in failed if index not in ready]
    rewritten = dict(zip(own, _rewrite([labels[index] for index in own], ask, language, words), strict=True)) | ready
    again = [index for index in own if rewritten[index] is not None]
    second: dict[int, int | None] = dict.fromkeys(ready, 5)
    second |= zip(
        again, _scores([rewritten[index] or ("", "") for index in again], ask, settings, recognise), strict=True
    )
    staying = [*taken, *(name for index, (name, _) in enumerate(labels) if index not in own)]
    held: dict[frozenset[str], str | None] = dict.fromkeys(map(name_key, staying))
    verdicts = []
    for index, ((name, description), score) in enumerate(zip(labels, first, strict=True)):
        if score is not None and score >= settings.accept:
            verdicts.append(Verdict(name, description, score, score, "accepted"))
            continue
        new_label, new_score = rewritten[index], second.get(index)
        # A group that had the same name is the same group, one level up: both have the new name.
        if (
            new_label is not None
            and new_score is not None
            and new_score >= settings.accept
            and (index in ready or held.setdefault(name_key(new_label[0]), name) == name)
        ):
            verdicts.append(Verdict(*new_label, new_score, score, "rewritten"))
        else:
            verdicts.append(Verdict(name, description, new_score or score, score, "withheld"))
    return verdicts


def _scores(
    labels: Sequence[tuple[str, str]], ask: Asker, settings: PrivacySettings, recognise: Recognise | None
) -> list[int | None]:
    """The recogniser's score where it objects, else the model's."""
    scores: list[int | None] = list(recognise(labels)) if recognise is not None else [5] * len(labels)
    left = [index for index, score in enumerate(scores) if score is not None and score >= settings.accept]
    for index, score in zip(left, score_labels([labels[index] for index in left], ask, settings.auditor), strict=True):
        scores[index] = score
    return scores


def score_labels(labels: Sequence[tuple[str, str]], ask: Asker, auditor: str) -> list[int | None]:
    """A score on each (name, description), 1 (identifies one person) to 5 (nobody); None without an answer.

    ``auditor`` is "quotes" or "scale"; the top of this file explains them.
    """
    system = render("audit" if auditor == "quotes" else "audit_scale")
    shown = example_turns("audit", "English") if auditor == "quotes" else []
    schema = _QUOTED if auditor == "quotes" else _SCALED
    texts = [f"{name}. {description}" for name, description in labels]
    requests = [
        ChatRequest(
            messages=(("system", system), *shown, ("user", f"Text: {text}")), schema=schema, max_tokens=120, item=name
        )
        for text, (name, _) in zip(texts, labels, strict=True)
    ]
    if auditor != "quotes":
        return ask.ask("audit", requests, lambda text: SCALE.index(parse_json(text, schema)["identifies"]) + 1)
    answers = ask.ask("audit", requests, lambda text: parse_json(text, schema))
    return [None if answer is None else quoted_score(text, answer) for text, answer in zip(texts, answers, strict=True)]


def quoted_score(text: str, answer: Mapping[str, Sequence[str]]) -> int:
    """1 if the auditor quotes a private person, 2 if it quotes a small organisation, 5 if it quotes nothing.

    Small models invent quotes. So a quote counts only if the text holds it, and if it looks like a name there: it has
    a capital letter or a digit.
    """
    for score, kind in ((1, "private_people"), (2, "small_organisations")):
        if any(_like_a_name(_as_written(quote, text)) for quote in answer[kind]):
            return score
    return 5


def _as_written(quote: str, text: str) -> str:
    """The quote in the text's own capitals; empty where the text does not hold it."""
    start = text.casefold().find(plain := quote.strip().casefold())
    return text[start : start + len(plain)] if plain and start >= 0 else ""


def _like_a_name(quote: str) -> bool:
    # Any word of a script without capitals (Chinese, Arabic, …) may be a name.
    return len(quote) > 1 and any(
        letter.isupper() or letter.isdigit() or (letter.isalpha() and not letter.islower()) for letter in quote
    )


def _rewrite(labels: Sequence[tuple[str, str]], ask: Asker, language: str, words: int) -> list[tuple[str, str] | None]:
    """Each (name, description) rewritten without what identifies people; None without a usable answer."""
    system = render("redact", language=language, words=words)
    shown = example_turns("redact", language)
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": name_letters(words)},
            "description": {"type": "string", "maxLength": DESCRIPTION},
        },
        "required": ["name", "description"],
        "additionalProperties": False,
    }
    requests = [
        ChatRequest(
            messages=(("system", system), *shown, ("user", f"Label: {name}\n{description}")),
            schema=schema,
            max_tokens=140,
            item=name,
        )
        for name, description in labels
    ]

    def parse(text: str) -> tuple[str, str]:
        answer = parse_json(text, schema)
        name = clean_name(answer["name"], words)
        if not name:
            raise ValueError("the name is empty")
        return name, whole_description(answer["description"])

    return ask.ask("audit", requests, parse)
