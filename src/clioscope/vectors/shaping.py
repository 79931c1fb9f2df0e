"""From the vectors of facets to the geometry that decides the groups.

Three steps, each measured on labelled ShareGPT (docs/research-log.md): the mean of the facets' unit vectors;
centring, since sentence vectors share a large common direction that tells nothing apart, and those of one language
another; and smoothing, each vector moved half-way to the mean of its nearest neighbours, which averages out the
accidents of a short sentence. AMI of groups with human categories rises from .25 to .33 with the same facets and
encoder.

An atlas keeps the averaged vectors once, in half precision, with the neighbours and weights of smoothing (``Shaped``);
the rest is made from them when it is read. A build rounds before anything else, so what it grouped is what is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.centring import Means, means_of
from clioscope.vectors.neighbours import knn
from clioscope.vectors.smoothing import mix, mixing

if TYPE_CHECKING:
    from clioscope.settings import EmbeddingSettings


class Shaping(NamedTuple):
    """All that makes smoothed vectors from the plain ones: ``means``, ``near`` (n, k) int32, the neighbours of each row
    (-1: none), and ``weights`` (n, 2) float32, of the centred row itself and of the sum of its centred neighbours."""

    means: Means
    near: NDArray[np.int32]
    weights: NDArray[np.float32]


class Shaped(NamedTuple):
    """``vectors`` (n, d), smoothed, with the ``Shaping`` that made them."""

    vectors: NDArray[np.float32]
    means: Means
    near: NDArray[np.int32]
    weights: NDArray[np.float32]


def shape(
    plain: NDArray[np.float32],
    settings: EmbeddingSettings,
    seed: int = 0,
    languages: Sequence[str | None] | None = None,
) -> Shaped:
    """Averaged unit vectors (n, d) centred and smoothed as the settings say, with what was done to them.

    ``languages`` (n): tag of the language of each row, where it is known. All rows decide where each one comes to lie:
    who groups some of the rows anew begins with their plain vectors.
    """
    shaping = shaping_of(plain, settings, seed, languages)
    centred = shaping.means.centre(plain, languages)
    return Shaped(mix(centred, shaping.near, centred, shaping.weights), *shaping)


def shaping_of(
    plain: NDArray[np.floating[Any]],
    settings: EmbeddingSettings,
    seed: int = 0,
    languages: Sequence[str | None] | None = None,
) -> Shaping:
    """What ``shape`` does to the averaged unit vectors (n, d), without the vectors that it makes.

    They may be of any precision, and on the disk.
    """
    means = means_of(plain, settings, languages)
    centred = means.centre(plain, languages)
    near = knn(centred, settings.smooth_neighbours, seed).indices
    return Shaping(means, near, mixing(centred, near, centred, settings.smooth))
