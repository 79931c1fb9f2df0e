"""Two dimensions for the map: the stage, around whichever projection is chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.layout.landmarks import place_by_landmarks
from clioscope.layout.pca import pca
from clioscope.layout.registry import projectors
from clioscope.settings import LayoutSettings
from clioscope.vectors.distinct import distinct_rows

MOST = 200_000  # rows that are all projected
LANDMARKS = 100_000  # of more rows, so many are projected, and the others placed among them
_FEW = 8  # rows below which there are no neighbourhoods to keep


def project(
    vectors: NDArray[Any], settings: LayoutSettings, seed: int = 0, landmarks: int = LANDMARKS, most: int = MOST
) -> NDArray[np.float32]:
    """A place (x, y) for each row of ``vectors`` (n, d): float32 of shape (n, 2), finite.

    Equal rows are projected once and share their place. Shuffling or duplicating rows changes no row's place.
    Above ``most`` distinct rows, ``landmarks`` of them are projected and the others placed among their neighbours.
    Raises SettingsError for an unknown method.
    """
    method = projectors.get(settings.method)
    distinct = distinct_rows(vectors)
    points = distinct.vectors
    if len(points) < _FEW:
        places = pca(points, settings, seed) if len(points) > 1 else np.zeros((len(points), 2))
    elif len(points) <= most:
        places = method(points, settings, seed)
    else:
        # the order is that of a hash, so the first rows are a random sample that does not depend on the input
        places = place_by_landmarks(points, _finite(method(points[:landmarks], settings, seed)), seed)
    return _finite(np.asarray(places))[distinct.inverse]


def _finite(places: NDArray[Any]) -> NDArray[np.float32]:
    """Float32, with rows that a projection could not place (UMAP: without any edge) in the middle."""
    lost = ~np.isfinite(places).all(axis=1)
    if lost.any():
        places = places.copy()
        places[lost] = np.median(places[~lost], axis=0) if not lost.all() else 0
    return places.astype(np.float32)
