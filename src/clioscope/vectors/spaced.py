"""Some of many rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def evenly_spaced(count: int, most: int) -> NDArray[np.intp]:
    """At most ``most`` of the places 0 to ``count`` - 1, rising and evenly spaced; all of them where they are few."""
    return np.linspace(0, count - 1, min(count, most)).astype(np.intp)
