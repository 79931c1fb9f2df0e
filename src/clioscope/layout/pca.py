"""The two directions of greatest variance: for a handful of points, and where nothing better is wanted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.layout.registry import projectors
from clioscope.settings import LayoutSettings

_EXACT = 4096  # rows that decide the directions; the first ones, whose order is that of a hash


@projectors.register("pca")
def pca(vectors: NDArray[np.float32], settings: LayoutSettings, seed: int) -> NDArray[np.floating]:
    """Principal components (Pearson 1901), each turned so that its largest loading is positive."""
    few = vectors[:_EXACT].astype(np.float64)
    mean = few.mean(axis=0)
    _, _, directions = np.linalg.svd(few - mean, full_matrices=False)
    axes = np.zeros((2, vectors.shape[1]))
    axes[: min(2, len(directions))] = directions[:2]
    largest = np.abs(axes).argmax(axis=1)
    axes *= np.where(axes[np.arange(2), largest] < 0, -1.0, 1.0)[:, None]
    return np.asarray((vectors - mean) @ axes.T)
