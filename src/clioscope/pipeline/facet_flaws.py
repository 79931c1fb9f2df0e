"""What is wrong with a facet, told from a few answers, before many are paid for.

Every finding is one plain sentence that ends with what to change. The bounds are for some ten answers: a facet that is
merely seldom of use on ten conversations gives no finding.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clioscope.prediction.same_values import Encoded, merged_values, spelling
from clioscope.prediction.values import countable

if TYPE_CHECKING:
    from clioscope.facets.facet import Facet

FEWEST = 5  # answers below which nothing is said about how they vary
_MISSING = 0.3  # share of conversations without an answer
_NOTHING = 0.7  # share of answers such as "none"
_ALIKE = 0.3  # share of the distinct values that mean the same as another one
_FEW = 0.3  # distinct values per answer
_MANY = 0.8
_AT_LIMIT = 0.2  # share of answers
_COPIED = 0.2
_FOREIGN = 0.3
_SHORT = 4  # words of a text facet whose values are there to be counted
_USES = 3  # answers per category from which on each should have been used
_RARE = 50  # answers from which on a score that keeps its lowest step is no longer merely rare
_SHOWN = 3  # values that a sentence quotes
_LONG = 50  # characters of a value that are quoted

_NOTHING_SAID = """none, unknown, n/a, na, not specified, unspecified, not known, no, nothing, other,
нет, неизвестно, не указано, не указан, не указана, ничего, другое, прочее"""
_NO_VALUE = frozenset(re.split(r",\s+", _NOTHING_SAID))
_EXAMPLE = re.compile(
    r"(?:for example|for instance|e\.g\.,?|such as|like|например,?|к примеру,?|такие как)\s*:?\s*([^.;()\n]+)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“«„]([^\"”»“]{2,60})[\"”»“]|(?<!\w)'([^']{2,60})'(?!\w)")
_LIST = re.compile(r",\s*|\s+(?:or|and|или|и)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Flaw:
    """``kind`` names the finding for programs, ``sentence`` says it and what to change."""

    kind: str
    sentence: str


def facet_flaws(
    facet: Facet,
    values: Sequence[Any],
    *,
    failed: int = 0,
    language: str = "en",
    languages: Sequence[str | None] = (),
    encode: Encoded | None = None,
) -> list[Flaw]:
    """The findings about one facet, given its ``values`` for n conversations (None where it has none).

    ``failed``: of how many conversations the model had no usable answer. ``language``: the tag of the language that
    answers should have; ``languages`` (n): those of the conversations. ``encode`` gives unit vectors of texts; without
    it only answers that differ in spelling are found to mean the same.
    """
    given = [value for value in values if value is not None]
    found = list(_missing(facet, given, len(values), failed))
    if facet.type == "text":
        texts = [str(value) for value in given]
        found += _at_limit(facet, texts)
        found += _copied(facet, texts, language)
        found += _foreign(values, language, languages)
        telling = [value for value in texts if spelling(value) not in _NO_VALUE]
        if len(telling) >= FEWEST:
            found += _text_values(facet, telling, encode)
    elif len(given) >= FEWEST:
        found += _category_values(facet, given) if facet.type == "category" else _number_values(facet, given)
    return found


def distinct_values(facet: Facet, values: Sequence[Any], encode: Encoded | None = None) -> list[tuple[Any, int]]:
    """The values with how often each occurs, the most frequent first. Short texts that mean the same are one value, a
    score that has words is shown by them."""
    given = [value for value in values if value is not None]
    if facet.type == "text":
        same = merged_values([str(value) for value in given], encode if countable(facet) else None)
        given = [same.get(str(value), str(value)) for value in given]
    return sorted(Counter(shown_value(facet, value) for value in given).items(), key=lambda one: (-one[1], str(one[0])))


def shown_value(facet: Facet, value: Any) -> Any:
    """A value for a reader: the word of a step in place of its number."""
    steps = facet.categories if facet.type == "score" else ()
    return steps[value - 1] if isinstance(value, int) and 0 < value <= len(steps) else value


def _missing(facet: Facet, given: Sequence[Any], count: int, failed: int) -> Iterator[Flaw]:
    missing = count - len(given)
    if count and missing / count >= _MISSING:
        if failed * 2 >= missing:
            yield Flaw(
                "unknown",
                f"{missing} of {count} conversations got no usable answer: ask more simply, allow longer answers, or "
                "try another model.",
            )
        else:
            yield Flaw(
                "unknown",
                f"{missing} of {count} conversations have no value: ask something that every conversation tells, or "
                "let the function return a value for them.",
            )
    nothing = [value for value in given if facet.type == "text" and spelling(str(value)) in _NO_VALUE]
    if len(given) >= FEWEST and len(nothing) / len(given) >= _NOTHING:
        yield Flaw(
            "unknown",
            f"{len(nothing)} of {len(given)} answers say nothing ({_quoted(nothing)}): ask something that more of "
            "these conversations tell.",
        )


def _text_values(facet: Facet, texts: Sequence[str], encode: Encoded | None) -> Iterator[Flaw]:
    same = merged_values(texts, encode if countable(facet) else None)
    spellings = {spelling(text) for text in texts}
    values = {same[text] for text in texts if text in same}
    if len(values) == 1 and len(spellings) <= 2:
        yield _constant(len(texts), next(iter(values)))
        return
    alike = len(spellings) - len(values)
    if countable(facet) and alike >= 2 and alike / len(spellings) >= _ALIKE:
        groups: dict[str, set[str]] = {}
        for text in texts:
            groups.setdefault(same.get(text, text), set()).add(spelling(text))
        largest = max(groups.values(), key=lambda group: (len(group), sorted(group)))
        yield Flaw(
            "alike",
            f"Answers such as {_quoted(sorted(largest))} mean the same: name the possible answers in the question, or "
            "make the facet a category.",
        )
    if facet.embed:
        return  # it is there to tell conversations apart, not to be counted
    if len(values) == 1:
        yield _constant(len(texts), next(iter(values)))
    elif len(values) / len(texts) <= _FEW:
        yield Flaw(
            "few",
            f"There are only {len(values)} different answers in {len(texts)} ({_quoted(sorted(values))}): make the "
            "facet a category with these values.",
        )
    elif facet.words[1] <= _SHORT and len(texts) >= 2 * FEWEST - 2 and len(values) / len(texts) > _MANY:
        yield Flaw(
            "many",
            f"{len(values)} of {len(texts)} answers are different, so they cannot be counted: ask something broader, "
            "or make the facet a category.",
        )


def _category_values(facet: Facet, given: Sequence[Any]) -> Iterator[Flaw]:
    counts = Counter(given)
    if len(counts) == 1:
        yield _constant(len(given), given[0])
        return
    unused = [category for category in facet.categories if category not in counts]
    if unused and len(given) >= _USES * len(facet.categories):
        yield Flaw(
            "unused",
            f"No answer is {_quoted(unused)}: remove what nobody needs, or try more conversations "
            f"(--sample {3 * len(given)}).",
        )
    if len(given) >= 2 * FEWEST - 2 and len(counts) / len(given) > _MANY:
        yield Flaw(
            "many",
            f"{len(given)} answers fall into {len(counts)} of {len(facet.categories)} categories, so each will be "
            "rare: join categories that are alike.",
        )


def _number_values(facet: Facet, given: Sequence[Any]) -> Iterator[Flaw]:
    if len(set(given)) > 1:
        return
    lowest = 1 if facet.type == "score" and facet.categories else facet.minimum
    if facet.type == "score" and given[0] == lowest and len(given) < _RARE:
        return  # what is rare (harm, anger) need not occur in a few conversations
    yield _constant(len(given), shown_value(facet, given[0]))


def _constant(count: int, value: Any) -> Flaw:
    return Flaw(
        "constant",
        f"All {count} answers are {_quoted([value])}: ask something in which these conversations differ, or try more "
        f"of them (--sample {3 * count}).",
    )


def _at_limit(facet: Facet, texts: Sequence[str]) -> Iterator[Flaw]:
    from clioscope.facets.questions import text_limit

    most = facet.words[1]
    cut = [text for text in texts if len(text) >= text_limit(facet) - 1 or len(text.split()) > most]
    if len(cut) >= 2 and len(cut) / len(texts) >= _AT_LIMIT:
        yield Flaw(
            "limit",
            f"{len(cut)} of {len(texts)} answers reach the limit of {most} words: allow more words "
            f"(words = [{facet.words[0]}, {2 * most}]), or ask for something shorter.",
        )


def _copied(facet: Facet, texts: Sequence[str], language: str) -> Iterator[Flaw]:
    examples = _examples(facet, language) - _NO_VALUE
    copies = [text for text in texts if spelling(text) in examples]
    if len(copies) >= 2 and len(copies) / len(texts) >= _COPIED:
        yield Flaw(
            "copied",
            f"{len(copies)} of {len(texts)} answers repeat an example of the question ({_quoted(copies)}): give other "
            "examples or none, or make the facet a category.",
        )


def _examples(facet: Facet, language: str) -> set[str]:
    """Spellings of the answers that the question shows: in its own words, and as examples before it. Of the examples
    that come with Clioscope only long ones count, since a short one ("history") may well be right."""
    from clioscope.facets.examples import example_answers
    from clioscope.facets.language import language_name

    answers = map(str, example_answers(facet, language_name(language)))
    shown = [answer for answer in answers if facet.examples or len(answer.split()) >= _SHORT]
    for match in _EXAMPLE.finditer(facet.question):
        shown += _LIST.split(match[1])
    shown += [first or second for first, second in _QUOTED.findall(facet.question)]
    return {spelling(text) for text in shown} - {""}


def _foreign(values: Sequence[Any], language: str, languages: Sequence[str | None]) -> Iterator[Flaw]:
    from clioscope.facets.language import language_name, likeliest

    spoken = [*languages, *[None] * (len(values) - len(languages))]
    told = [str(value) for value in values if value is not None]
    wrong: list[str] = []
    for value, own in zip(values, spoken, strict=True):
        among = sorted({language, "en", own or language})
        if value is not None and likeliest(str(value), among) not in (language, None):
            wrong.append(str(value))
    if len(wrong) < 2 or len(wrong) / len(told) < _FOREIGN:
        return
    together = likeliest(". ".join(wrong), sorted({language, "en", *(own for own in spoken if own)}))
    if together not in (language, None):
        yield Flaw(
            "language",
            f"{len(wrong)} of {len(told)} answers are in {language_name(str(together))} and not in "
            f"{language_name(language)} ({_quoted(wrong)}): ask the question in {language_name(language)}, set "
            "facets.language, or try another model.",
        )


def _quoted(values: Sequence[Any]) -> str:
    """The first few distinct values in quotation marks."""
    distinct = list(dict.fromkeys(map(str, values)))
    short = [value if len(value) <= _LONG else value[:_LONG].rstrip() + " …" for value in distinct[:_SHOWN]]
    return ", ".join(f"'{value}'" for value in short) + (", …" if len(distinct) > _SHOWN else "")
