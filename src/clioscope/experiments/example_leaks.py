"""What the examples of a prompt leak into the answers to other questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

_WORD = re.compile(r"[^\W\d_][\w'-]*")
_RUN = 3
_SHOWN = ("English", "Russian")


@cache
def example_answers() -> tuple[str, ...]:
    """The values of all facets in the examples that the model may be shown, English and Russian."""
    from clioscope.prompts import examples

    return tuple(value for one in examples("facets") for language in _SHOWN for value in one[language].values())


@cache
def example_requests() -> frozenset[str]:
    """The requests among them."""
    from clioscope.prompts import examples

    return frozenset(one[language]["request"] for one in examples("facets") for language in _SHOWN)


def copied(requests: Sequence[str]) -> float:
    """Share of requests that are, to the letter, one of the examples'."""
    return sum(one in example_requests() for one in requests) / max(1, len(requests))


def leaked(answers: Mapping[str, Sequence[str]], read: Sequence[str]) -> float:
    """Share of conversations in whose answers three content words follow one another as they do in an answer of an
    example, and do not all stand in the conversation itself.

    ``answers``: facet to its n values; ``read`` (n): what the model read. Content words: all but stop words.
    """
    known = {run for answer in example_answers() for run in _runs(answer)}
    columns = list(answers.values())
    found = 0
    for place, text in enumerate(read):
        own = set(_content(text))
        runs = (run for column in columns for run in _runs(column[place]) if run in known)
        found += any(not own.issuperset(run) for run in runs)
    return found / max(1, len(read))


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = _content(text)
    return zip(*(words[start:] for start in range(_RUN)), strict=False)


def _content(text: str) -> list[str]:
    from clioscope.conversations.texts.stopwords import stopwords

    return [word for word in _WORD.findall(text.casefold()) if word not in stopwords()]
