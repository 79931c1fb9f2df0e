"""How a phrase is written: which form of its words, and which letters are capitals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from clioscope.conversations.texts.forms import is_base
from clioscope.conversations.texts.words import joined, marks, unspaced


def usual_form(forms: Sequence[tuple[str, str]]) -> str:
    """Which of several forms of a phrase stands for all: the commonest of those that have the most words in the form
    that a dictionary lists ("машинное обучение" for "машинного обучения").

    Each form comes once for every place where it stands, with the language of the text. Only forms that somebody wrote
    are among them. Empty for no forms.
    """
    counts = Counter(phrase for phrase, _ in forms)
    bases = {phrase: sum(is_base(word, tag) for word in phrase.split(" ")) for phrase, tag in forms}
    return min(counts, key=lambda phrase: (-bases[phrase], -counts[phrase], phrase), default="")


def as_written(phrase: str, texts: Sequence[str], forms: Iterable[str] = ()) -> str:
    """The commonest way to write a phrase: "SQL", "machine learning".

    A capital at the start of a sentence says nothing, so these places count only where the phrase has no other. Where
    another of its ``forms`` stands elsewhere in small letters, they do not count at all.
    """
    inside, first = _places(phrase, texts)
    if not inside and any(form in _places(form, texts)[0] for form in forms):
        return _plain(phrase)
    seen = inside or first
    return min(seen, key=lambda written: (-seen[written], written)) if seen else _plain(phrase)


def _plain(phrase: str) -> str:
    """The phrase in small letters, with blanks where they belong."""
    first_word, *others = phrase.split(" ")
    plain = first_word
    for before, word in zip([first_word, *others], others, strict=False):
        plain += word if joined(before, word) else f" {word}"
    return plain


def _places(phrase: str, texts: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
    """The ways in which a phrase is written, and how often: inside of sentences, and at their start."""
    first_word, *others = phrase.split(" ")
    pattern = re.escape(first_word)
    for before, word in zip([first_word, *others], others, strict=False):
        pattern += (r"\s*" if joined(before, word) else r"\s+") + re.escape(word)
    compiled, bounds = re.compile(pattern, re.IGNORECASE), (not unspaced(phrase[0]), not unspaced(phrase[-1]))
    inside: Counter[str] = Counter()
    first: Counter[str] = Counter()
    for text in texts:
        for start, end in _found(compiled, text, bounds):
            before = text[:start].rstrip(" \t\"'“«(*-")
            written = " ".join(text[start:end].split())
            (inside if before and before[-1] not in ".!?:\n" else first)[written] += 1
    return inside, first


def _found(pattern: re.Pattern[str], text: str, bounds: tuple[bool, bool]) -> Iterator[tuple[int, int]]:
    """Where a phrase stands in a text, start and end. ``bounds``: whether a word must begin and end there.

    The ends are looked at one by one: as a part of the pattern of every phrase, all the characters of words would have
    to be compiled each time, which takes longer than the search.
    """
    of_word, at = _of_word(), 0
    while match := pattern.search(text, at):
        start, end = match.span()
        if (bounds[0] and start and of_word.match(text, start - 1)) or (bounds[1] and of_word.match(text, end)):
            at = start + 1
        else:
            yield start, end
            at = end


@cache
def _of_word() -> re.Pattern[str]:
    """The pattern of one character of a word."""
    return re.compile(rf"[\w{marks()}]", re.IGNORECASE)
