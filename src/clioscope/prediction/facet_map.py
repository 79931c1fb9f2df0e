"""From what a conversation's raw text is to what a model would say of it: a map learnt on those that were asked.

The map is a kernel ridge regression (RBF) from the vector of the raw text to the vector of the facets. It averages the
mistakes that a small model makes about single conversations, so that it says more of them than the model does. It may
start from a ready-made map (``ready``): then it learns only what that one gets wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from clioscope.prediction.copies import near_copies
from clioscope.prediction.ready import ReadyMap
from clioscope.vectors.spaced import evenly_spaced
from clioscope.vectors.unit import unit_rows

ANCHORS = 2000  # asked conversations that a prediction is made from, at most: bounds memory and time
_SMALL = 1000  # conversations; beyond, threads are worth it
_TRIED = 600  # asked conversations that the settings are chosen on, at most
_BLOCK = 4096  # rows predicted at once
_FOLDS = 5
_GAMMAS = (0.25, 0.5, 1.0, 2.0, 4.0)
_ALPHAS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True)
class FacetMap:
    """``anchors`` (a, d) float32, raw vectors; ``coefficients`` (a, d) and ``mean`` (d,) of the predictions; ``gamma``
    and ``alpha`` of the regression, chosen by five-fold cross-validation. ``ready``: the ready-made map that the
    regression corrects, None where it starts from nothing.

    ``crossfitted`` (m, d): the prediction of each conversation that the map was fitted on, made without it; ``cosine``:
    the mean cosine of these with what they predict. A map that was read from its arrays has no ``crossfitted``.
    """

    anchors: NDArray[np.float32]
    coefficients: NDArray[np.float32]
    mean: NDArray[np.float32]
    gamma: float
    alpha: float
    cosine: float
    crossfitted: NDArray[np.float32]
    ready: ReadyMap | None = None

    @classmethod
    def fit(cls, raw: NDArray[Any], own: NDArray[Any], ready: ReadyMap | None = None) -> Self:
        """The map from ``raw`` (m, d), unit rows of the raw texts, to ``own`` (m, d), unit means of facets' vectors.

        It starts from ``ready`` where that gives the greater cosine. Two conversations at least; near copies are never
        told from each other. Raises ValueError for fewer.
        """
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        if len(raw) < 2:
            raise ValueError("a map is fitted on two conversations or more")
        raw, own = np.asarray(raw, np.float64), np.asarray(own, np.float64)
        folds = _folds(near_copies(raw))
        # On small matrices more threads only wait for each other where the machine is busy.
        with threadpool_limits(1 if len(raw) <= _SMALL else None):
            found = [cls._fit(raw, own, folds, start) for start in ((None,) if ready is None else (None, ready))]
        return max(found, key=lambda made: made.cosine)

    @classmethod
    def _fit(
        cls, raw: NDArray[np.float64], own: NDArray[np.float64], folds: NDArray[np.int64], ready: ReadyMap | None
    ) -> Self:
        start = np.zeros_like(own) if ready is None else ready.predict(raw).astype(np.float64)
        gamma, alpha = _settings(raw, own, start, folds)
        left = own - start
        mean = left.mean(axis=0)
        crossfitted = np.empty(own.shape, np.float32)
        for fold in range(int(folds.max()) + 1):
            out = folds == fold
            anchors, coefficients = _solve(raw[~out], left[~out] - left[~out].mean(axis=0), gamma, alpha)
            told = _kernel(raw[out], anchors, gamma) @ coefficients + left[~out].mean(axis=0)
            crossfitted[out] = start[out] + told
        crossfitted = unit_rows(crossfitted)
        anchors, coefficients = _solve(raw, left - mean, gamma, alpha)
        cosine = float((crossfitted * unit_rows(own)).sum(axis=1).mean())
        single = [np.asarray(part, np.float32) for part in (anchors, coefficients, mean)]
        return cls(single[0], single[1], single[2], gamma, alpha, cosine, crossfitted, ready)

    @classmethod
    def of(cls, ready: ReadyMap) -> Self:
        """A ready-made map as it is, with nothing learnt."""
        nothing = np.zeros((0, len(ready.offset)), np.float32)
        return cls(nothing, nothing, np.zeros_like(ready.offset), 1.0, 1.0, float("nan"), nothing, ready)

    def predict(self, raw: NDArray[Any]) -> NDArray[np.float32]:
        """Unit rows (n, d): the facets' vectors that the raw vectors ``raw`` (n, d) let expect."""
        predicted = np.empty((len(raw), len(self.mean)), np.float32)
        for start in range(0, len(raw), _BLOCK):
            rows = np.asarray(raw[start : start + _BLOCK], np.float32)
            told = self.mean if self.ready is None else self.mean + self.ready.predict(rows)
            if len(self.anchors):
                told = told + _kernel(rows, self.anchors, self.gamma) @ self.coefficients
            predicted[start : start + _BLOCK] = told
        return unit_rows(predicted)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What ``from_arrays`` makes the map from."""
        figures = np.array([self.gamma, self.alpha, self.cosine])
        return {
            "anchors": self.anchors,
            "coefficients": self.coefficients,
            "mean": self.mean,
            "figures": figures,
            "ready": self.mean[:0] if self.ready is None else self.ready.array(),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The map that ``arrays`` told of."""
        gamma, alpha, cosine = (float(figure) for figure in arrays["figures"])
        nothing = np.zeros((0, len(arrays["mean"])), np.float32)
        ready = ReadyMap.from_array(arrays["ready"]) if arrays["ready"].size else None
        return cls(arrays["anchors"], arrays["coefficients"], arrays["mean"], gamma, alpha, cosine, nothing, ready)


ARRAYS = ("anchors", "coefficients", "mean", "figures", "ready")  # names of the arrays


def _folds(stands_for: NDArray[np.int64]) -> NDArray[np.int64]:
    """The fold of each row (m,); near copies are in one fold, or they would tell of each other."""
    first, inverse = np.unique(stands_for, return_inverse=True)
    return np.random.default_rng(0).permutation(np.arange(len(first)) % min(_FOLDS, max(2, len(first))))[inverse]


def _settings(
    raw: NDArray[np.float64], own: NDArray[np.float64], start: NDArray[np.float64], folds: NDArray[np.int64]
) -> tuple[float, float]:
    """Gamma and alpha with the greatest mean cosine of what is predicted across folds, from ``start`` (m, d) on."""
    rows = evenly_spaced(len(raw), _TRIED)
    raw, own, start, folds = raw[rows], unit_rows(own[rows]).astype(np.float64), start[rows], folds[rows]
    found = np.zeros((len(_GAMMAS), len(_ALPHAS)))
    rest = own - start
    for place, gamma in enumerate(_GAMMAS):
        kernel = _kernel(raw, raw, gamma)
        for fold in np.unique(folds):
            out = folds == fold
            if out.all():
                continue
            mean = rest[~out].mean(axis=0)
            values, axes = np.linalg.eigh(kernel[np.ix_(~out, ~out)])
            left, right = kernel[np.ix_(out, ~out)] @ axes, axes.T @ (rest[~out] - mean)
            for number, alpha in enumerate(_ALPHAS):
                predicted = unit_rows(start[out] + left / (np.maximum(values, 0) + alpha) @ right + mean)
                found[place, number] += float((predicted * own[out]).sum())
    best = np.unravel_index(int(found.argmax()), found.shape)
    return _GAMMAS[best[0]], _ALPHAS[best[1]]


def _solve(
    raw: NDArray[np.float64], own: NDArray[np.float64], gamma: float, alpha: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Anchors (a, d) and coefficients (a, d) of the regression.

    Beyond 2,000 rows evenly spaced ones are the anchors (the method of Nystroem), and all rows decide the coefficients.
    """
    from scipy.linalg import solve

    if len(raw) <= ANCHORS:
        kernel = _kernel(raw, raw, gamma)
        kernel[np.diag_indices_from(kernel)] += alpha
        return raw, solve(kernel, own, assume_a="pos")
    anchors = raw[evenly_spaced(len(raw), ANCHORS)]
    among = _kernel(anchors, anchors, gamma)
    gram, target = alpha * among, np.zeros((ANCHORS, own.shape[1]))
    for start in range(0, len(raw), _BLOCK):
        block = _kernel(raw[start : start + _BLOCK], anchors, gamma)
        gram += block.T @ block
        target += block.T @ own[start : start + _BLOCK]
    gram[np.diag_indices_from(gram)] += 1e-8 * np.trace(gram) / ANCHORS  # near copies among the anchors
    return anchors, solve(gram, target, assume_a="pos")


def _kernel(one: NDArray[Any], other: NDArray[Any], gamma: float) -> NDArray[Any]:
    from sklearn.metrics.pairwise import rbf_kernel

    kernel: NDArray[Any] = rbf_kernel(one, other, gamma=gamma)
    return kernel
