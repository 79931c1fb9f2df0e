"""A classifier whose probabilities can be taken at their word: logistic regression, calibrated across folds."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.spaced import evenly_spaced

FEWEST = 50  # rows below which nothing is learnt from them
_STRENGTHS = (1.0, 10.0, 100.0, 1000.0)  # inverse of the penalty, for unit vectors
_MIDDLE = 100.0  # one of them
_FOLDS = 5
_AXES = 150  # principal directions of the vectors that are looked at
_TRIED = 1500  # rows that the penalty is chosen on, at most
_MOST = 5000  # rows that the classifier is fitted on, at most
_BLOCK = 50_000  # rows turned at once
_TEMPERATURES = np.geomspace(0.4, 4.0, 25)
_BASE = 0.02  # part of each probability that is the value's share among all: no value is ever impossible


class Chances(NamedTuple):
    """``asked`` (m, k): probabilities of the values for the rows that the classifier was fitted on, each made without
    the row itself; ``others`` (n, k) of further rows."""

    asked: NDArray[np.float64]
    others: NDArray[np.float64]


def chances(
    features: NDArray[Any],
    codes: NDArray[np.integer[Any]],
    others: NDArray[Any],
    families: NDArray[np.integer[Any]],
    *,
    learn: bool = True,
) -> Chances:
    """Probabilities of k values, given ``features`` (m, d) with their values ``codes`` (m,), 0 to k-1, each of which
    occurs; for these rows themselves and for ``others`` (n, d).

    Rows of one family (``families``, m) are always on the same side of a fold, since near copies tell of each other.
    The penalty and the temperature are chosen by the probability that held-out rows give to what they said. With a
    single value, fewer than 50 rows, or without ``learn``, the probabilities are the shares of the values, as if each
    (of two, at least) had one row more.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    count = int(codes.max()) + 1
    shares = (np.bincount(codes) + 1) / (len(codes) + max(2, count))
    folds = _folds(families)
    if not learn or count < 2 or len(codes) < FEWEST or not folds.any():
        return Chances(np.tile(shares, (len(codes), 1)), np.tile(shares, (len(others), 1)))
    some = evenly_spaced(len(codes), _TRIED)

    def without(one: float) -> float:
        return _told(_crossfitted(features[some], codes[some], folds[some], one, count), codes[some])

    with threadpool_limits(1):  # the matrices are so small that threads only wait for each other
        strength = max(_STRENGTHS, key=without)
        logits = _crossfitted(features, codes, folds, strength, count)
        fitted = _fit(features, codes, strength, count)
    temperature = max(_TEMPERATURES, key=lambda one: _told(logits / one, codes))
    return Chances(_probabilities(logits / temperature, shares), _probabilities(fitted(others) / temperature, shares))


def held_out(
    features: NDArray[Any], codes: NDArray[np.integer[Any]], families: NDArray[np.integer[Any]], part: float
) -> float:
    """The share of rows whose value is told right by the others, if only a ``part`` of the others is learnt from.

    The penalty is a middle one, and not chosen anew.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    folds, lot = _folds(families), np.random.default_rng(1).random(len(codes))
    right = np.zeros(len(codes), bool)
    with threadpool_limits(1):
        for fold in np.unique(folds):
            out = folds == fold
            rows = np.flatnonzero(~out & (lot < part)) if part < 1 else np.flatnonzero(~out)
            if len(rows):
                fitted = _fit(features[rows], codes[rows], _MIDDLE, int(codes.max()) + 1)
                right[out] = fitted(features[out]).argmax(axis=1) == codes[out]
    return float(right.mean())


def along_axes(vectors: NDArray[Any], known: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """All ``vectors`` (n, d) in the first 150 principal directions of the rows ``known``, which are fitted faster."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    some = np.asarray(vectors[known], np.float64)
    mean = some.mean(axis=0)
    with threadpool_limits(1):
        _, axes = np.linalg.eigh((some - mean).T @ (some - mean))
    axes = axes[:, ::-1][:, :_AXES].astype(np.float32)
    found, middle = np.empty((len(vectors), axes.shape[1]), np.float32), mean.astype(np.float32)
    for start in range(0, len(vectors), _BLOCK):  # a million vectors may lie in half precision on the disk
        found[start : start + _BLOCK] = (np.asarray(vectors[start : start + _BLOCK], np.float32) - middle) @ axes
    return found


def _folds(families: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """The fold of each row; a single one where there are too few families."""
    first, inverse = np.unique(families, return_inverse=True)
    number = _FOLDS if len(first) >= 2 * _FOLDS else 1
    return np.random.default_rng(0).permutation(np.arange(len(first)) % number)[inverse]


def _crossfitted(
    features: NDArray[Any], codes: NDArray[Any], folds: NDArray[np.int64], strength: float, count: int
) -> NDArray[np.float64]:
    logits = np.empty((len(codes), count))
    for fold in np.unique(folds):
        out = folds == fold
        logits[out] = _fit(features[~out], codes[~out], strength, count)(features[out])
    return logits


def _fit(features: NDArray[Any], codes: NDArray[Any], strength: float, count: int) -> Any:
    """A function from rows (n, d) to logits (n, count); a value that no row has gets the logit of half a row."""
    from sklearn.linear_model import LogisticRegression

    rows = evenly_spaced(len(codes), _MOST)
    features, codes = features[rows], codes[rows]
    present = np.unique(codes)
    absent = np.log(0.5 / (len(codes) + 0.5))
    if len(present) < 2:
        plain = np.full(count, absent)
        plain[present] = 0.0
        return lambda wanted: np.tile(plain, (len(wanted), 1))
    model = LogisticRegression(C=strength, max_iter=300, tol=1e-3).fit(features, codes)

    def logits(wanted: NDArray[Any]) -> NDArray[np.float64]:
        found = np.full((len(wanted), count), absent)
        if len(wanted):
            found[:, present] = np.log(np.clip(model.predict_proba(wanted), 1e-12, None))
        return found

    return logits


def _told(logits: NDArray[np.float64], codes: NDArray[Any]) -> float:
    """The mean logarithm of the probability of what was said."""
    from scipy.special import log_softmax

    told = log_softmax(logits, axis=1)[np.arange(len(codes)), codes]
    return float(told.mean())


def _probabilities(logits: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import softmax

    found: NDArray[np.float64] = (1 - _BASE) * softmax(logits, axis=1) + _BASE * shares
    return found
