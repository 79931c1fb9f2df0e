"""Which groups are mixed: their members share less than chance neighbours do.

Some groups are what is left when all others have been found. A confident name for one would be false. The test needs
no labels. It compares how alike the members of a group are, pair by pair, with chance neighbours: groups of the same
size that are drawn at random from the surroundings of a conversation (the three times as many that lie nearest to it).
A group is mixed if it is less alike than half of such groups in two places: anywhere in the atlas, and around its own
members. The first comparison alone would call a small subject mixed that lies in a thin region, and the second one a
small part of a large subject.

Measured on CLINC150 (MiniLM, smoothed vectors): .7 % of the 150 true intents are called mixed (2.7 % by the first
comparison alone). So are 66 % of groups made of four intents (79 %), and all that are made of thirds of three intents,
or drawn from all utterances (``benchmarks/tree.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.centroids import group_sums
from clioscope.vectors.grouped import rows_by_group
from clioscope.vectors.scan import best_rows
from clioscope.vectors.spaced import evenly_spaced

_AROUND = 3  # the surroundings are this many times as large as the group
_SHARE = 0.5  # a mixed group is less alike than this share of chance neighbours
_LEAST = 5  # members that a group must have to be judged
_PLACES = 200  # conversations whose surroundings are looked at
_OWN_PLACES = 25  # members of a group whose surroundings are looked at
_MOST = 20_000  # rows that surroundings are taken from
_HELD = 1 << 22  # neighbours, or numbers of vectors, that are held at once


def mixed_groups(vectors: NDArray[np.float32], labels: NDArray[np.integer[Any]], count: int) -> NDArray[np.bool_]:
    """Whether each group 0..count-1 is mixed, shape (count,).

    ``vectors`` (n, d) are unit rows, ``labels`` (n,) their groups. Compared are mean cosines of two different members;
    that of the surroundings is what a group drawn from them has on average. Of more than 20,000 rows, evenly spaced
    ones stand for all. A group of fewer than five members is never mixed.
    """
    sums, sizes = group_sums(vectors, labels, count)
    squares = np.bincount(labels, weights=np.einsum("ij,ij->i", vectors, vectors), minlength=count)
    own = _mean_cosines(sums, np.asarray(squares, dtype=np.float64), sizes)
    judged = np.flatnonzero(sizes >= _LEAST)
    mixed = np.zeros(count, dtype=bool)
    if len(judged):
        sample = vectors[evenly_spaced(len(vectors), _MOST)]
        share = len(sample) / len(vectors)
        anywhere = sample[evenly_spaced(len(sample), _PLACES)]
        mixed[judged] = own[judged] < _chance(sample, anywhere, sizes[judged] * share) - 1e-6
        doubtful = np.flatnonzero(mixed)
        rows_of = rows_by_group(labels, count)
        places = [rows_of[group][evenly_spaced(len(rows_of[group]), _OWN_PLACES)] for group in doubtful]
        around = _chance_around(sample, vectors, places, sizes[doubtful] * share)
        mixed[doubtful] = own[doubtful] < around - 1e-6
    return mixed


def _chance(
    sample: NDArray[np.float32], places: NDArray[np.float32], sizes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """For each size (k,), the mean cosine of chance neighbours: the median over ``places`` (p, d) of the ``sample``."""
    around = _surroundings(sizes, sample)
    most = int(around.max())
    ends, place_of = np.unique(around, return_inverse=True)
    starts = np.concatenate([[0], ends[:-1]])
    found = []
    for place in places:
        cosines = sample @ place
        near = np.argpartition(-cosines, most - 1)[:most]
        near = near[np.argsort(-cosines[near], kind="stable")]
        rows = sample[near].astype(np.float64)
        sums = np.cumsum(np.add.reduceat(rows, starts, axis=0), axis=0)
        squares = np.cumsum(np.add.reduceat(np.einsum("ij,ij->i", rows, rows), starts))
        found.append(_mean_cosines(sums, squares, ends.astype(np.float64))[place_of])
    return np.asarray(np.quantile(np.asarray(found), _SHARE, axis=0))


def _chance_around(
    sample: NDArray[np.float32],
    vectors: NDArray[np.float32],
    places: Sequence[NDArray[np.intp]],
    sizes: NDArray[np.float64],
) -> NDArray[np.float64]:
    """For each group of some size (k,), the mean cosine of chance neighbours around its own ``places``, which are rows
    of the ``vectors`` (n, d): the median over them."""
    around = _surroundings(sizes, sample)
    order = np.argsort(-around, kind="stable")
    chance = np.empty(len(places))
    start = 0
    while start < len(order):
        most = int(around[order[start]])  # the others of a block need no more
        block = order[start : start + max(1, _HELD // (_OWN_PLACES * max(most, vectors.shape[1])))]
        start += len(block)
        near = best_rows(vectors[np.concatenate([places[group] for group in block])], sample, most)
        ends = np.cumsum([len(places[group]) for group in block])
        for group, own in zip(block, np.split(near, ends[:-1]), strict=True):
            size = int(around[group])
            rows = (sample[one[:size]].astype(np.float64) for one in own)
            sums, squares = zip(*((some.sum(axis=0), np.vdot(some, some)) for some in rows), strict=True)
            alike = _mean_cosines(np.array(sums), np.array(squares), np.full(len(own), size, np.float64))
            chance[group] = np.quantile(alike, _SHARE)
    return chance


def _surroundings(sizes: NDArray[np.float64], sample: NDArray[np.float32]) -> NDArray[np.intp]:
    """How many rows of the sample surround a place, for each size (k,) of a group."""
    return np.clip(np.rint(_AROUND * sizes).astype(np.intp), 2, len(sample))


def _mean_cosines(
    sums: NDArray[np.float64], squares: NDArray[np.float64], sizes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean cosine of two different rows of each set, from the sums of its rows and of their squared lengths."""
    pairs = np.maximum(sizes * (sizes - 1), 1)
    return np.asarray((np.einsum("ij,ij->i", sums, sums) - squares) / pairs)
