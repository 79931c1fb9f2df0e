"""The order in which conversations are put to a model, so that any number of the first ones covers all of them.

A spatially balanced sample in the manner of GRTS (Stevens and Olsen 2004). The conversations are laid on a line on
which neighbours are alike. The line is cut into halves, quarters, eighths and so on. Of each piece one conversation
comes first, drawn by a hash: the one of the whole line, then one of the half that has none yet, and so on. So every
prefix of the order has its share of every region and of every language, each conversation is equally likely to be in
it, and 600 conversations are the first 400 and 200 more. What is drawn hangs on hashes of vectors and not on places,
so that a few new conversations change little of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.prediction.copies import near_copies
from clioscope.vectors.spaced import evenly_spaced

_AXES = 32  # principal directions that the line is made of
_SAMPLE = 20_000  # rows that the directions are found from
_LEAF = 64  # rows that are not cut further, but stand along their widest direction


def spread_order(
    vectors: NDArray[Any],
    strata: Sequence[str | None] | None = None,
    seed: int = 0,
    stands_for: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """The rows of ``vectors`` (n, d) in a nested, spatially balanced random order: a permutation (n,).

    ``strata`` (n): a name per row, such as its language; each has its share of every prefix. ``stands_for`` (n,): the
    row that stands for each row, as ``near_copies`` tells (which is called if it is missing); rows that another one
    stands for come last. Equal input gives an equal order. Raises ValueError for NaN or infinite values.
    """
    stands_for = near_copies(vectors) if stands_for is None else stands_for
    first = np.flatnonzero(stands_for == np.arange(len(vectors)))
    names = [""] * len(first) if strata is None else [strata[row] or "" for row in first.tolist()]
    line = first[_line(np.asarray(vectors[first], np.float32), names)]
    chances = _chances(vectors[line], seed)
    order = line[_nested(chances, np.random.default_rng(seed))]
    return np.concatenate([order, np.setdiff1d(np.arange(len(vectors)), first)]).astype(np.int64)


def _line(vectors: NDArray[np.float32], names: Sequence[str]) -> NDArray[np.int64]:
    """The rows on a line: each name by itself, and within it what is alike side by side."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    tags = np.array(names, dtype=object)
    places = _principal(vectors)
    parts = []
    with threadpool_limits(1):  # small matrices, on which more threads only wait for each other
        for name in sorted(set(names)):
            rows = np.flatnonzero(tags == name)
            parts += [rows[leaf] for leaf in _halved(places[rows])]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _principal(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """The rows in the first principal directions of all (n, at most 32)."""
    if not len(vectors):
        return np.zeros((0, 1))
    some = vectors[evenly_spaced(len(vectors), _SAMPLE)].astype(np.float64)
    mean = some.mean(axis=0)
    _, axes = np.linalg.eigh((some - mean).T @ (some - mean))
    placed: NDArray[np.float64] = (vectors - mean.astype(np.float32)) @ _signed(axes[:, ::-1][:, :_AXES])
    return placed


def _signed(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions (d, k), each with its largest part positive, since the sign of a direction says nothing."""
    largest = np.abs(axes).argmax(axis=0)
    return axes * np.where(axes[largest, np.arange(axes.shape[1])] < 0, -1.0, 1.0)


def _halved(places: NDArray[np.float64]) -> Iterator[NDArray[np.int64]]:
    """The rows in leaves of a tree, from left to right: each cut in the middle of its widest direction."""
    waiting = [np.arange(len(places))]
    while waiting:
        rows = waiting.pop()
        own = places[rows] - places[rows].mean(axis=0)
        axis = _signed(np.linalg.eigh(own.T @ own)[1][:, -1:])
        ordered = rows[np.argsort((own @ axis)[:, 0], kind="stable")]
        if len(rows) <= _LEAF:
            yield ordered
            continue
        middle = len(rows) // 2
        waiting += [ordered[middle:], ordered[:middle]]


def _chances(vectors: NDArray[Any], seed: int) -> NDArray[np.uint64]:
    """A number per row, from its content and the seed: the smallest of a piece is drawn first."""
    key = str(seed).encode()
    rows = np.ascontiguousarray(vectors)
    hashes = b"".join(blake2b(row.tobytes(), digest_size=8, key=key).digest() for row in rows)
    return np.frombuffer(hashes, np.uint64)


def _nested(chances: NDArray[np.uint64], generator: np.random.Generator) -> NDArray[np.int64]:
    """The places of a line in the order in which they are drawn.

    The line is turned by a random number of places and laid on a circle of 2^k cells, at most one place in each. The
    winner of a piece is the place with the smallest chance. A place is drawn at the level of the largest piece that it
    wins; within a level the pieces come in the order of a van der Corput sequence with random digits.
    """
    count = len(chances)
    if not count:
        return np.zeros(0, np.int64)
    bits = max(0, int(count - 1).bit_length())
    turned = (np.arange(count) + int(generator.integers(count))) % count
    digits = int(generator.integers(1 << bits)) if bits else 0
    cell = turned * (1 << bits) // count
    rank = np.empty(count, np.int64)  # of the chances; ties (which no hash has) by place
    rank[np.lexsort((np.arange(count), chances))] = np.arange(count)
    winner = np.full(1 << bits, count, np.int64)
    winner[cell] = rank
    by_rank = np.empty(count, np.int64)
    by_rank[rank] = np.arange(count)
    levels = [winner]
    for _ in range(bits):
        levels.append(np.minimum(levels[-1][::2], levels[-1][1::2]))
    drawn = np.full(count, bits, np.int64)
    for level in range(bits, -1, -1):  # the coarsest level that a place wins is written last
        won = levels[bits - level]
        drawn[by_rank[won[won < count]]] = level
    # The piece that a place was drawn from next: the one above that it did not win.
    above = np.maximum(drawn - 1, 0)
    piece = _reversed(cell >> (bits - above), above) ^ (digits & ((1 << above) - 1))
    return np.lexsort((cell, piece, drawn))


def _reversed(numbers: NDArray[np.int64], width: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each number with its ``width`` lowest bits in the reverse order."""
    result = np.zeros_like(numbers)
    for bit in range(int(width.max(initial=0))):
        inside = bit < width
        result |= np.where(inside, ((numbers >> bit) & 1) << np.maximum(width - 1 - bit, 0), 0)
    return result
