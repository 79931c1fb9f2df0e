"""Centring: the mean of all vectors, or of those in one language, is subtracted.

Sentence vectors share a large common direction that tells nothing apart, and those of one language share another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.unit import unit_rows

if TYPE_CHECKING:
    from clioscope.settings import EmbeddingSettings

LANGUAGE_ROWS = 30  # a language with fewer conversations is centred by the mean of all: its own would be that of topics


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
        return _directions(centred)


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


def centre(
    vectors: NDArray[np.float32], mean: NDArray[np.float32] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Unit vectors after subtracting ``mean`` (their own when not given), and that mean, shape (d,).

    With fewer than three rows there is nothing to centre on: the mean returned is zero.
    """
    if mean is None:
        mean = _mean(vectors)
    return _directions(vectors - mean), mean


def _mean(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    if len(vectors) < 3:
        return np.zeros(vectors.shape[1], np.float32)
    mean: NDArray[np.float32] = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    return mean


def _directions(centred: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit rows; a row that is the mean itself becomes the first axis."""
    return unit_rows(centred, directed=True, precision=np.float32)
