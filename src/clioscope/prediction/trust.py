"""How far predictions can be trusted, by those of asked conversations that were made without their own answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.prediction.classifier import held_out

_BINS = 6
_PARTS = (0.25, 0.5, 0.75, 1.0)

Row = tuple[str, float | None, float, int]  # figure, part, value, n


def trust_rows(
    said: NDArray[np.integer[Any]],
    chances: NDArray[Any],
    bound: float,
    texts: NDArray[Any],
    families: NDArray[np.integer[Any]],
) -> Iterator[Row]:
    """Figures about m asked conversations, which said the values ``said`` (m,), given the probabilities ``chances``
    (m, k) that were made without these, and the vectors ``texts`` (m, d).

    ``right``: the share of likeliest values that were said; ``usual``: the same, if the commonest value is taken for
    all; ``sure``: the share that is certain enough to be taken (``bound``); ``right_sure``: the share right of these.
    ``calibration``: the share right by probability (``part``), in six bins. ``learning``: the share right if only a
    ``part`` of the asked conversations is learnt from.
    """
    place, probability = chances.argmax(axis=1), chances.max(axis=1)
    right = place == said
    sure = probability >= bound
    number = len(said)
    yield "right", None, float(right.mean()), number
    yield "usual", None, float(np.bincount(said).max() / number), number
    yield "sure", None, float(sure.mean()), number
    if sure.any():
        yield "right_sure", None, float(right[sure].mean()), int(sure.sum())
    for rows in np.array_split(np.argsort(probability, kind="stable"), _BINS):
        if len(rows):
            yield "calibration", float(probability[rows].mean()), float(right[rows].mean()), len(rows)
    codes = np.unique(said, return_inverse=True)[1]
    for part in _PARTS:
        yield "learning", part, held_out(texts, codes, families, part), round(part * number)
