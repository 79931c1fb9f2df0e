"""Names without a model: from distinguishing phrases, or from the kind of messages that a group holds."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.stopwords import dangling_words, stopwords, stopwords_of
from clioscope.conversations.texts.words import normal, words
from clioscope.naming.candidates import Label, clean_name
from clioscope.naming.support import Support
from clioscope.naming.tongues import main_language
from clioscope.naming.wording import language_in, wording
from clioscope.vectors.grouped import rows_by_group

_SHORT = 3  # words of a short message
_LONG = 600  # characters of a long text
_NEARLY_ALL, _MOST, _SOME = 0.8, 0.6, 0.2  # shares of the members
_LOOKED_AT = 200  # members whose kind and language are determined
_LEADING = 4  # best phrases that may stand in a title
_QUOTED = 3  # messages or emoji
# Words that say what kind of question it is.
_ASKING = frozenset({"how", "what", "when", "where", "which", "who", "как", "что", "когда", "где", "который"})
_KANA = re.compile("[\u3041-\u309f]{1,2}")  # hiragana this short is grammar


def spare_labels(
    texts: Sequence[str],
    labels: NDArray[np.integer],
    phrases: Sequence[Sequence[str]],
    support: Support,
    most: int,
    languages: Sequence[str],
) -> list[Label]:
    """A label for each group 0..k-1 without a model: from its phrases, or from the kind of its messages.

    ``texts`` (n) stand for the conversations, ``labels`` (n,) are their groups, ``phrases`` (k) set each group apart.
    ``most`` is the limit of words per name, ``languages`` (k) are the English names of the languages of the labels.
    Nothing is quoted that too few people of a group wrote.
    """
    members = [rows.tolist() for rows in rows_by_group(labels, len(phrases))]
    spare = [
        phrase_label(own, most, language) if own else plain_label(texts, rows, support, most, language)
        for own, rows, language in zip(phrases, members, languages, strict=True)
    ]
    counts = Counter(label.name for label in spare)
    for group, label in enumerate(spare):
        if counts[label.name] > 1 and not phrases[group]:
            shared = _shared_words(texts, members[group], support)
            quoted = ", ".join(wording(languages[group])["quoted"].format(word=word) for word in shared)
            spare[group] = label._replace(name=clean_name(": ".join(filter(None, [label.name, quoted])), most))
    return spare


def phrase_label(phrases: Sequence[str], most: int, language: str = "English") -> Label:
    """A label made of distinguishing phrases: a name of one or two of them, and a description of all."""
    name = next(iter(titles(phrases, most)), "")
    return Label(name, wording(language)["apart"].format(phrases=", ".join(phrases)), tuple(phrases))


def titles(phrases: Sequence[str], most: int) -> list[str]:
    """Titles of at most ``most`` words that phrases (the best first) make, the likeliest first.

    A title is a phrase of several words, or two phrases with a comma; the one of several words stands first. A single
    word is a title only where there is nothing else.
    """
    best = phrases[:_LEADING]
    pairs = [sorted(pair, key=lambda phrase: _parts(phrase) < 2) for pair in combinations(best, 2)]
    options = [", ".join(pair) for pair in pairs] + [phrase for phrase in best if _parts(phrase) > 1]
    whole = [clean for option in options if _parts(option) <= most and (clean := clean_name(option, most))]
    return whole or [clean for phrase in best if (clean := clean_name(phrase, most))]


def _parts(phrase: str) -> int:
    """How many words a phrase has, in scripts without blanks too."""
    return len(words(phrase))


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
        description = say["no_word"].format(kinds=name)
    else:
        name, description = kinds, say["wordless"].format(kinds=kinds)
    return Label(clean_name(name, most), description)


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
    """The kind of a message without words."""
    if _emoji(text):
        return "emoji"
    return "numbers" if any(map(str.isdigit, text)) else "punctuation"


def _emoji(text: str) -> set[str]:
    return {character for character in text if unicodedata.category(character) == "So"}


def _kind(
    texts: Sequence[str], rows: Sequence[int], support: Support, members: Sequence[int], language: str
) -> tuple[str, str]:
    """What messages with words are, and the messages that several people wrote (": hi, hello")."""
    say = wording(language)
    some = [texts[row] for row in rows[:_LOOKED_AT]]
    if sum(len(_words(text)) <= _SHORT for text in some) >= _MOST * len(some):
        repeated = _backed(rows, lambda row: {_plain(texts[row])}, support, members)
        return say["short"], f": {', '.join(repeated)}" if repeated else ""
    kind = "requests"
    if sum("```" in text for text in some) >= _MOST * len(some):
        kind = "code"
    elif sum(any(mark in text for mark in "?？؟;՞") for text in some) >= _MOST * len(some):
        kind = "questions"
    elif sum(len(text) >= _LONG for text in some) >= _MOST * len(some):
        kind = "long"
    return _in_language(say[kind], some, language), ""


def _in_language(kind: str, texts: Sequence[str], language: str) -> str:
    """``kind`` with the language of the texts, where nearly all of them are in one language."""
    from clioscope.facets.language import identify_languages

    tags = Counter(tag for tag in identify_languages(texts) if tag is not None)
    tag, count = max(tags.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
    if not tag or count < _NEARLY_ALL * len(texts):
        return kind
    return wording(language)["in"].format(kind=kind, language=language_in(tag, language))


def _plain(text: str) -> str:
    """A message in small letters, without punctuation at its ends: messages that agree in this are the same."""
    return " ".join(normal(text).casefold().split()).strip(" .,!?…:;-。！？、")


def _shared_words(texts: Sequence[str], members: Sequence[int], support: Support) -> list[str]:
    """Common words that enough people used, to tell groups of one name apart: "how, what", but not "and, the"."""
    tag = main_language(texts[row] for row in members)
    empty = (dangling_words() | stopwords() | (stopwords_of(tag) if tag else frozenset())) - _ASKING

    def parts(row: int) -> set[str]:
        found = {word.casefold() for word in _words(normal(texts[row])) if len(word) > 1}
        return {word for word in found - empty if not _KANA.fullmatch(word)}

    return _backed(members, parts, support, members)


def _backed(
    rows: Iterable[int], parts: Callable[[int], set[str]], support: Support, members: Sequence[int]
) -> list[str]:
    """The parts that enough people wrote, at most three, those of the most rows first.

    ``parts`` gives the parts of a row: words, emoji, or the whole message.
    """
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        for part in parts(row):
            if part:
                holders[part].append(row)
    backed = [part for part, those in holders.items() if support.backed(those, members)]
    return sorted(backed, key=lambda part: (-len(holders[part]), part))[:_QUOTED]
