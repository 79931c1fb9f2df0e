"""Batches of fixed shapes, so that a text has the same vector to the bit, alone or in any company."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TOKENS = 1024  # of a batch on a CPU: enough to keep its cores busy, few enough to waste on repeats
_ROWS = 64  # of a batch on a CPU, at most


class Batch(NamedTuple):
    """``ids`` and ``mask`` (b, length) of texts padded to one length. Text ``places[i]`` is in row ``rows[i]``; both
    are (n,). Several texts may be in one row; rows at the end may repeat others."""

    places: list[int]
    rows: list[int]
    ids: NDArray[np.int64]
    mask: NDArray[np.int64]


def batches(
    tokens: Sequence[Sequence[int]], pad: int, most: int | None, largest: int, *, budget: int | None = TOKENS
) -> Iterator[Batch]:
    """The token ids of texts as batches, the shortest texts first.

    Sums change in their last bits with padding and with the shape of the matrices. So a text is padded to the next of a
    few lengths, and each length has one number of rows (``rows_of``). The last batch of a length is filled up with
    repeats. Texts that are the same to the model (in upper or lower case, with other blanks) share a row. ``pad`` is
    the id of padding, ``most`` the tokens that the model reads.
    """
    by_length: dict[int, dict[tuple[int, ...], list[int]]] = {}
    for place, ids in enumerate(tokens):
        by_length.setdefault(_padded(len(ids), most), {}).setdefault(tuple(ids), []).append(place)
    for length, texts in sorted(by_length.items()):
        size = rows_of(length, largest, budget)
        distinct = list(texts)
        for start in range(0, len(distinct), size):
            taken = distinct[start : start + size]
            filled = taken + taken[-1:] * (size - len(taken))
            lengths = np.array([len(ids) for ids in filled])
            mask = np.arange(length) < lengths[:, None]
            padded = np.full((size, length), pad, dtype=np.int64)
            padded[mask] = [one for ids in filled for one in ids]
            found = [(place, row) for row, ids in enumerate(taken) for place in texts[ids]]
            yield Batch([place for place, _ in found], [row for _, row in found], padded, mask.astype(np.int64))


def rows_of(length: int, largest: int, budget: int | None) -> int:
    """Rows of a batch of texts of so many tokens: as many as make ``budget`` tokens, at most 64; ``largest`` without a
    budget. With one, ``largest`` does not count, so that vectors hang on no setting."""
    return largest if budget is None else max(1, min(_ROWS, budget // max(1, length)))


def _padded(tokens: int, most: int | None) -> int:
    """The length to which a text of so many tokens is padded: a multiple of 8 or 16, at most what the model reads."""
    step = 8 if tokens <= 64 else 16
    padded = -(-tokens // step) * step
    return min(padded, most) if most else padded
