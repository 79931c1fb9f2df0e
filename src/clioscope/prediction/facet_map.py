"""From what a conversation's raw text is to what a model would say of it: a map learnt on those that were asked.

The map is a kernel ridge regression (RBF) from the vector of the raw text to the vector of the facets. It averages the
mistakes that a small model makes about single conversations, so that it says more of them than the model does. It may
start from a ready-made map (``ready``): then it learns only what that one gets wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from clioscope.prediction.copies import near_copies
from clioscope.prediction.ready import ReadyMap
from clioscope.vectors.spaced import evenly_spaced
from clioscope.vectors.unit import unit_rows

ANCHORS = 2000  # asked conversations that a prediction is made from, at most: bounds memory and time
_SMALL = 1000  # conversations; beyond, threads are worth it
_TRIED = 600  # asked conversations that the settings are chosen on, at most
_CLOSE = 0.02  # cosine: what lies this far below another map on the rows tried does not overtake it on all rows
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
    def fit(
        cls, raw: NDArray[Any], own: NDArray[Any], ready: ReadyMap | None = None, words: NDArray[Any] | None = None
    ) -> Self:
        """The map from ``raw`` (m, d), unit rows of the raw texts, to ``own`` (m, d), unit means of facets' vectors.

        Whether it starts from ``ready``, which also reads ``words`` (m, r) and gets the scale that fits, is
        cross-validated together with gamma and alpha. Near copies are never told from each other. Raises ValueError
        for fewer than two conversations.
        """
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        if len(raw) < 2:
            raise ValueError("a map is fitted on two conversations or more")
        raw, own = np.asarray(raw, np.float64), np.asarray(own, np.float64)
        if ready is not None:
            ready = ready.scaled(raw, own, words)
        folds = _folds(near_copies(raw))
        starts = [np.zeros_like(own), *([] if ready is None else [ready.predict(raw, words).astype(np.float64)])]
        # On small matrices more threads only wait for each other where the machine is busy.
        with threadpool_limits(1 if len(raw) <= _SMALL else None):
            chosen = _settings(raw, own, starts, folds)
            most = max(one.cosine for one in chosen)
            near = _CLOSE if len(raw) > _TRIED else 0.0  # where settings were tried on all rows, they say which is best
            last = [place for place, one in enumerate(chosen) if one.cosine >= most - near]
            every = _crossfitted(raw, own, [starts[place] for place in last], folds, [chosen[place] for place in last])
            number = int(np.argmax([_cosine(told, own) for told in every]))
            best, crossfitted = last[number], every[number]
            gamma, alpha = chosen[best].gamma, chosen[best].alpha
            rest = own - starts[best]
            mean = rest.mean(axis=0)
            anchors, (coefficients,) = _solve(raw, [rest - mean], gamma, [alpha])
        single = [np.asarray(part, np.float32) for part in (anchors, coefficients, mean)]
        cosine, start = _cosine(crossfitted, own), ready if best else None
        return cls(single[0], single[1], single[2], gamma, alpha, cosine, crossfitted, start)

    @classmethod
    def of(cls, ready: ReadyMap) -> Self:
        """A ready-made map as it is, with nothing learnt."""
        nothing = np.zeros((0, len(ready.offset)), np.float32)
        return cls(nothing, nothing, np.zeros_like(ready.offset), 1.0, 1.0, float("nan"), nothing, ready)

    def predict(self, raw: NDArray[Any], words: NDArray[Any] | None = None) -> NDArray[np.float32]:
        """Unit rows (n, d): the facets' vectors that the raw vectors ``raw`` (n, d) and the scores ``words`` (n, r) of
        the words let expect."""
        predicted = np.empty((len(raw), len(self.mean)), np.float32)
        for start in range(0, len(raw), _BLOCK):
            rows = np.asarray(raw[start : start + _BLOCK], np.float32)
            read = None if words is None else words[start : start + _BLOCK]
            told = self.mean if self.ready is None else self.mean + self.ready.predict(rows, read)
            if len(self.anchors):
                told = told + _kernel(rows, self.anchors, self.gamma) @ self.coefficients
            predicted[start : start + _BLOCK] = told
        return unit_rows(predicted)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What ``from_arrays`` makes the map from."""
        scale = 1.0 if self.ready is None else self.ready.scale
        figures = np.array([self.gamma, self.alpha, self.cosine, scale])
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
        gamma, alpha, cosine, *more = (float(figure) for figure in arrays["figures"])
        scale = more[0] if more else 1.0  # an older atlas has none
        nothing = np.zeros((0, len(arrays["mean"])), np.float32)
        ready = ReadyMap.from_array(arrays["ready"])._replace(scale=scale) if arrays["ready"].size else None
        rows = arrays["anchors"], arrays["coefficients"], arrays["mean"]
        return cls(*rows, gamma, alpha, cosine, nothing, ready)


ARRAYS = ("anchors", "coefficients", "mean", "figures", "ready")  # names of the arrays


def _folds(stands_for: NDArray[np.int64]) -> NDArray[np.int64]:
    """The fold of each row (m,); near copies are in one fold, or they would tell of each other."""
    first, inverse = np.unique(stands_for, return_inverse=True)
    return np.random.default_rng(0).permutation(np.arange(len(first)) % min(_FOLDS, max(2, len(first))))[inverse]


class _Settings(NamedTuple):
    """Of a regression: ``gamma``, ``alpha``, and the mean cosine that they give over the rows tried."""

    gamma: float
    alpha: float
    cosine: float


def _settings(
    raw: NDArray[np.float64], own: NDArray[np.float64], starts: Sequence[NDArray[np.float64]], folds: NDArray[np.int64]
) -> list[_Settings]:
    """For each of ``starts`` (m, d), from which a regression goes on, the settings with the greatest cosine of what is
    predicted across folds. The kernel of a fold is decomposed once for all of them.
    """
    rows = evenly_spaced(len(raw), _TRIED)
    raw, own, folds = raw[rows], unit_rows(own[rows]).astype(np.float64), folds[rows]
    starts = [start[rows] for start in starts]
    found = np.zeros((len(starts), len(_GAMMAS), len(_ALPHAS)))
    for place, gamma in enumerate(_GAMMAS):
        kernel = _kernel(raw, raw, gamma)
        for fold in np.unique(folds):
            out = folds == fold
            if out.all():
                continue
            values, axes = np.linalg.eigh(kernel[np.ix_(~out, ~out)])
            left = kernel[np.ix_(out, ~out)] @ axes
            for number, start in enumerate(starts):
                rest = own[~out] - start[~out]
                mean = rest.mean(axis=0)
                right = axes.T @ (rest - mean)
                for column, alpha in enumerate(_ALPHAS):
                    predicted = unit_rows(start[out] + left / (np.maximum(values, 0) + alpha) @ right + mean)
                    found[number, place, column] += float((predicted * own[out]).sum())
    best = [np.unravel_index(int(cosines.argmax()), cosines.shape) for cosines in found]
    return [
        _Settings(_GAMMAS[row], _ALPHAS[column], float(cosines[row, column]) / len(raw))
        for cosines, (row, column) in zip(found, best, strict=True)
    ]


def _crossfitted(
    raw: NDArray[np.float64],
    own: NDArray[np.float64],
    starts: Sequence[NDArray[np.float64]],
    folds: NDArray[np.int64],
    chosen: Sequence[_Settings],
) -> list[NDArray[np.float32]]:
    """For each start the prediction of every row (m, d), made without its fold. Equal gammas share their kernels."""
    told = [np.empty(own.shape, np.float32) for _ in starts]
    for gamma in dict.fromkeys(one.gamma for one in chosen):
        places = [place for place, one in enumerate(chosen) if one.gamma == gamma]
        for fold in range(int(folds.max()) + 1):
            out = folds == fold
            rests = [own[~out] - starts[place][~out] for place in places]
            means = [rest.mean(axis=0) for rest in rests]
            targets = [rest - mean for rest, mean in zip(rests, means, strict=True)]
            anchors, solved = _solve(raw[~out], targets, gamma, [chosen[place].alpha for place in places])
            kernel = _kernel(raw[out], anchors, gamma)
            for place, coefficients, mean in zip(places, solved, means, strict=True):
                told[place][out] = starts[place][out] + (kernel @ coefficients + mean)
    return [unit_rows(rows) for rows in told]


def _cosine(told: NDArray[np.float32], own: NDArray[np.float64]) -> float:
    return float((told * unit_rows(own)).sum(axis=1).mean())


def _solve(
    raw: NDArray[np.float64], targets: Sequence[NDArray[np.float64]], gamma: float, alphas: Sequence[float]
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """Anchors (a, d), and coefficients (a, d) of the regression to each target (m, d) with its alpha.

    Beyond 2,000 rows evenly spaced ones are the anchors (the method of Nystroem), and all rows decide the coefficients.
    """
    from scipy.linalg import solve

    if len(raw) <= ANCHORS:
        kernel, ones = _kernel(raw, raw, gamma), np.eye(len(raw))
        return raw, [
            solve(kernel + alpha * ones, target, assume_a="pos") for target, alpha in zip(targets, alphas, strict=True)
        ]
    anchors = raw[evenly_spaced(len(raw), ANCHORS)]
    among, gram = _kernel(anchors, anchors, gamma), np.zeros((ANCHORS, ANCHORS))
    sums = [np.zeros((ANCHORS, target.shape[1])) for target in targets]
    for start in range(0, len(raw), _BLOCK):
        block = _kernel(raw[start : start + _BLOCK], anchors, gamma)
        gram += block.T @ block
        for whole, target in zip(sums, targets, strict=True):
            whole += block.T @ target[start : start + _BLOCK]
    solved = []
    for whole, alpha in zip(sums, alphas, strict=True):
        left = gram + alpha * among
        left[np.diag_indices_from(left)] += 1e-8 * np.trace(left) / ANCHORS  # near copies among the anchors
        solved.append(solve(left, whole, assume_a="pos"))
    return anchors, solved


def _kernel(one: NDArray[Any], other: NDArray[Any], gamma: float) -> NDArray[Any]:
    from sklearn.metrics.pairwise import rbf_kernel

    kernel: NDArray[Any] = rbf_kernel(one, other, gamma=gamma)
    return kernel
