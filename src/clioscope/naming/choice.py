"""Which of several names is kept: the one that finds the members of its group among their neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.stopwords import plain_verbs, stopwords, vague_words
from clioscope.conversations.texts.titles import copies_one, is_list, plain_title
from clioscope.conversations.texts.whole import breaks_off
from clioscope.naming.candidates import best_name
from clioscope.vectors.spaced import evenly_spaced

# Average precision that a name loses for being as near to every other group as to its own, and for each fault.
_VAGUE, _GENERIC, _COPY, _LIST, _CUT = 0.1, 0.1, 0.3, 0.05, 0.3
# Weight of the margin to the nearest other group: the nearest non-members say little about groups farther away.
_MARGIN = 0.5
_MOST = 300  # members that a name is tried on


class Surroundings(NamedTuple):
    """What a name is tried on.

    ``members`` (m, d) and ``near`` (q, d) are unit rows: conversations of the group, and those that lie nearest to it
    outside. ``own`` (d,) and ``others`` (k - 1, d) are the centroids of the group and of all other groups.
    ``requests`` are the texts of the members.
    """

    members: NDArray[np.float32]
    near: NDArray[np.float32]
    own: NDArray[np.float32]
    others: NDArray[np.float32]
    requests: Sequence[str] = ()


Choice = Callable[[Sequence[str], NDArray[np.float32], Surroundings], int]


def by_retrieval(names: Sequence[str], vectors: NDArray[np.float32], around: Surroundings) -> int:
    """Index of the name that retrieves its group best: ``score`` is the highest. The first of equals wins.

    ``vectors`` (names, d) are the unit rows of the names.
    """
    return int(np.argmax([score(name, vector, around) for name, vector in zip(names, vectors, strict=True)]))


def by_centroid(names: Sequence[str], vectors: NDArray[np.float32], around: Surroundings) -> int:
    """Index of the name with the highest 2 cos(name, own centroid) - max over other groups of cos(name, centroid)."""
    return best_name(names, vectors, around.own, around.others)


def first_name(names: Sequence[str], vectors: NDArray[np.float32], around: Surroundings) -> int:
    """Index of the first name, which the model thought of first."""
    return 0


def score(name: str, vector: NDArray[np.float32], around: Surroundings) -> float:
    """How good a name is: the average precision of its group, and half the margin to other groups, less penalties.

    The margin is the cosine to the group's centroid less that to the nearest other centroid. A name loses up to .1 for
    vagueness (the share of other groups that it is at least as near to as to its own), .1 if all its words are generic,
    .05 for a list, and .3 if it repeats one member or breaks off.
    """
    found = average_precision(around.members[evenly_spaced(len(around.members), _MOST)] @ vector, around.near @ vector)
    loss = _VAGUE * vagueness(vector, around) + _GENERIC * is_generic(name) + _CUT * breaks_off(name)
    margin = float(around.own @ vector - (around.others @ vector).max()) if len(around.others) else 0.0
    return found + _MARGIN * margin - loss - _COPY * copies_one(name, around.requests) - _LIST * is_list(name)


def average_precision(inside: NDArray[np.floating], outside: NDArray[np.floating]) -> float:
    """Average precision of finding the rows inside by a score: the mean, over them, of the share of rows inside among
    those that score at least as high.

    ``inside`` and ``outside`` are the scores. 1 where nothing is outside, NaN where nothing is inside.
    """
    if not len(inside):
        return float("nan")
    ranked = np.sort(inside)[::-1]
    above_inside = np.searchsorted(-ranked, -ranked, side="right")
    above_outside = np.searchsorted(-np.sort(outside)[::-1], -ranked, side="right")
    return float(np.mean(above_inside / (above_inside + above_outside)))


def vagueness(vector: NDArray[np.float32], around: Surroundings) -> float:
    """The share of other groups whose centroid is at least as near to a name as that of its own group, 0 to 1."""
    if not len(around.others):
        return 0.0
    return float((around.others @ vector >= around.own @ vector).mean())


def is_generic(name: str) -> bool:
    """Whether a name has only words that any group might have: "Provide information and help"."""
    words = plain_title(name).split()
    return all(word in stopwords() or word in plain_verbs() or word in vague_words() for word in words)
