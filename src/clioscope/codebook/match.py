"""The category of each conversation, from the vectors of conversations and of what the categories say of themselves.

A category is a set of short texts (``phrases``). Its score for a conversation is a soft maximum of the cosines to
them, plus the cosine to the whole description. Nothing is learnt from the corpus: so the same text gets the same
category in another corpus, and shares can be compared. Centroids that adapt to the corpus (soft k-means from the
descriptions, or from the surest conversations) drift: on CLINC150 they cost .04 to .1 of accuracy, and .2 where some
categories are rare (docs/codebooks.md).

A conversation fits none if the general subjects that come with Clioscope fit it better than every category, by more
than they do for the texts of the categories themselves: each of these is scored without itself, and the share
``false_refusals`` of them would be refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.codebook.phrases import phrases
from clioscope.codebook.read import read_codebook
from clioscope.settings import Category

GENERAL = ("sharegpt", "onet")  # codebooks whose categories are the general subjects
_SOFT = 0.1  # of the soft maximum, in units of the cosine
_INSIDE = 25  # percentile of the categories' own texts from which on a general subject belongs to a category
_BLOCK = 8192  # conversations scored at once
_FEWEST = 8  # texts of the categories below which nothing can be calibrated

Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True)
class Texts:
    """``vectors`` (p, d), unit rows of the texts of several categories; ``own`` (p,), the category of each, 0..k-1."""

    vectors: NDArray[np.float32]
    own: NDArray[np.int64]

    def scores(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The soft maximum (n, k) of the cosines of unit ``rows`` (n, d) to the texts of each category."""
        return _soft_maxima(rows @ self.vectors.T, self.own)

    def without_itself(self) -> NDArray[np.float64]:
        """The score (p,) of each text for its category, without the text itself; NaN where it is the only one."""
        cosines = (self.vectors @ self.vectors.T).astype(np.float64)
        np.fill_diagonal(cosines, -np.inf)
        same = self.own[:, None] == self.own[None, :]
        others = same.sum(axis=1) - 1
        powers = np.where(same, np.exp(cosines / _SOFT), 0).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(others > 0, _SOFT * np.log(powers / others), np.nan)


@dataclass(frozen=True)
class Matcher:
    """What tells the categories apart: ``whole`` (k, d), unit rows of the whole descriptions; ``texts``, of their
    parts; ``general``, those of general subjects that belong to no category; ``bound``, how much better than every
    category one of these may fit."""

    whole: NDArray[np.float32]
    texts: Texts
    general: Texts
    bound: float

    def match(self, rows: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The scores (n, k) of unit ``rows`` (n, d), and how well they fit (n,): below 0, a row fits no category."""
        scores = np.empty((len(rows), len(self.whole)))
        fits = np.full(len(rows), np.inf)
        for start in range(0, len(rows), _BLOCK):
            block = slice(start, start + _BLOCK)
            found = self.texts.scores(rows[block])
            scores[block] = found + rows[block] @ self.whole.T
            if len(self.general.own):
                fits[block] = found.max(axis=1) - self.general.scores(rows[block]).max(axis=1) + self.bound
        return scores, fits


def make_matcher(categories: Sequence[Category], encode: Encode, false_refusals: float) -> Matcher:
    """The matcher of categories that do not take the rest. ``encode`` gives unit rows in the geometry of the
    conversations; ``false_refusals`` is the share of the categories' own texts that would be refused (0: nothing is
    ever refused)."""
    listed = [phrases(one) for one in categories]
    flat = [text for own in listed for text in own]
    wholes = [f"{one.name}: {one.description}" if one.description else one.name for one in categories]
    other = [(text, number) for number, own in enumerate(_general()) for text in own] if false_refusals > 0 else []
    vectors = encode([*wholes, *flat, *(text for text, _ in other)])
    k, p = len(wholes), len(flat)
    numbers = np.repeat(np.arange(k), [len(own) for own in listed])
    texts = Texts(vectors[k : k + p], numbers)
    general = Texts(vectors[k + p :], np.array([number for _, number in other], np.int64))
    nothing = Texts(general.vectors[:0], general.own[:0])
    own = texts.without_itself()
    known = np.isfinite(own)
    if not other or known.sum() < _FEWEST:
        return Matcher(vectors[:k], texts, nothing, 0.0)
    outside = texts.scores(general.vectors).max(axis=1) < np.percentile(own[known], _INSIDE)
    if not outside.any():
        return Matcher(vectors[:k], texts, nothing, 0.0)
    left = Texts(general.vectors[outside], np.unique(general.own[outside], return_inverse=True)[1])
    gaps = own[known] - left.scores(texts.vectors[known]).max(axis=1)
    return Matcher(vectors[:k], texts, left, max(0.0, -float(np.quantile(gaps, false_refusals))))


@cache
def _general() -> tuple[tuple[str, ...], ...]:
    """The texts of each general subject."""
    return tuple(tuple(phrases(one)) for name in GENERAL for one in read_codebook(name) if not one.rest)


def _soft_maxima(cosines: NDArray[Any], own: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    powers = np.exp(cosines.astype(np.float64) / _SOFT)
    count = int(own.max()) + 1
    sums = np.zeros((len(cosines), count))
    for number in range(count):
        sums[:, number] = powers[:, own == number].mean(axis=1)
    return _SOFT * np.log(sums)
