"""Where the topic of a conversation changes: the best of all divisions into segments, by dynamic programming."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.segments.scale import Scale

MOST = 1000  # turns that are divided; those that come after them belong to the last segment


def best_cuts(vectors: NDArray[np.floating], scale: Scale) -> list[int]:
    """The places 1..n-1 at which a new topic begins, ascending; empty where there is one topic.

    ``vectors`` (n, d) are unit rows of the turns in order. Every division into segments has a score: how well the turns
    of each segment fit one topic, less what a change of topic costs. The best one is found exactly, in time and memory
    that grow with the square of n.
    """
    count = min(len(vectors), MOST)
    if count < 2:
        return []
    rows = scale.centred(vectors[:count]).astype(np.float64)
    sums = np.vstack([np.zeros(rows.shape[1]), np.cumsum(rows, axis=0)])
    products = sums @ sums.T
    norms = np.diagonal(products)
    best = np.zeros(count + 1)
    came = np.zeros(count + 1, np.int64)
    for end in range(1, count + 1):
        starts = np.arange(end)
        squared = np.maximum(norms[end] + norms[:end] - 2 * products[end, :end], 0)
        fits = scale.slope * scale.support((end - starts).astype(np.float64), squared)
        scores = best[:end] + fits + np.where(starts > 0, scale.level, 0.0)
        came[end] = int(scores.argmax())  # the longest segment among equals
        best[end] = scores[came[end]]
    cuts: list[int] = []
    place = int(came[count])
    while place > 0:
        cuts.append(place)
        place = int(came[place])
    return cuts[::-1]
