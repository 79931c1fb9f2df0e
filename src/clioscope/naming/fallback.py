"""Names for groups that share no word: what kind of messages they hold, and what several people wrote alike."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.words import normal, words
from clioscope.naming.candidates import Label, clean_name
from clioscope.naming.support import Support
from clioscope.naming.wording import language_in, wording

_SHORT = 3  # words of a short message
_LONG = 600  # characters of a long text
_NEARLY_ALL, _MOST, _SOME = 0.8, 0.6, 0.2  # shares of the members
_LOOKED_AT = 200  # members whose language is told
_QUOTED = 3  # messages or emoji
_KANA = re.compile("[\u3041-\u309f]{1,2}")  # grammar


def spare_labels(
    texts: Sequence[str],
    labels: NDArray[np.integer],
    phrases: Sequence[Sequence[str]],
    support: Support,
    most: int,
    language: str = "English",
) -> list[Label]:
    """A label for each group 0..k-1 without a model: of its phrases, or of the kind of its messages.

    ``texts`` (n) are the members, ``labels`` (n) their groups, ``phrases`` what sets each group apart, ``most`` the
    words of a name, ``language`` the English name of the atlas's language. Nothing is quoted that too few people of a
    group wrote.
    """
    members = [np.flatnonzero(labels == group).tolist() for group in range(len(phrases))]
    made = [
        phrase_label(found, most, language) if found else plain_label(texts, inside, support, most, language)
        for found, inside in zip(phrases, members, strict=True)
    ]
    counts = Counter(label.name for label in made)
    for group, label in enumerate(made):
        if counts[label.name] > 1 and not phrases[group]:
            shared = _shared_words(texts, members[group], support)
            made[group] = label._replace(name=clean_name(": ".join([label.name, ", ".join(shared)]), most))
    return made


def phrase_label(phrases: Sequence[str], most: int, language: str = "English") -> Label:
    """A label made of distinguishing phrases."""
    name = clean_name(", ".join(phrases[:3]), most)
    return Label(name, wording(language)["apart"].format(phrases=", ".join(phrases)), tuple(phrases))


def plain_label(texts: Sequence[str], members: Sequence[int], support: Support, most: int, language: str) -> Label:
    """A label that says what kind of messages the ``members`` (rows of ``texts``) are.

    "Emoji and punctuation", "Short messages: hi, hello", "Various questions in English".
    """
    say = wording(language)
    worded = [row for row in members if _words(texts[row])]
    wordless = [row for row in members if not _words(texts[row])]
    share = len(wordless) / max(len(members), 1)
    kinds = _marks(texts, wordless, support, members, say) if share >= _SOME else ""
    if share <= _NEARLY_ALL and worded:
        rest, quoted = _kind(texts, worded, support, members, language)
        name = ", ".join([kinds, rest]) if kinds else rest + quoted
        told = say["no_word"].format(kinds=name)
    else:
        name, told = kinds, say["wordless"].format(kinds=kinds)
    return Label(clean_name(name, most), told)


def _words(text: str) -> list[str]:
    """Words with letters and without digits."""
    return [word for word in words(text) if not any(map(str.isdigit, word)) and any(map(str.isalpha, word))]


def _marks(
    texts: Sequence[str], rows: Sequence[int], support: Support, members: Sequence[int], say: dict[str, str]
) -> str:
    """What messages without words hold: "emoji and numbers: 👍"."""
    counts = Counter(kind for row in rows for kind in [_mark(texts[row])])
    kinds = [say[kind] for kind, count in counts.most_common() if count >= _SOME * len(rows)]
    pictures = _backed(rows, lambda row: _emoji(texts[row]), support, members)
    named = f" {say['and']} ".join(filter(None, [", ".join(kinds[:-1]), *kinds[-1:]]))
    return named + (f": {' '.join(pictures)}" if pictures else "")


def _mark(text: str) -> str:
    if _emoji(text):
        return "emoji"
    return "numbers" if any(map(str.isdigit, text)) else "punctuation"


def _emoji(text: str) -> set[str]:
    return {character for character in text if unicodedata.category(character) == "So"}


def _kind(
    texts: Sequence[str], rows: Sequence[int], support: Support, members: Sequence[int], language: str
) -> tuple[str, str]:
    """What messages with words are, and those of them that several people wrote (": hi, hello")."""
    say = wording(language)
    some = [texts[row] for row in rows[:_LOOKED_AT]]
    if sum(len(_words(text)) <= _SHORT for text in some) >= _MOST * len(some):
        alike = _backed(rows, lambda row: {_plain(texts[row])}, support, members)
        return say["short"], f": {', '.join(alike)}" if alike else ""
    kind = "requests"
    if sum("```" in text for text in some) >= _MOST * len(some):
        kind = "code"
    elif sum(any(mark in text for mark in "?？؟;՞") for text in some) >= _MOST * len(some):
        kind = "questions"
    elif sum(len(text) >= _LONG for text in some) >= _MOST * len(some):
        kind = "long"
    return _in_language(say[kind], some, language), ""


def _in_language(kind: str, texts: Sequence[str], language: str) -> str:
    """With the language that nearly all of the texts are in."""
    from clioscope.facets.language import identify_languages

    tags = Counter(tag for tag in identify_languages(texts) if tag is not None)
    tag, count = max(tags.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
    if not tag or count < _NEARLY_ALL * len(texts):
        return kind
    return wording(language)["in"].format(kind=kind, language=language_in(tag, language))


def _plain(text: str) -> str:
    return " ".join(normal(text).casefold().split()).strip(" .,!?…:;-。！？、")


def _shared_words(texts: Sequence[str], members: Sequence[int], support: Support) -> list[str]:
    """Common words that enough people used, to tell two such groups apart: "how, what"."""

    def parts(row: int) -> set[str]:
        return {word.casefold() for word in _words(normal(texts[row])) if len(word) > 1 and not _KANA.fullmatch(word)}

    return _backed(members, parts, support, members)


def _backed(
    rows: Iterable[int], parts: Callable[[int], set[str]], support: Support, members: Sequence[int]
) -> list[str]:
    """What most of the rows hold of what enough people do, three at most."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        for part in parts(row):
            if part:
                holders[part].append(row)
    found = [part for part, those in holders.items() if support.backed(those, members)]
    return sorted(found, key=lambda part: (-len(holders[part]), part))[:_QUOTED]
