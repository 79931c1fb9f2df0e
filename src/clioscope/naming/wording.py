"""The phrases of labels that are made without a model, in the languages of ``wordings/``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from clioscope.naming.tongues import main_language

_FOLDER = "wordings"
_ENGLISH = "English"


@cache
def wording(language: str) -> dict[str, str]:
    """The phrases for labels in ``language`` (its English name); the English ones where it has none."""
    text = files(__package__).joinpath(_FOLDER, f"{tag_of(language)}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def tag_of(language: str) -> str:
    """The IETF tag of the phrases for labels in ``language``: that of English where it has none."""
    return tags_of_phrases().get(language, "en")


def language_in(tag: str, language: str) -> str:
    """The name of the language with this tag, written in ``language``, where labels have phrases in that one."""
    import langcodes

    return str(langcodes.Language.get(tag).display_name(tag_of(language)))


def own_language(texts: Iterable[str], language: str, *, model: bool, known: Sequence[str | None] | None = None) -> str:
    """The language (its English name) of a label that is made of the words of ``texts``.

    ``language`` is that of the atlas. It is also that of the label, if a language model writes the other names
    (``model``), or if it was chosen: only English, which is chosen for nobody, gives way to the main language of the
    texts. ``known`` are their languages (IETF tags), as far as somebody has told them.
    """
    if model or language != _ENGLISH:
        return language
    names = {tag: name for name, tag in tags_of_phrases().items()}
    return names.get(main_language(texts, known) or "en", language)


def built_in_phrases() -> list[str]:
    """The phrases of all languages."""
    return [phrase for language in tags_of_phrases() for name, phrase in wording(language).items() if name != "ordinal"]


@cache
def unspecific_names() -> frozenset[str]:
    """What groups are called, in any of the languages, about which no word says anything."""
    return frozenset(wording(language)["requests"].casefold() for language in tags_of_phrases())


@cache
def tags_of_phrases() -> dict[str, str]:
    """The IETF tag of each language that has phrases, by the English name of the language."""
    import langcodes

    tags = [file.name.removesuffix(".toml") for file in files(__package__).joinpath(_FOLDER).iterdir()]
    return {str(langcodes.Language.get(tag).display_name()): tag for tag in sorted(tags)}
