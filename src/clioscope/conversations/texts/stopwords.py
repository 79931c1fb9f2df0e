"""Words that never tell one group from another, and words that say little."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def stopwords() -> frozenset[str]:
    """Words that any request may have, in the languages that most users write."""
    return _listed("stopwords.txt")


@cache
def plain_verbs() -> frozenset[str]:
    """Verbs with which any request may be made ("write", "explain"), and greetings. They begin and end no phrase."""
    return _listed("verbs.txt")


@cache
def vague_words() -> frozenset[str]:
    """Words that say nothing by themselves ("information", "time"); as part of a phrase they may ("time zone")."""
    return _listed("vague.txt")


@cache
def dangling_words() -> frozenset[str]:
    """Words that no phrase ends with: prepositions, conjunctions, articles and the like."""
    return _listed("dangling.txt")


def _listed(name: str) -> frozenset[str]:
    return frozenset(files(__package__).joinpath(name).read_text(encoding="utf-8").split())
