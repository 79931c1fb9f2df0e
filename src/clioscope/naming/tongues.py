"""In which languages the texts of groups are written, for the words of their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.spaced import evenly_spaced

ENGLISH = "en"
_READ = 400  # characters of a text that are looked at
_SAMPLED = 30  # texts of a group that tell whether it is in English
_MOSTLY = 0.5  # share of a group that its main language has
_PART = 0.1  # share of a group from which a language counts; of fewer texts, it is more often a mistake


def text_languages(texts: Sequence[str], labels: NDArray[np.integer]) -> list[str]:
    """The language of each text as an IETF tag.

    ``labels`` (n,) are the groups of the texts. Every text of a group whose sample is all in English counts as English,
    so that the texts of most atlases need not be looked at one by one. A language that hardly any other text of its
    group is in is taken for a mistake: such a text counts as one in the main language of the group, and so does one
    that is too short to tell.
    """
    found = [ENGLISH] * len(texts)
    for group in np.unique(labels):
        rows = np.flatnonzero(labels == group)
        sample = {_language(texts[row]) for row in rows[evenly_spaced(len(rows), _SAMPLED)].tolist()}
        if sample <= {ENGLISH, None}:
            continue
        tags = [_language(texts[row]) for row in rows.tolist()]
        counts = Counter(tag for tag in tags if tag is not None)
        main = _commonest(counts)
        for row, tag in zip(rows.tolist(), tags, strict=True):
            found[row] = tag if tag is not None and counts[tag] >= _PART * counts.total() else main
    return found


def main_language(texts: Iterable[str]) -> str | None:
    """The language that more than half of some texts are in, as an IETF tag; None where there is none, or where it
    cannot be told. At most 30 evenly spaced texts are looked at."""
    held = list(texts)
    places = evenly_spaced(len(held), _SAMPLED).tolist()
    counts = Counter(tag for place in places if (tag := _language(held[place])) is not None)
    tag = _commonest(counts)
    return tag if counts[tag] > _MOSTLY * counts.total() else None


def _commonest(counts: Counter[str]) -> str:
    return max(counts, key=lambda tag: (counts[tag], tag), default=ENGLISH)


def _language(text: str) -> str | None:
    return _known(text[:_READ])


@lru_cache(maxsize=100_000)
def _known(head: str) -> str | None:
    from clioscope.facets.language import NO_LANGUAGE, identify_languages

    tag = identify_languages([head])[0]
    return None if tag == NO_LANGUAGE else tag
