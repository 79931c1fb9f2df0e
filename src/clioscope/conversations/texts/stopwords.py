"""Words that never tell one group from another, and words that say little."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def stopwords() -> frozenset[str]:
    """Words that any request may have, in the languages that most users write."""
    return _listed("stopwords.txt")


@cache
def stopwords_of(language: str) -> frozenset[str]:
    """Words that any text in a language (its IETF tag) may have, in small letters; empty for English and for a
    language without a list.

    The lists are those of stopwords-iso (MIT), and more words where these are short. Nouns that they hold because they
    are frequent in books ("война", "house") are no stop words: conversations may be about them. English has none here,
    since ``stopwords`` has them, and the list of that source holds many words of programs.
    """
    from stopwordsiso import stopwords as listed

    if language == "en":
        return frozenset()
    more = f"languages/more/{language}.txt"
    own = _listed(more) if files(__package__).joinpath(more).is_file() else frozenset[str]()
    return frozenset(word.casefold() for word in listed(language)) - _listed("languages/topics.txt") | own


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
