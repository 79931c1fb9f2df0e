"""The vectors of an atlas as its folder holds them: once, in half precision, with all that makes the others from them.

``plain.npy`` (n, d) float16; ``smooth_near.npy`` and ``smooth_weights.npy`` say how the vectors that decided the groups
are made from the centred ones (``shaping.Shaped``). So a vector that is read is, to the bit, the one that was grouped.
Atlases of the first builds hold ``vectors.npy`` in place of the last two, and all in float32. What the plain vectors
were mixed from lies beside them: ``texts.npy`` (n, d) float16 and ``own.npy`` (f * m, d) float16 for the f facets of
the m conversations that were asked; ``text_keys.npy`` and ``own_keys.npy`` say what each row is the vector of, so that
a later build encodes only what is new.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.files import read_array
from clioscope.vectors.centring import Means
from clioscope.vectors.smoothing import mix
from clioscope.vectors.unit import NOTHING

_BLOCK = 8192  # rows compared at once
_FLOATS = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)  # every float16 there is
MEANS = ("mean", "mean_languages", "mean_by_language")
PLAIN, NEAR, WEIGHTS, WHOLE = "plain", "smooth_near", "smooth_weights", "vectors"
TEXTS, TEXT_KEYS = "texts", "text_keys"  # of the raw texts
ENCODED = "encoded"  # (n,) float16: the share of each raw text that the encoder reads
OWN, OWN_KEYS = "own", "own_keys"  # of what the model said: one row per facet and conversation that has an answer


class Plain(NamedTuple):
    """``rows`` (n, d) float16; ``keys`` (n, 16) uint8, what each row is the vector of."""

    rows: NDArray[np.float16]
    keys: NDArray[np.uint8]


def has_plain(folder: Path) -> bool:
    """Whether the vectors before centring and smoothing are there; the first builds did not keep them."""
    return (folder / f"{PLAIN}.npy").exists()


def read_plain(folder: Path, *, in_place: bool = False) -> NDArray[Any]:
    """Unit vectors (n, d) before centring and smoothing: float32, or ``in_place`` on the disk as they are kept.

    Raises AtlasError where they are missing or damaged.
    """
    if in_place:
        return read_array(folder, PLAIN, in_place=True)
    return read_array(folder, PLAIN).astype(np.float32, copy=False)


def read_known(folder: Path, rows: str = TEXTS, keys: str = TEXT_KEYS) -> Plain | None:
    """The vectors of texts with what they are the vectors of; None where that is not kept."""
    if not all((folder / f"{name}.npy").exists() for name in (rows, keys)):
        return None
    return Plain(read_array(folder, rows), read_array(folder, keys))


def read_encoded(folder: Path, keys: NDArray[np.uint8]) -> dict[bytes, float]:
    """The share of each raw text that the encoder reads, by the rows of ``keys``; empty where that is not kept."""
    if not (folder / f"{ENCODED}.npy").exists():
        return {}
    shares = read_array(folder, ENCODED)
    if len(shares) != len(keys):
        return {}
    return {key.tobytes(): float(share) for key, share in zip(keys, shares, strict=True)}


def read_vectors(folder: Path, languages: Sequence[str | None] | None) -> NDArray[np.float32]:
    """The vectors (n, d) that decided the groups; ``languages`` as they were centred by.

    Raises AtlasError where they are missing or damaged.
    """
    if _whole(folder):
        return read_array(folder, WHOLE)
    centred = read_means(folder).centre(read_plain(folder, in_place=True), languages)
    return mix(centred, read_array(folder, NEAR), centred, read_array(folder, WEIGHTS))


def read_means(folder: Path) -> Means:
    """What centring subtracted. An atlas made before there were means by language has the mean of all only."""
    overall = read_array(folder, "mean")
    if not (folder / "mean_languages.npy").exists():
        return Means(overall, (), overall[None][:0])
    return Means(overall, tuple(read_array(folder, "mean_languages").tolist()), read_array(folder, "mean_by_language"))


class Compared:
    """Cosines of the vectors that decided the groups with a vector that is asked for.

    The plain vectors are opened in place: those of a million conversations need not fit into memory. Raises AtlasError
    where they are missing or harmed.
    """

    def __init__(self, folder: Path, languages: Sequence[str | None] | None) -> None:
        self._rows = read_array(folder, WHOLE if _whole(folder) else PLAIN, in_place=True)
        self._centring: _Centring | None = None
        if not _whole(folder):
            self._near, self._weights = read_array(folder, NEAR), read_array(folder, WEIGHTS)
            self._centring = _Centring(self._rows, read_means(folder), languages)

    def cosines(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines (n,) of all rows with a unit ``vector`` (d,)."""
        own = np.concatenate([block @ vector for _, block in _blocks(self._rows)])
        if self._centring is None:
            return own
        own = self._centring.cosines(own, vector)
        near = (own[self._near] * (self._near >= 0)).sum(axis=1)  # with a sum: the sum of those with its parts
        cosines: NDArray[np.float32] = self._weights[:, 0] * own + self._weights[:, 1] * near
        return cosines

    def vector(self, row: int) -> NDArray[np.float32]:
        """The unit vector (d,) by which the group of a row was decided. Raises IndexError for an unknown row."""
        if not 0 <= row < len(self._rows):
            raise IndexError("there is no such row")
        if self._centring is None:
            return np.asarray(self._rows[row], np.float32)
        near = self._near[row]
        rows = np.concatenate([[row], near[near >= 0]])
        centred = self._centring.centred(np.asarray(self._rows[rows], np.float32), rows)
        mixed: NDArray[np.float32] = self._weights[row, 0] * centred[0] + self._weights[row, 1] * centred[1:].sum(
            axis=0
        )
        return mixed


class _Centring:
    """Turns products with plain rows into cosines with centred ones: what it needs of every row is a length."""

    def __init__(self, rows: NDArray[Any], means: Means, languages: Sequence[str | None] | None) -> None:
        place = {tag: number for number, tag in enumerate(means.languages)}
        tags = [None] * len(rows) if languages is None else languages
        self._mean = np.array([place.get(tag or "", len(place)) for tag in tags], np.int32)
        self._means = np.concatenate([means.own, means.overall[None]])
        self._lengths = np.empty(len(rows), np.float32)
        for part, block in _blocks(rows):
            self._lengths[part] = np.linalg.norm(block - self._means[self._mean[part]], axis=1)

    def cosines(self, products: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
        far = self._lengths > NOTHING  # a row that is the mean itself has the direction of the first axis
        off = products - (self._means @ vector)[self._mean]
        cosines: NDArray[np.float32] = np.where(far, off / np.where(far, self._lengths, 1), vector[0])
        return cosines

    def centred(self, block: NDArray[np.float32], rows: NDArray[np.integer]) -> NDArray[np.float32]:
        """The centred unit vectors of some rows, whose plain ones are ``block``."""
        far = self._lengths[rows] > NOTHING
        found = (block - self._means[self._mean[rows]]) / np.where(far, self._lengths[rows], 1)[:, None]
        found[~far] = np.eye(1, block.shape[1], dtype=np.float32)
        centred: NDArray[np.float32] = found
        return centred


def _blocks(rows: NDArray[Any]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    for start in range(0, len(rows), _BLOCK):
        part = slice(start, start + _BLOCK)
        # Looking them up takes a third of the time that numpy's conversion takes.
        yield part, _FLOATS.take(rows[part].view(np.uint16)) if rows.dtype == np.float16 else np.asarray(rows[part])


def _whole(folder: Path) -> bool:
    return not (folder / f"{NEAR}.npy").exists()
