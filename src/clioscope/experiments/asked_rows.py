"""Which conversations a model is asked about: the order of a build, and others to compare it with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

BALANCED = "balanced order"
Choice = Callable[[NDArray[np.float32], int, int], NDArray[np.int64]]


def balanced(raw: NDArray[np.float32], count: int, seed: int) -> NDArray[np.int64]:
    """The first ``count`` rows of ``raw`` (n, d) in the order of a build."""
    from clioscope.prediction.order import spread_order

    return spread_order(raw, None, seed)[:count]


def at_random(raw: NDArray[np.float32], count: int, seed: int) -> NDArray[np.int64]:
    """``count`` rows drawn at random."""
    return np.random.default_rng(seed).permutation(len(raw))[:count].astype(np.int64)


def medoids(raw: NDArray[np.float32], count: int, seed: int) -> NDArray[np.int64]:
    """The row nearest to each of ``count`` centroids of k-means; where two are the same row, others at random."""
    from sklearn.cluster import MiniBatchKMeans

    made = MiniBatchKMeans(count, n_init=1, random_state=seed, batch_size=1024).fit(raw)
    near = np.unique((raw @ made.cluster_centers_.T).argmax(axis=0))
    rest = np.setdiff1d(at_random(raw, len(raw), seed), near, assume_unique=True)
    return np.concatenate([near, rest[: count - len(near)]]).astype(np.int64)


def k_centre(raw: NDArray[np.float32], count: int, seed: int) -> NDArray[np.int64]:
    """A row at random, and then always the one farthest from all rows before it (Gonzalez 1985)."""
    rows = [int(np.random.default_rng(seed).integers(len(raw)))]
    nearest = raw @ raw[rows[0]]
    while len(rows) < count:
        rows.append(int(nearest.argmin()))
        nearest = np.maximum(nearest, raw @ raw[rows[-1]])
        nearest[rows] = np.inf
    return np.array(rows, np.int64)


CHOICES: dict[str, Choice] = {
    BALANCED: balanced,
    "random": at_random,
    "k-means medoids": medoids,
    "k-centre": k_centre,
}
