"""What one person may add to a release: at most so many conversations, and at most one per group."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

GRID = 1 << 16  # a coordinate of a vector is a whole number of these parts of one
_INSIDE = 1 - 1e-6  # of the unit ball: what rounding in single precision adds stays inside
_BLOCK = 8192


class Records(NamedTuple):
    """One row per conversation of a person; a conversation that a person has several times is there once.

    ``people`` (n,) int64: the number of the person. ``names`` (n): bytes that tell the conversations of a person apart.
    ``vectors`` (n, d) float32: rows of length 1 at most. ``words`` (n): the words that a conversation may add.
    ``values``: by facet, the value of each conversation, None for none. Everything about a row depends on that
    conversation alone.
    """

    people: NDArray[np.int64]
    names: Sequence[bytes]
    vectors: NDArray[np.float32]
    words: Sequence[Sequence[str]]
    values: dict[str, Sequence[Any]]


def secret() -> bytes:
    """A key for one release, from the randomness of the operating system. It is kept nowhere."""
    return secrets.token_bytes(32)


def draw_order(names: Sequence[bytes], key: bytes) -> NDArray[np.uint64]:
    """A random number per record (n,), by which the conversations of a person are drawn.

    It depends on the key and on the record's own name, so other people's records change nothing.
    """
    hashes = b"".join(blake2b(name, digest_size=8, key=key).digest() for name in names)
    return np.frombuffer(hashes, np.uint64)


def chosen(
    people: NDArray[np.int64], groups: NDArray[np.integer], order: NDArray[np.uint64], most: int
) -> NDArray[np.int64]:
    """The rows that count: of each person at most ``most``, each in another group, the first ones in ``order``.

    ``groups`` (n,) int, -1 for a row that is in no group. Rows come in the order of people.
    """
    rows = np.flatnonzero(groups >= 0)
    rows = rows[np.lexsort((order[rows], groups[rows], people[rows]))]
    rows = rows[_firsts(people[rows], groups[rows])]  # one per person and group
    rows = rows[np.lexsort((order[rows], people[rows]))]
    return rows[_places(people[rows]) < most]


def vector_sums(
    records: Records, groups: NDArray[np.integer], order: NDArray[np.uint64], most: int, count: int
) -> NDArray[np.int64]:
    """Sums of vectors per group (count, d), in parts of ``GRID``: of each person the mean of its vectors in the group.

    A person counts in at most ``most`` groups, so one person moves the sums by at most ``sqrt(most) * GRID``.
    """
    places: dict[tuple[int, int], int] = {}
    for row in chosen(records.people, groups, order, most).tolist():
        places[int(records.people[row]), int(groups[row])] = len(places)
    pairs = zip(records.people.tolist(), groups.tolist(), strict=True)
    place = np.array([places.get(pair, -1) for pair in pairs], np.int64)
    rows = np.flatnonzero(place >= 0)
    rows = rows[np.argsort(place[rows], kind="stable")]
    sums = np.zeros((count, records.vectors.shape[1]), np.int64)
    if not len(rows):
        return sums
    starts = np.flatnonzero(np.diff(place[rows], prepend=-1))
    sizes = np.diff(starts, append=len(rows))
    for first in range(0, len(starts), _BLOCK):
        part = slice(first, first + _BLOCK)
        end = starts[first + _BLOCK] if first + _BLOCK < len(starts) else len(rows)
        inside = rows[starts[first] : end]
        means = np.add.reduceat(records.vectors[inside].astype(np.float64), starts[part] - starts[first])
        means /= sizes[part, None]
        np.add.at(sums, groups[rows[starts[part]]], on_grid(means))
    return sums


def on_grid(vectors: NDArray[np.float64]) -> NDArray[np.int64]:
    """Vectors as whole numbers of parts of ``GRID``, rounded towards zero, none longer than ``GRID``."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    inside = vectors / np.maximum(lengths / _INSIDE, 1) * (GRID * _INSIDE)
    grid: NDArray[np.int64] = np.trunc(inside).astype(np.int64)
    return grid


def group_counts(groups: NDArray[np.integer], rows: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """How many of the chosen ``rows`` each group has (count,). One person moves this by at most ``sqrt(most)``."""
    return np.bincount(groups[rows], minlength=count).astype(np.int64)


def _firsts(people: NDArray[np.int64], groups: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Whether a row is the first of its person and group, for rows in the order of both."""
    new: NDArray[np.bool_] = (np.diff(people, prepend=-1) != 0) | (np.diff(groups, prepend=-1) != 0)
    return new


def _places(people: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of each row among those of its person, from 0, for rows in the order of people."""
    starts = np.flatnonzero(np.diff(people, prepend=-1))
    return np.arange(len(people)) - np.repeat(starts, np.diff(starts, append=len(people)))
