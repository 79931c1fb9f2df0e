"""The rows of each group."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def rows_by_group(labels: NDArray[np.integer[Any]], count: int) -> list[NDArray[np.intp]]:
    """The rows of each group 0..count-1 of ``labels`` (n,), rising; rows of negative label are left out."""
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(count + 1))
    return [order[starts[group] : starts[group + 1]] for group in range(count)]
