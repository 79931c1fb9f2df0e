"""Words in any script, for names and for privacy.

Letters with their combining marks (vowel signs of Hindi, Thai or Khmer, accents written apart) are one word. Scripts
that write no blanks between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) are divided by ICU's dictionaries.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

# First and last code point of the scripts that write no blanks. Korean has blanks.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x19E0, 0x19FF),
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),
    (0x3021, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # ideographs
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)
_IN_UNSPACED = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in _UNSPACED)
_UNSPACED_RUN = re.compile(f"[{_IN_UNSPACED}]")


@cache
def marks() -> str:
    """Combining marks and joiners, for a character class of a pattern: they belong to the letter before them."""
    points = [point for point in range(0x300, 0x20000) if unicodedata.category(chr(point))[0] == "M"]
    points += [0x200C, 0x200D, *range(0xE0100, min(0xE01F0, sys.maxunicode))]
    points.sort()
    starts = [points[0], *(after for before, after in pairwise(points) if after > before + 1)]
    ends = [*(before for before, after in pairwise(points) if after > before + 1), points[-1]]
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in zip(starts, ends, strict=True))


def normal(text: str) -> str:
    """The text with letters and their accents as one character, where there is one (NFC)."""
    return unicodedata.normalize("NFC", text)


def words(text: str) -> list[str]:
    """The words of a text in order, as written: letters, marks, digits and ``_``."""
    return [text[start:end] for start, end in word_spans(text)]


def word_spans(text: str, pattern: re.Pattern[str] | None = None) -> Iterator[tuple[int, int]]:
    """Where words stand: matches of ``pattern`` (runs of letters, marks and digits unless given), divided where a
    script without blanks asks for it."""
    for match in (pattern or _runs()).finditer(text):
        yield from divided(text, match.start(), match.end())


def found_words(text: str, pattern: re.Pattern[str]) -> list[str]:
    """The words of a text that ``word_spans`` gives for a pattern without groups, faster."""
    if text.isascii() or not _UNSPACED_RUN.search(text):
        return pattern.findall(text)
    return [text[start:end] for start, end in word_spans(text, pattern)]


def divided(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The words in ``text[start:end]``, a run without blanks and punctuation."""
    run = text[start:end]
    if not _UNSPACED_RUN.search(run):
        yield start, end
        return
    from icu4py.breakers import WordBreaker

    # ICU joins ideographs and letters of other scripts nowhere, and knows no word of both.
    for first, last in WordBreaker(run, "en").segments():
        if any(character.isalnum() for character in run[first:last]):
            yield start + first, start + last


def unspaced(word: str) -> bool:
    """Whether a word has letters of a script that writes no blanks."""
    return _UNSPACED_RUN.search(word) is not None


def joined(left: str, right: str) -> bool:
    """Whether two words that follow each other are written without a blank between them."""
    return bool(left and right) and unspaced(left[-1]) and unspaced(right[0])


@cache
def _runs() -> re.Pattern[str]:
    return re.compile(rf"\w[\w{marks()}]*")
