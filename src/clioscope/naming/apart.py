"""Names for a group whose name is taken: what sets it apart from the groups that have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.titles import plain_title
from clioscope.conversations.texts.whole import whole_phrase
from clioscope.naming.candidates import Label, clean_name
from clioscope.naming.ranks import size_rank
from clioscope.naming.wording import own_language
from clioscope.vectors.spaced import evenly_spaced

if TYPE_CHECKING:
    from clioscope.naming.context import NamingContext

_LOOKED_AT = 2000  # conversations of a group that are compared with those of its rivals
_TYPICAL, _LIFT = 0.3, 1.5  # share of a group that has a trait, and how many times as common it is as among rivals


def other_names(
    context: NamingContext, label: Label, own: NDArray[np.integer], rivals: Sequence[NDArray[np.integer]]
) -> Iterator[list[str]]:
    """Lists of names that may replace that of ``label``, the best list first.

    ``own`` and ``rivals`` are rows of conversations: those of the group, and of the groups whose names are too much
    alike. A name is the present one with what sets the group apart from its rivals (phrases, then traits such as the
    field), with a phrase that sets it apart from all groups, or such phrases alone.
    """
    words = context.settings.max_words
    contrast = _contrast(context, own, rivals)
    yield with_additions(label.name, contrast, words)
    yield with_additions(label.name, _traits(context, own, rivals), words)
    yield with_additions(label.name, label.phrases, words)
    yield [*_alone(contrast, words), *_alone(label.phrases, words)]


def ranked_name(name: str, place: int, count: int, words: int, language: str) -> str:
    """The name with the group's place by size among ``count`` groups, in words: "Write code: the smaller part"."""
    rank = size_rank(place, count, language)
    kept = " ".join(name.split(" ")[: max(words - len(rank.split(" ")), 1)])
    return f"{whole_phrase(kept, cut=kept != name) or kept}: {rank}"


def language_said(label: Label, language: str) -> str:
    """The language (its English name) that a label is written in; ``language`` where that cannot be told."""
    return own_language([f"{label.description} {label.name}"], language, model=False)


def _contrast(context: NamingContext, own: NDArray[np.integer], rivals: Sequence[NDArray[np.integer]]) -> Sequence[str]:
    """Phrases of a group that its rivals do not have."""
    parts = [rows[evenly_spaced(len(rows), _LOOKED_AT)] for rows in (own, *rivals) if rows is own or len(rows)]
    if len(parts) < 2:
        return ()
    rows = np.concatenate(parts)
    labels = np.repeat(np.array([0] + [1] * (len(parts) - 1)), [len(part) for part in parts])
    support = context.support.among(rows.tolist())
    return context.phrases.among(rows.tolist()).distinguishing(labels, 4, support, lifted=True)[0]


def _traits(context: NamingContext, own: NDArray[np.integer], rivals: Sequence[NDArray[np.integer]]) -> list[str]:
    """The commonest value of each trait (field, activity) that sets a group apart from its rivals."""
    others = np.concatenate([rows for rows in rivals if len(rows)] or [np.zeros(0, dtype=np.intp)])
    found = []
    for values in context.traits.values():
        here = Counter(value for row in own if (value := values[row]))
        there = Counter(value for row in others if (value := values[row]))
        for value, count in sorted(here.items(), key=lambda pair: (-pair[1], pair[0]))[:1]:
            share, elsewhere = count / sum(here.values()), there[value] / max(sum(there.values()), 1)
            holders = [int(row) for row in own if values[row] == value]
            if share >= _TYPICAL and share >= _LIFT * elsewhere and context.support.backed(holders, own.tolist()):
                found.append(str(value))
    return found


def with_additions(name: str, additions: Sequence[str], words: int) -> list[str]:
    """The name with each addition that shares no word with it, as far as that is short enough."""
    held = set(plain_title(name).split())
    fresh = [addition for addition in additions if not held & set(plain_title(addition).split())]
    options = [f"{name}: {addition}" for addition in fresh]
    return [clean for option in options if len(option.split()) <= words and (clean := clean_name(option, words))]


def _alone(phrases: Sequence[str], words: int) -> list[str]:
    """Names of two phrases, and of one."""
    pairs = [", ".join(phrases[start : start + 2]) for start in range(0, len(phrases), 2)]
    options = [*pairs, *phrases]
    return [clean for option in options if len(option.split()) <= words and (clean := clean_name(option, words))]
