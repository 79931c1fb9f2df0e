"""What can be wrong with the title of a group: a number at its end, a list, the words of one member."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from clioscope.conversations.texts.stopwords import stopwords
from clioscope.conversations.texts.words import words

_BRACKETED = re.compile(r"^(.*\S)\s*[(\[（]\s*(?:\d{1,3}|[IVX]+)\s*[)\]）]$")
_BARE = re.compile(r"^(.*\S)[\s#-]+(?:\d{1,3}|[IVX]+)$")
_BETWEEN = re.compile(
    r",\s+|[;、，،；]\s*|\s[/|]\s|\s(?:and|or|&|и|или|та|або|und|oder|et|ou|y|e|i|en|ve|και|და|և|और|و)\s(?:(?:and|or)\s)?"
)
_LIST = 3  # parts of a list
_COPIED = 5  # words in a row that a title and one member share
_NEARLY = 0.8  # share of the words
_COMMON = 0.1  # a request that more of the members make is the subject of the group


def numbered(title: str) -> bool:
    """Whether a title ends with a number in brackets: "Write code (2)"."""
    return _BRACKETED.match(" ".join(title.split())) is not None


def without_number(title: str) -> str:
    """The title without a number at its end, in brackets or bare, Arabic or Roman."""
    flat = " ".join(title.split())
    found = _BRACKETED.match(flat) or _BARE.match(flat)
    return found.group(1) if found else flat


def stems(titles: Sequence[str]) -> list[str]:
    """Each title in small letters, without punctuation and without a number at its end that only tells it from others.

    A number in brackets always goes. A bare one ("Write code 2", "Write code II") goes only where another title is the
    same without it: "World War II" and "Python 3" are titles by themselves.
    """
    plain = [plain_title(title) for title in titles]
    bare = [plain_title(without_number(title)) for title in titles]
    counts = Counter(bare)
    return [
        short if numbered(title) or counts[short] > 1 else long
        for title, short, long in zip(titles, bare, plain, strict=True)
    ]


def plain_title(title: str) -> str:
    """A title without case, punctuation and spaces: titles that agree in this are the same."""
    return " ".join(words(title.casefold()))


def is_list(title: str) -> bool:
    """Whether a title lists three things or more: "Emails, letters and reports"."""
    return sum(bool(part.strip(" ,")) for part in _BETWEEN.split(title)) >= _LIST


def joins(title: str, children: Sequence[str]) -> bool:
    """Whether a title is made of the titles of two or more of the group's children."""
    own = _content(title)
    held = {
        frozenset(child)
        for child in map(_content, children)
        if child and len(child & own) >= _NEARLY * len(child) and (len(child) > 1 or len(own) <= 3)
    }
    return len(held) > 1


def copies_one(title: str, members: Sequence[str]) -> bool:
    """Whether a title repeats what one member says, word for word or nearly.

    It does if it is equal to the member, if one holds the other's words in a row (five of the member's, or nearly all
    of it), or if four fifths of their different words agree. A title of fewer than three words is no copy, and neither
    is what a tenth of the members say, or more of them than one.
    """
    own = words(title.casefold())
    if len(own) < 3:
        return False
    agreeing = sum(_alike(own, words(member.casefold())) for member in members)
    return agreeing == 1 or 0 < agreeing < _COMMON * len(members)


def _alike(own: list[str], member: list[str]) -> bool:
    if not member:
        return False
    if own == member:
        return True
    short, long = sorted((own, member), key=len)
    if len(short) >= 4 and _within(short, long) and (len(short) >= _NEARLY * len(long) or short is own):
        return len(short) >= _COPIED or len(short) >= _NEARLY * len(long)
    one, other = set(own), set(member)
    return min(len(one), len(other)) >= 4 and len(one & other) >= _NEARLY * len(one | other)


def _within(short: list[str], long: list[str]) -> bool:
    """Whether the words of one list stand in a row in the other."""
    return f" {' '.join(short)} " in f" {' '.join(long)} "


def _content(title: str) -> set[str]:
    """The words of a title that say something, without a plural's ending."""
    return {word.rstrip("s") for word in words(title.casefold()) if word not in stopwords() and len(word) > 1}
