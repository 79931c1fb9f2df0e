"""UMAP: McInnes, Healy, Melville, arXiv 1802.03426 (2018)."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from clioscope.layout.pca import pca
from clioscope.layout.registry import projectors
from clioscope.layout.threads import keep_off_openmp
from clioscope.settings import LayoutSettings
from clioscope.vectors.neighbours import knn_distinct


@projectors.register("umap")
def umap(vectors: NDArray[np.float32], settings: LayoutSettings, seed: int) -> NDArray[np.floating]:
    """UMAP with the settings of the paper (Clio, G): 15 neighbours, min_dist 0, cosine.

    The neighbours come from our own search: exact where that is quick, and the same for the same rows. It starts from
    the principal components, which keep distances between far groups better than UMAP's spectral start (Kobak and
    Linderman, Nature Biotechnology 39, 2021) and take seconds where that takes minutes.
    """
    keep_off_openmp()
    from umap import UMAP

    k = min(settings.neighbours, len(vectors)) - 1
    near = knn_distinct(vectors, k, seed)
    itself = np.arange(len(vectors), dtype=np.int32)[:, None]
    distances = np.clip(1 - near.similarities, 0, 2)
    # where the approximate search found too few, UMAP wants -1 and some finite distance
    distances = np.where(near.indices < 0, distances.max(axis=1, keepdims=True), distances)
    indices = np.concatenate([itself, near.indices], axis=1)
    distances = np.concatenate([np.zeros((len(vectors), 1), np.float32), distances], axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the seed forcing one thread
        model = UMAP(
            n_neighbors=k + 1,
            min_dist=settings.min_dist,
            metric="cosine",
            init=_spread(pca(vectors, settings, seed)),
            random_state=seed,
            n_jobs=1,
            precomputed_knn=(indices, distances.astype(np.float32), None),
        )
        return np.asarray(model.fit_transform(vectors))


def _spread(places: NDArray[np.floating]) -> NDArray[np.float32]:
    """Places scaled to the box of side 10 in which UMAP starts."""
    return np.asarray(10 * places / max(float(np.abs(places).max()), 1e-9), dtype=np.float32)
