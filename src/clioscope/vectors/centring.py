"""Centring: the mean of all vectors, or of those in one language, is subtracted.

Sentence vectors share a large common direction that tells nothing apart, and those of one language share another.

The mean of a language with few rows is in part that of their topics. So it is drawn towards the mean of all, the more
the fewer rows there are, as empirical Bayes says (Morris, Parametric Empirical Bayes Inference, JASA 1983, section 1):
by s² / (s² + n t²), where n is the number of rows, s² the variance within languages, and t² that between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.threads import in_threads
from clioscope.vectors.unit import unit_rows

if TYPE_CHECKING:
    from clioscope.settings import EmbeddingSettings


_BLOCK = 16_384  # rows centred at once
_MANY = 1 << 17  # rows beyond which sums are taken by blocks, to keep copies in higher precision small
_NO_LANGUAGE = ("und", "zxx")  # unknown; and code, numbers, markup, whose mean would be that of their topic


class Means(NamedTuple):
    """What centring takes off: the mean of all vectors, shape (d,), and for rows in one of ``languages`` (L) the mean
    of that language, drawn towards that of all, ``own`` (L, d)."""

    overall: NDArray[np.float32]
    languages: tuple[str, ...]
    own: NDArray[np.float32]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """As an atlas keeps them (``atlas.read_means`` reads them)."""
        languages = np.array(self.languages, dtype=np.str_)
        return {"mean": self.overall, "mean_languages": languages, "mean_by_language": self.own}

    def centre(
        self, vectors: NDArray[np.floating[Any]], languages: Sequence[str | None] | None = None
    ) -> NDArray[np.float32]:
        """Unit vectors (n, d), of any precision and perhaps on the disk, less the mean of the language of each, or of
        all where there is none: float32."""
        place = {tag: number for number, tag in enumerate(self.languages)}
        means = np.concatenate([self.own, self.overall[None]])
        which = None
        if place and languages is not None:
            which = np.array([place.get(tag or "", len(place)) for tag in languages], np.int32)
        result = np.empty(vectors.shape, np.float32)

        def put(start: int) -> None:
            part = slice(start, start + _BLOCK)
            mean = self.overall if which is None else means[which[part]]
            result[part] = _directions(np.asarray(vectors[part], np.float32) - mean)

        if len(vectors) <= _BLOCK:
            put(0)
        else:
            in_threads(put, range(0, len(vectors), _BLOCK))
        return result


def means_of(
    plain: NDArray[np.floating[Any]],
    settings: EmbeddingSettings,
    languages: Sequence[str | None] | None = None,
) -> Means:
    """Means of unit vectors (n, d): of all, and, of two languages or more, of each."""
    overall = _mean(plain) if settings.centre else np.zeros(plain.shape[1], np.float32)
    tags: tuple[str, ...] = ()
    if languages is not None and settings.centre and settings.centre_by_language:
        tags = tuple(sorted({tag for tag in languages if tag and tag not in _NO_LANGUAGE}))
    if len(tags) < 2:
        return Means(overall, (), np.zeros((0, plain.shape[1]), np.float32))
    place = {tag: number for number, tag in enumerate(tags)}
    labels = np.array([place.get(tag or "", -1) for tag in languages or ()])
    return Means(overall, tags, _shrunk(plain, labels, len(tags), overall))


def _shrunk(
    plain: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]], groups: int, overall: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The mean of each group of rows (n, d), drawn towards ``overall`` (d,), shape (groups, d). Rows of negative label
    are left out.

    Both variances are sums over the d columns, found by the method of moments.
    """
    known = np.flatnonzero(labels >= 0)
    counts = np.bincount(labels[known], minlength=groups).astype(np.float64)
    sums, total = np.zeros((groups, plain.shape[1])), 0.0
    for start in range(0, len(known), _MANY):
        some = known[start : start + _MANY]
        rows = np.asarray(plain[some], dtype=np.float64)
        np.add.at(sums, labels[some], rows)
        total += float((rows**2).sum())
    means = sums / counts[:, None]
    apart = means - overall
    squares = (apart**2).sum(axis=1)
    total -= float((counts * (means**2).sum(axis=1)).sum())
    within = total / max(1.0, len(known) - groups)
    spread = len(known) - (counts**2).sum() / len(known)
    between = max(0.0, ((counts * squares).sum() - (groups - 1) * within) / spread) if spread > 0 else 0.0
    weights = counts * between / (within + counts * between) if within + between > 0 else np.zeros(groups)
    shrunk: NDArray[np.float32] = (overall + weights[:, None] * apart).astype(np.float32)
    return shrunk


def centre(
    vectors: NDArray[np.float32], mean: NDArray[np.float32] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Unit vectors after subtracting ``mean`` (their own when not given), and that mean, shape (d,).

    With fewer than three rows there is nothing to centre on: the mean returned is zero.
    """
    if mean is None:
        mean = _mean(vectors)
    return _directions(vectors - mean), mean


def _mean(vectors: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    if len(vectors) < 3:
        return np.zeros(vectors.shape[1], np.float32)
    mean: NDArray[np.float32] = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    return mean


def _directions(centred: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit rows; a row that is the mean itself becomes the first axis."""
    return unit_rows(centred, directed=True, precision=np.float32)
