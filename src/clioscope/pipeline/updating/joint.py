"""The vectors of old and new rows together, read where they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from clioscope.pipeline.updating.placing import Geometry


class Joint(NamedTuple):
    """Vectors of old and new rows: those of the atlas by its ``geometry``, followed by ``new`` (n, d)."""

    geometry: Geometry
    new: NDArray[np.float32]

    def vectors(self, rows: NDArray[np.integer]) -> NDArray[np.float32]:
        """The smoothed vectors (r, d) of some rows."""
        old = rows < len(self.geometry)
        found = np.empty((len(rows), self.new.shape[1]), np.float32)
        found[old] = self.geometry.vectors(rows[old])
        found[~old] = self.new[rows[~old] - len(self.geometry)]
        return found


class Reordered(NamedTuple):
    """The vectors of rows in another order: row i is row ``order[i]`` of ``rows``."""

    rows: Joint
    order: NDArray[np.int64]

    def vectors(self, rows: NDArray[np.integer]) -> NDArray[np.float32]:
        """The smoothed vectors (r, d) of some rows."""
        return self.rows.vectors(self.order[rows])
