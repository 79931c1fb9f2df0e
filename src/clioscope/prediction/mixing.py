"""How much of a conversation's vector is what the model said of it, what was predicted of it, and its raw text.

The weights are chosen without labels. What one facet says is told from the other facets of the same conversation, from
what was predicted without it, and from its raw text; the weights are those that tell it best. A model that says the
same thing in several facets is trusted, one whose facets disagree gets help from the prediction.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.unit import unit_rows

_ONE_FACET = (0.5, 0.35, 0.15)  # where there is no second facet to tell it from


class Weights(NamedTuple):
    """The parts of the vector of an asked conversation: ``own``, ``predicted``, ``raw``, which add up to 1; and those
    of one that was not asked: ``predicted_alone``, ``raw_alone``, likewise."""

    own: float
    predicted: float
    raw: float
    predicted_alone: float
    raw_alone: float

    def array(self) -> NDArray[np.float64]:
        """The weights in their order (5,)."""
        return np.array(self)


def choose_weights(own: NDArray[Any], predicted: NDArray[Any], raw: NDArray[Any], *, with_raw: bool = True) -> Weights:
    """The weights for m asked conversations: ``own`` (f, m, d), unit vectors of each of their facets; ``predicted``
    (m, d), unit rows predicted without them; ``raw`` (m, d), unit rows of their raw texts.

    Without ``with_raw`` the raw text gets no weight.
    """
    parts = [_centred(part) for part in own]
    telling = [_centred(predicted), *([_centred(raw)] if with_raw else [])]
    mean = _centred(np.mean(own, axis=0))
    if len(parts) < 2:
        asked = np.array(_ONE_FACET if with_raw else (*_ONE_FACET[:2], 0.0))
    else:
        found = np.zeros(1 + len(telling))
        for place, part in enumerate(parts):
            others = _centred(np.mean(np.delete(own, place, axis=0), axis=0))
            found += _fit([others, *telling], part)
        asked = found
    alone = _fit(telling, mean)
    asked, alone = (np.pad(part, (0, size - len(part))) for part, size in ((asked, 3), (alone, 2)))
    asked = asked / asked.sum() if asked.sum() > 0 else np.array([1.0, 0.0, 0.0])
    alone = alone / alone.sum() if alone.sum() > 0 else np.array([1.0, 0.0])
    return Weights(*(float(weight) for weight in (*asked, *alone)))


def mix_asked(weights: Weights, own: NDArray[Any], predicted: NDArray[Any], raw: NDArray[Any]) -> NDArray[np.float32]:
    """Unit vectors (m, d) of conversations that were asked, from their three parts (m, d)."""
    mixed = weights.own * unit_rows(own) + weights.predicted * unit_rows(predicted) + weights.raw * unit_rows(raw)
    return unit_rows(mixed, directed=True)


def mix_others(weights: Weights, predicted: NDArray[Any], raw: NDArray[Any]) -> NDArray[np.float32]:
    """Unit vectors (n, d) of conversations that were not asked, from their two parts (n, d)."""
    mixed = weights.predicted_alone * predicted + weights.raw_alone * raw
    return unit_rows(mixed, directed=True)


def _centred(rows: NDArray[Any]) -> NDArray[np.float64]:
    """Unit rows without what all of them share."""
    rows = unit_rows(np.asarray(rows, np.float32)).astype(np.float64)
    return unit_rows(rows - rows.mean(axis=0)).astype(np.float64)


def _fit(telling: list[NDArray[np.float64]], told: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of 0 or more with which the rows of ``telling`` come nearest to those of ``told`` (least squares)."""
    from scipy.optimize import nnls

    products = np.array([[float((one * other).sum()) for other in telling] for one in telling])
    target = np.array([float((one * told).sum()) for one in telling])
    root = np.linalg.cholesky(products + 1e-9 * np.trace(products) * np.eye(len(telling))).T
    found: NDArray[np.float64] = nnls(root, np.linalg.solve(root.T, target))[0]
    return found
