"""The protocol of a projection to two dimensions, and the registry of projections."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from clioscope.registry import Registry
from clioscope.settings import LayoutSettings


class Projector(Protocol):
    """A projection to two dimensions.

    Gets distinct vectors (m, d) in an order that does not depend on the input's, m at least 8, and returns
    places of shape (m, 2), the same for the same arguments.
    """

    def __call__(self, vectors: NDArray[np.float32], settings: LayoutSettings, seed: int) -> NDArray[np.floating]: ...


projectors: Registry[Projector] = Registry(
    "projection",
    "clioscope.projectors",
    {name: f"clioscope.layout.{name}" for name in ("pacmap", "pca", "umap")},
)
