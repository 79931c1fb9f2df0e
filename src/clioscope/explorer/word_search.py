"""Search by words in the sentences of conversations and, where that is allowed, in what was kept of their texts."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.words import divided
from clioscope.explorer.tables import beside

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

TRANSCRIPT = "transcript"
MOST_HITS = 8
_BEFORE, _AFTER = 60, 140  # characters of the text around a hit
# Accents; the points of Hebrew; the vowel marks, hamzas and stretching lines of Arabic, which most people do not write.
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]"
)


class Hit(NamedTuple):
    """A row of the page, the ``field`` (a facet, or ``transcript``), and its text around the first word. ``at`` are
    pairs of places in ``text`` where words of the question begin and end."""

    row: int
    field: str
    text: str
    at: list[tuple[int, int]]


class Hits(NamedTuple):
    """All ``rows`` (k,) that hold every word of the question in one of their texts, and the first few as ``hits``."""

    rows: NDArray[np.int64]
    hits: list[Hit]


def fold(text: str) -> str:
    """Letters without accents, in lower case, as the page compares them; ё counts as е."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()


def words_of(question: str) -> list[str]:
    """The folded words of a question, which need no blanks between them where their script has none."""
    runs = unicodedata.normalize("NFC", question).split()
    words = [run[start:end] for run in runs for start, end in divided(run, 0, len(run))]
    return [folded for word in words if (folded := fold(word))]


class WordSearch:
    """Searches the texts of one atlas that is not published; with ``transcripts`` also the condensed transcripts.

    The texts are read and folded at the first question, and kept.
    """

    def __init__(self, atlas: Atlas, *, transcripts: bool) -> None:
        self.atlas, self._transcripts = atlas, transcripts

    @cached_property
    def _texts(self) -> dict[str, pl.Series]:
        import polars as pl

        rows = self.atlas.clusters[self.atlas.shown_rows].select("conversation")
        facets = beside(rows, self.atlas.facets)
        names = [one["name"] for one in self.atlas.manifest["facets"] if one["type"] == "text"]
        found = {name: facets[name].fill_null("").cast(pl.String) for name in names if name in facets.columns}
        if self._transcripts:
            found[TRANSCRIPT] = beside(rows, self.atlas.transcripts)["transcript"].fill_null("")
        return found

    @cached_property
    def _folded(self) -> dict[str, pl.Series]:
        return {
            name: texts.str.normalize("NFKD").str.replace_all(_MARKS.pattern, "").str.to_lowercase()
            for name, texts in self._texts.items()
        }

    def search(self, question: str) -> Hits:
        """The rows of which one text holds every word of the question, anywhere in its words."""
        words = words_of(question)
        size = len(self.atlas.shown_rows)
        found = np.zeros(size, bool)
        hits: dict[int, Hit] = {}
        for field, texts in self._folded.items():
            if not words:
                break
            mine = np.ones(size, bool)
            for word in words:
                mine &= texts.str.contains(word, literal=True).to_numpy()
            found |= mine
            for row in np.flatnonzero(mine)[:MOST_HITS].tolist():
                hits.setdefault(row, Hit(row, field, *around(self._texts[field][row], words)))
        first = [hits[row] for row in sorted(hits)[:MOST_HITS]]
        return Hits(np.flatnonzero(found), first)


def around(text: str, words: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """A text around the first of some folded words, on one line, and where the words stand in it."""
    text = " ".join(text.split())
    places: list[int] = []  # of every folded character, that of the character that it comes from
    folded = []
    for place, character in enumerate(text):
        made = fold(character)
        folded.append(made)
        places += [place] * len(made)
    line = "".join(folded)
    spans = sorted(
        (places[match.start()], places[match.end() - 1] + 1)
        for word in _together(words, line)
        for match in re.finditer(re.escape(word), line)
    )
    if not spans:
        return text[: _BEFORE + _AFTER], []
    begin = max(0, spans[0][0] - _BEFORE)
    end = min(len(text), spans[0][1] + _AFTER)
    if begin and (space := text.find(" ", begin, spans[0][0])) >= 0:
        begin = space + 1
    if end < len(text) and (space := text.rfind(" ", spans[0][1], end)) >= 0:
        end = space
    before, after = ("… " if begin else ""), (" …" if end < len(text) else "")
    shift = len(before) - begin
    at = [(start + shift, stop + shift) for start, stop in spans if begin <= start and stop <= end]
    return f"{before}{text[begin:end]}{after}", _apart(at)


def _together(words: list[str], line: str) -> list[str]:
    """Words of a question, those made one that stand together in a line without blanks: what was typed is marked as a
    whole."""
    found: list[str] = []
    start = 0
    while start < len(words):
        stop = len(words)
        while stop > start + 1 and "".join(words[start:stop]) not in line:
            stop -= 1
        found.append("".join(words[start:stop]))
        start = stop
    return found


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap made one, in order."""
    found: list[tuple[int, int]] = []
    for start, stop in spans:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return found


def as_json(hits: Hits, *, rows: bool) -> dict[str, Any]:
    """What the page gets: ``n``, the ``hits`` and, if wanted, all ``rows``."""
    return {
        "n": len(hits.rows),
        "hits": [hit._asdict() for hit in hits.hits],
        **({"rows": hits.rows.tolist()} if rows else {}),
    }
