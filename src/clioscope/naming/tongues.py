"""In which languages the texts of groups are written, for the words of their names."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from clioscope.facets.language import NO_LANGUAGE
from clioscope.vectors.spaced import evenly_spaced

ENGLISH = "en"
_READ = 400  # characters of a text that are looked at
_SAMPLED = 300  # texts that tell whether all are in English
_ENOUGH = 0.9  # share of these
_OF_GROUP = 30  # texts of a group that tell its main language
_MOSTLY = 0.5  # share of a group that its main language has
_PART = 0.02  # share of all texts from which a language counts; of fewer texts, it is more often a mistake


def text_languages(texts: Sequence[str], known: Sequence[str | None] | None = None) -> list[str]:
    """The language of each text as an IETF tag.

    ``known`` (n) are languages that somebody has told already, None where one is not known. Without them, all texts of
    a sample are identified; if at least nine tenths of it are in English, all texts count as English, so that the texts
    of most atlases need not be looked at one by one. Otherwise each is identified, and a language that hardly any text
    is in is taken for a mistake. Where the language is not known, it is that of the most texts in the same script, and
    else that of the most texts.
    """
    if known is None:
        sample = Counter(_language(texts[place]) for place in evenly_spaced(len(texts), _SAMPLED).tolist())
        if sample[ENGLISH] >= _ENOUGH * (sample.total() - sample[None]):
            return [ENGLISH] * len(texts)
        known = [_language(text) for text in texts]
        often = Counter(tag for tag in known if tag is not None)
        known = [tag if tag is not None and often[tag] >= _PART * often.total() else None for tag in known]
    told = [None if tag == NO_LANGUAGE else tag for tag in known]
    if None not in told:
        return [tag for tag in told if tag is not None]
    by_script: dict[str, Counter[str]] = {}
    for text, tag in zip(texts, told, strict=True):
        if tag is not None:
            by_script.setdefault(_script(text), Counter())[tag] += 1
    main = {script: _commonest(counts) for script, counts in by_script.items()}
    most = _commonest(sum(by_script.values(), Counter()))
    return [main.get(_script(text), most) if tag is None else tag for text, tag in zip(texts, told, strict=True)]


def main_language(texts: Iterable[str], known: Sequence[str | None] | None = None) -> str | None:
    """The language that more than half of some texts are in, as an IETF tag; None where there is none, or where it
    cannot be told. At most 30 evenly spaced texts are looked at; ``known`` are the languages that somebody has told
    already, None where one is not known."""
    held = list(texts)
    places = evenly_spaced(len(held), _OF_GROUP).tolist()
    tags = ((None if known is None else known[place]) or _language(held[place]) for place in places)
    counts = Counter(tag for tag in tags if tag is not None and tag != NO_LANGUAGE)
    tag = _commonest(counts)
    return tag if counts[tag] > _MOSTLY * counts.total() else None


def _commonest(counts: Counter[str]) -> str:
    return max(counts, key=lambda tag: (counts[tag], tag), default=ENGLISH)


def _script(text: str) -> str:
    """The script of the first letter of a text, by its name in Unicode; empty for a text without letters."""
    first = next(filter(str.isalpha, text), "")
    return unicodedata.name(first, "").partition(" ")[0] if first else ""


def _language(text: str) -> str | None:
    return _known(text[:_READ])


@lru_cache(maxsize=100_000)
def _known(head: str) -> str | None:
    from clioscope.facets.language import identify_languages

    tag = identify_languages([head])[0]
    return None if tag == NO_LANGUAGE else tag
