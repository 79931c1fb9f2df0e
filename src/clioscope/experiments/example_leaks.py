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
    """The values of all facets in the examples that a prompt may show, in English and Russian."""
    from clioscope.prompts import examples

    return tuple(value for example in examples("facets") for language in _SHOWN for value in example[language].values())


@cache
def example_requests() -> frozenset[str]:
    """The requests in those examples."""
    from clioscope.prompts import examples

    return frozenset(example[language]["request"] for example in examples("facets") for language in _SHOWN)


def copied(requests: Sequence[str]) -> float:
    """The share of requests that are word for word the request of an example."""
    return sum(request in example_requests() for request in requests) / max(1, len(requests))


def leaked(answers: Mapping[str, Sequence[str]], read: Sequence[str]) -> float:
    """The share of conversations whose answers have three content words in a row that an example's answer has too, and
    that the conversation itself does not have.

    ``answers``: facet to its n values. ``read`` (n): what the model read. Content words are all words but stop words.
    """
    known = {run for answer in example_answers() for run in _runs(answer)}
    columns = list(answers.values())
    leaks = 0
    for place, text in enumerate(read):
        own = set(_content(text))
        runs = (run for column in columns for run in _runs(column[place]) if run in known)
        leaks += any(not own.issuperset(run) for run in runs)
    return leaks / max(1, len(read))


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = _content(text)
    return zip(*(words[start:] for start in range(_RUN)), strict=False)


def _content(text: str) -> list[str]:
    from clioscope.conversations.texts.stopwords import stopwords

    return [word for word in _WORD.findall(text.casefold()) if word not in stopwords()]
