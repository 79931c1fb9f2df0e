"""Which groups are mixed: their members share less than chance neighbours do.

Some groups are what is left when all others have been found. A confident name for one would be false. The test needs
no labels. It compares how alike the members of a group are, pair by pair, with groups of the same size that are drawn
at random from the surroundings of a conversation (the three times as many that lie nearest to it). A group is mixed if
it is less alike than half of such groups.

Measured on CLINC150 (MiniLM, smoothed vectors): 2.7 % of the 150 true intents are called mixed. So are 79 % of groups
made of four intents, and all that are made of thirds of three intents, or drawn from all utterances. On labelled
ShareGPT with facets of a strong model, .7 % of 12 and 2.3 % of 18 groups are called mixed; their purity is .40 and .48,
that of the others .54 and .60 (``benchmarks/tree.py``). A test against the group's own surroundings failed: it called
small parts of large subjects mixed, which are purer than other groups.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.centroids import group_sums
from clioscope.vectors.spaced import evenly_spaced

_AROUND = 3  # the surroundings are this many times as large as the group
_SHARE = 0.5  # a mixed group is less alike than this share of chance neighbours
_LEAST = 5  # members that a group must have to be judged
_PLACES = 200  # conversations whose surroundings are looked at
_MOST = 20_000  # rows that surroundings are taken from


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
        usual = _chance(vectors, sizes[judged])
        mixed[judged] = own[judged] < usual - 1e-6
    return mixed


def _chance(vectors: NDArray[np.float32], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each size, the mean cosine of chance neighbours (the median over places)."""
    sample = vectors[evenly_spaced(len(vectors), _MOST)]
    around = np.rint(_AROUND * sizes * len(sample) / len(vectors)).astype(np.intp)
    around = np.clip(around, 2, len(sample))
    most = int(around.max())
    found = []
    for place in evenly_spaced(len(sample), _PLACES):
        cosines = sample @ sample[place]
        near = np.argpartition(-cosines, most - 1)[:most]
        near = near[np.argsort(-cosines[near], kind="stable")]
        rows = sample[near].astype(np.float64)
        sums = np.cumsum(rows, axis=0)[around - 1]
        squares = np.cumsum(np.einsum("ij,ij->i", rows, rows))[around - 1]
        found.append(_mean_cosines(sums, squares, around.astype(np.float64)))
    return np.asarray(np.quantile(np.asarray(found), _SHARE, axis=0))


def _mean_cosines(
    sums: NDArray[np.float64], squares: NDArray[np.float64], sizes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean cosine of two different rows of each set, from the sums of its rows and of their squared lengths."""
    pairs = np.maximum(sizes * (sizes - 1), 1)
    return np.asarray((np.einsum("ij,ij->i", sums, sums) - squares) / pairs)
