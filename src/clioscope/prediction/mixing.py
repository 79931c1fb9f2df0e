"""How much of a conversation's vector is what the model said of it, what was predicted of it, and its raw text.

No labels are needed. How far a text decides what is said of it is the share of the variance of the answers that
predictions made without them explain (R squared, across folds). Short clear texts reach .5 to .6, long conversations
.1 to .3. The raw text counts as much as this share, the prediction as much as the ratio of explained to unexplained
variance, but never less than half of the answer itself: this half raises what a small model says by .03 to .05 AMI and
costs a strong model nothing (docs/research-log.md, "Ask a few").

Short texts say themselves what they are about, and a small model makes mistakes about them, above all in languages that
it hardly knows. Where few conversations were asked, their raw text counts up to twice as much as the answers, so that
they lie near to conversations like them that were not asked ("Short texts", same place).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.unit import unit_rows

_LEAST, _MOST = 0.5, 2.0  # the weight of the prediction, where the answer has 1
_WHOLE = 2000  # characters of the longest texts
_PLAIN, _LEAST_RAW = 250, 0.25  # characters up to which a text counts as much as a map; the least that it counts
_SHORT, _SHORT_RAW = 400, 2.0  # characters of short texts, and how much they count where the answer has 1


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


def choose_weights(
    own: NDArray[Any],
    predicted: NDArray[Any],
    *,
    with_raw: bool = True,
    characters: float = _WHOLE,
    unasked: float = 0.0,
) -> Weights:
    """The weights for m asked conversations: ``own`` (m, d), unit means of their facets' vectors; ``predicted`` (m, d),
    unit rows predicted without them.

    Without ``with_raw`` the raw text gets no weight. ``characters`` is the mean length of the raw texts of the atlas,
    and ``unasked`` the share of its conversations without an answer, 0 to 1. With 400 characters or fewer the raw text
    counts up to twice as much as the answer, the more, the fewer were asked; from 800 on as little as it decides.
    """
    share = explained(own, predicted)
    telling = float(np.clip(share / max(1 - share, 1e-9), _LEAST, _MOST))
    short = float(np.clip(2 - characters / _SHORT, 0.0, 1.0)) * unasked
    raw = share + short * (_SHORT_RAW - share) if with_raw else 0.0
    return _weights(telling, raw, raw)


def usual_weights(with_raw: bool = True, raw: float = 1.0) -> Weights:
    """The weights where too few were asked to choose them, and a ready-made map predicts. The raw text of a
    conversation without an answer counts ``raw`` times as much as the prediction."""
    return _weights(_LEAST, 0.25 if with_raw else 0.0, raw if with_raw else 0.0)


def raw_weight(characters: float) -> float:
    """How much the raw text counts where a ready-made map has the weight 1, .25 to 1, if the texts have so many
    ``characters`` on average.

    A short clear text says itself what it is about. With 250 characters or fewer it counts as much as the map, with
    1,000 or more a quarter of it (docs/research-log.md, "Ready-made maps taught by a large model").
    """
    return float(np.clip(_PLAIN / max(characters, 1.0), _LEAST_RAW, 1.0))


def explained(own: NDArray[Any], predicted: NDArray[Any]) -> float:
    """The share of the variance of ``own`` (m, d) that ``predicted`` (m, d), scaled to fit, explains: 0 to 1."""
    told, telling = (np.asarray(rows, np.float64) - np.mean(rows, axis=0) for rows in (own, predicted))
    product, size, total = (
        float((one * other).sum()) for one, other in ((told, telling), (telling, telling), (told, told))
    )
    return 0.0 if product <= 0 or size <= 0 or total <= 0 else min(1.0, product**2 / (size * total))


def _weights(predicted: float, raw: float, raw_alone: float) -> Weights:
    whole, alone = 1 + predicted + raw, 1 + raw_alone
    return Weights(1 / whole, predicted / whole, raw / whole, 1 / alone, raw_alone / alone)


def mix_asked(weights: Weights, own: NDArray[Any], predicted: NDArray[Any], raw: NDArray[Any]) -> NDArray[np.float32]:
    """Unit vectors (m, d) of conversations that were asked, from their three parts (m, d)."""
    mixed = weights.own * unit_rows(own) + weights.predicted * unit_rows(predicted) + weights.raw * unit_rows(raw)
    return unit_rows(mixed, directed=True)


def mix_others(weights: Weights, predicted: NDArray[Any], raw: NDArray[Any]) -> NDArray[np.float32]:
    """Unit vectors (n, d) of conversations that were not asked, from their two parts (n, d)."""
    mixed = weights.predicted_alone * predicted + weights.raw_alone * raw
    return unit_rows(mixed, directed=True)
