"""Names as strings: do they differ?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.words import words
from clioscope.measure.figure import UNDEFINED, Figure, share
from clioscope.measure.metric import metric


@metric(
    "names",
    low=0,
    high=1,
    better="lower",
    meaning="Share of groups that carry the same name as another group.",
    source="counting; production list in docs/measuring.md",
)
def duplicate_names(names: Sequence[str]) -> Figure:
    """Share of names that occur more than once, compared without case, punctuation and spaces.

    A count of all names, so without interval. Undefined for no names. ``groups``: 1 for each duplicate.
    """
    plain = [" ".join(words(name.casefold())) for name in names]
    counts = Counter(plain)
    twice = np.array([counts[name] > 1 for name in plain])
    if not len(twice):
        return UNDEFINED
    return Figure(float(twice.mean()), None, None, len(twice), twice.astype(np.float64))


@metric(
    "names",
    low=0,
    high=1,
    better="lower",
    meaning="Share of the words of a name that all its siblings have too, so that they do not help to choose.",
    source="counting; production list in docs/measuring.md",
)
def sibling_words(names: Sequence[str], parents: NDArray[np.integer[Any]]) -> Figure:
    """Mean over families of siblings of the number of words common to all, divided by the mean number of
    different words in a name. ``parents`` (m,): the parent of each group, -1 for none; groups at the top are
    siblings. Families of one are left out; undefined without any other.
    """
    families: dict[int, list[set[str]]] = {}
    for name, parent in zip(names, parents, strict=True):
        families.setdefault(int(parent), []).append(set(words(name.casefold())))
    shares = [
        len(set.intersection(*names)) / max(1e-9, float(np.mean([len(words_) for words_ in names])))
        for names in families.values()
        if len(names) > 1 and any(names)
    ]
    return Figure(float(np.mean(shares)), None, None, len(shares)) if shares else UNDEFINED


def name_coverage(shown: NDArray[np.bool_], weights: NDArray[Any]) -> Figure:
    """Share of conversations (``weights``: how often each occurs) that lie in a group whose name is shown."""
    covered = share(int(weights[shown].sum()), int(weights.sum()))
    return covered._replace(low=None, high=None)  # all were counted
