"""From the vectors of facets to the geometry that decides the groups.

Three steps, each measured on labelled ShareGPT (docs/research-log.md): the mean of the facets' unit vectors;
centring, since sentence vectors share a large common direction that tells nothing apart, and those of one language
another; and smoothing, each vector moved half-way to the mean of its nearest neighbours, which averages out the
accidents of a short sentence. AMI of groups with human categories rises from .25 to .33 with the same facets and
encoder.

An atlas keeps the averaged vectors once, in half precision, with the neighbours and weights of smoothing (``Shaped``);
the rest is made from them when it is read. A build rounds before anything else, so what it grouped is what is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from clioscope.settings import EmbeddingSettings

LANGUAGE_ROWS = 30  # of fewer conversations the mean is that of their topics
_BLOCK = 8192  # rows whose neighbours are gathered at once


class Shaped(NamedTuple):
    """``vectors`` (n, d), smoothed, with all that makes them from the plain ones: ``means``, ``near`` (n, k) int32, the
    neighbours of each row (-1: none), and ``weights`` (n, 2) float32, of the centred row itself and of the sum of its
    centred neighbours."""

    vectors: NDArray[np.float32]
    means: Means
    near: NDArray[np.int32]
    weights: NDArray[np.float32]


def shape(
    plain: NDArray[np.float32],
    settings: EmbeddingSettings,
    seed: int = 0,
    languages: Sequence[str | None] | None = None,
) -> Shaped:
    """Averaged unit vectors (n, d) centred and smoothed as the settings say, with what was done to them.

    ``languages`` (n): tag of the language of each row, where it is known. All rows decide where each one comes to lie:
    who groups some of the rows anew begins with their plain vectors.
    """
    from clioscope.vectors.neighbours import knn

    means = means_of(plain, settings, languages)
    centred = means.centre(plain, languages)
    near = knn(centred, settings.smooth_neighbours, seed).indices
    weights = mixing(centred, near, centred, settings.smooth)
    return Shaped(mix(centred, near, centred, weights), means, near, weights)


class Means(NamedTuple):
    """What centring takes off: the mean of all vectors, shape (d,), and for rows in one of ``languages`` (L) the mean
    of that language, ``own`` (L, d)."""

    overall: NDArray[np.float32]
    languages: tuple[str, ...]
    own: NDArray[np.float32]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """As an atlas keeps them (``atlas.read_means`` reads them)."""
        languages = np.array(self.languages, dtype=np.str_)
        return {"mean": self.overall, "mean_languages": languages, "mean_by_language": self.own}

    def centre(
        self, vectors: NDArray[np.float32], languages: Sequence[str | None] | None = None
    ) -> NDArray[np.float32]:
        """Unit vectors (n, d) less the mean of the language of each, or of all where there is none."""
        centred = vectors - self.overall
        tags = np.array([tag or "" for tag in languages or ()])
        for tag, mean in zip(self.languages, self.own, strict=True):
            rows = np.flatnonzero(tags == tag)
            centred[rows] = vectors[rows] - mean
        return unit(centred)


def means_of(
    plain: NDArray[np.float32],
    settings: EmbeddingSettings,
    languages: Sequence[str | None] | None = None,
    least: int = LANGUAGE_ROWS,
) -> Means:
    """Means of unit vectors (n, d): of all, and, of two languages or more, of each with ``least`` rows."""
    overall = _mean(plain) if settings.centre else np.zeros(plain.shape[1], np.float32)
    tags: tuple[str, ...] = ()
    if languages is not None and settings.centre and settings.centre_by_language:
        counts = Counter(tag for tag in languages if tag)
        tags = tuple(sorted(tag for tag, count in counts.items() if count >= least))
    if len(tags) < 2:
        return Means(overall, (), np.zeros((0, plain.shape[1]), np.float32))
    rows = np.asarray([tag or "" for tag in languages or ()])
    return Means(overall, tags, np.stack([_mean(plain[rows == tag]) for tag in tags]))


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows scaled to norm 1; a row of zeros becomes the first axis, so that every row has a direction."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled = (vectors / np.where(norms > 1e-12, norms, 1)).astype(np.float32)
    scaled[norms[:, 0] <= 1e-12] = 0
    scaled[norms[:, 0] <= 1e-12, 0] = 1
    return scaled


def average(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Unit mean of several encodings of the same conversations, each of shape (n, d)."""
    return unit(np.mean(np.stack(vectors), axis=0)) if len(vectors) > 1 else unit(vectors[0])


def centre(
    vectors: NDArray[np.float32], mean: NDArray[np.float32] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Unit vectors after subtracting ``mean`` (their own when not given), and that mean, shape (d,).

    With fewer than three rows there is nothing to centre on: the mean returned is zero.
    """
    if mean is None:
        mean = _mean(vectors)
    return unit(vectors - mean), mean


def _mean(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    if len(vectors) < 3:
        return np.zeros(vectors.shape[1], np.float32)
    mean: NDArray[np.float32] = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    return mean


def smooth(
    vectors: NDArray[np.float32], neighbours: NDArray[np.integer], among: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    """Move each vector by ``share`` towards the unit mean of its neighbours.

    ``neighbours`` (n, k) are rows of ``among``, itself excluded; -1 marks a missing neighbour.
    """
    return mix(vectors, neighbours, among, mixing(vectors, neighbours, among, share))


def mixing(
    vectors: NDArray[np.float32], neighbours: NDArray[np.integer], among: NDArray[np.float32], share: float
) -> NDArray[np.float32]:
    """Weights (n, 2) of each vector and of the sum of its neighbours in the smoothed one, which they make a unit."""
    weights = np.zeros((len(vectors), 2), np.float32)
    weights[:, 0] = 1
    if neighbours.shape[1] == 0 or share == 0:
        return weights
    for rows, near in _sums(neighbours, among):
        lengths = np.linalg.norm(near, axis=1)
        far = lengths > 1e-12
        weight = np.where(far, share / np.where(far, lengths, 1), 0)
        norms = np.linalg.norm((1 - share) * vectors[rows] + weight[:, None] * near, axis=1)
        moved = far & (norms > 1e-12)  # the others stay where they are
        weights[rows][moved] = np.stack([(1 - share) / norms[moved], weight[moved] / norms[moved]], axis=1)
    return weights


def mix(
    vectors: NDArray[np.float32],
    neighbours: NDArray[np.integer],
    among: NDArray[np.float32],
    weights: NDArray[np.float32],
) -> NDArray[np.float32]:
    """The smoothed vectors (n, d), by the ``weights`` of ``mixing``; the same to the bit for the same arguments."""
    if neighbours.shape[1] == 0 or not weights[:, 1].any():
        return vectors
    result = np.empty_like(vectors)
    for rows, near in _sums(neighbours, among):
        result[rows] = weights[rows, :1] * vectors[rows] + weights[rows, 1:] * near
    return result


def _sums(neighbours: NDArray[np.integer], among: NDArray[np.float32]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """The sum of each row's neighbours, block by block; one neighbour after the other, which takes little memory."""
    for start in range(0, len(neighbours), _BLOCK):
        rows = slice(start, start + _BLOCK)
        sums = np.zeros((len(neighbours[rows]), among.shape[1]), np.float32)
        for column in neighbours[rows].T:
            sums += among[column] * (column >= 0)[:, None]
        yield rows, sums
