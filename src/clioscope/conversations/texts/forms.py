"""Forms of one word: "игра", "игры" and "игре" are the same word."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from clioscope.conversations.texts.words import unspaced

# Stemmers of Snowball by IETF tag, for words that no dictionary has.
_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
_KEPT = 32  # dictionaries in memory
_DICTIONARIES = {"no": "nb", "hr": "hbs", "sr": "hbs", "bs": "hbs"}  # other tags of the dictionaries


@lru_cache(maxsize=200_000)
def base_form(word: str, language: str) -> str:
    """What all forms of a word (in small letters) have in common, as one word: the form that a dictionary lists, or for
    a word that no dictionary has a stem.

    ``language`` is an IETF tag. English words, and those of languages that the libraries do not know, stay as they are:
    so do words of scripts without blanks, which have no forms. The dictionaries are those of simplemma, the stems those
    of Snowball.
    """
    if language == "en" or unspaced(word) or any(map(str.isdigit, word)):
        return word
    lemma = _lemma(word, language)
    if lemma is not None:
        return lemma
    stemmer = _stemmer(language)
    return word if stemmer is None else str(stemmer.stemWord(word)) or word


def is_base(word: str, language: str) -> bool:
    """Whether a word (in small letters) is the form that a dictionary of the language lists."""
    return _lemma(word, language) == word


@lru_cache(maxsize=200_000)
def _lemma(word: str, language: str) -> str | None:
    """The listed form, or None for a word or language that is not known."""
    from simplemma.utils import normalize_token

    tag = _DICTIONARIES.get(language, language)
    try:
        written = (word, word.capitalize())
        listed = (
            _dictionaries().get_lemma(normalize_token(one), tag)
            for one in (written[::-1] if language == "de" else written)
        )
        found = next(filter(None, listed), None)  # German nouns first: they have a capital, and name topics
        return None if found is None else found.casefold().replace(" ", "_") or None
    except ValueError:  # there is no dictionary
        return None


@cache
def _dictionaries() -> Any:
    """The dictionaries of simplemma. It keeps eight of them; where conversations are in more languages, every word
    would read one from the disk again."""
    from simplemma.strategies import DefaultDictionaryFactory, DictionaryLookupStrategy

    return DictionaryLookupStrategy(DefaultDictionaryFactory(cache_max_size=_KEPT))


@cache
def _stemmer(language: str) -> Any:
    import snowballstemmer

    name = _STEMMERS.get(language)
    return None if name is None or name not in snowballstemmer.algorithms() else snowballstemmer.stemmer(name)
