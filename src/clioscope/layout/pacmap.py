"""PaCMAP: Wang, Huang, Rudin, Shaposhnik, JMLR 22(201), 2021; faster than UMAP, truer to the large scale."""

from __future__ import annotations

import logging
import warnings

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import SettingsError
from clioscope.layout.pca import pca
from clioscope.layout.registry import projectors
from clioscope.layout.threads import keep_off_openmp
from clioscope.settings import LayoutSettings

_FEW = 40  # rows below which its sampling of far pairs has nothing to sample from


@projectors.register("pacmap")
def pacmap(vectors: NDArray[np.float32], settings: LayoutSettings, seed: int) -> NDArray[np.floating]:
    """PaCMAP by angular distance; few rows are laid out by their principal components.

    Raises SettingsError when the package is not installed.
    """
    if len(vectors) < _FEW:
        return pca(vectors, settings, seed)
    keep_off_openmp()
    try:
        import pacmap as library
    except ImportError as error:
        raise SettingsError(
            'layout.method: pacmap is not installed; run pip install "clioscope[pacmap]", or use umap.'
        ) from error
    logging.getLogger("pacmap").setLevel(logging.ERROR)  # it warns of every seed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = library.PaCMAP(n_neighbors=settings.neighbours, distance="angular", random_state=seed)
        return np.asarray(model.fit_transform(vectors, init="pca"))
