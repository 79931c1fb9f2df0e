"""Places of conversations and groups on the map of the page."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

STEPS = 65_535  # a place is a pair of uint16: finer than any screen
_MANY = 20_000  # members of a group that tell where it lies


class Places(NamedTuple):
    """``x`` and ``y`` (n,) float64 in [-1, 1], both axes on one scale, the middle of the map at 0."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    def steps(self) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
        """The places as whole numbers from 0 to 65,535, as the page gets them."""
        x, y = (np.round((axis + 1) / 2 * STEPS).astype(np.uint16) for axis in self)
        return x, y


def fit(x: NDArray[Any], y: NDArray[Any]) -> Places:
    """Places scaled into the square from -1 to 1; places that are not finite go to the middle."""
    both = np.stack([x, y]).astype(np.float64)
    both[:, ~np.isfinite(both).all(axis=0)] = np.nan
    if not np.isfinite(both).any():
        return Places(np.zeros(both.shape[1]), np.zeros(both.shape[1]))
    low, high = np.nanmin(both, axis=1), np.nanmax(both, axis=1)
    reach = float((high - low).max()) / 2 or 1.0
    scaled = np.nan_to_num((both - ((low + high) / 2)[:, None]) / reach)
    return Places(*np.clip(scaled, -1, 1))


def heart(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float, float]:
    """Where most of a group lies, and the median distance of its members from there.

    A group may lie in two parts of the map, with its median between them. So the half nearest to the median is kept
    and its median taken, three times in a row. Of more than 20,000 members, every second, third and so on is taken.
    """
    if len(x) > _MANY:
        step = -(-len(x) // _MANY)
        x, y = x[::step], y[::step]
    near = x, y
    for _ in range(3):
        centre = _median(near[0]), _median(near[1])
        distance = np.hypot(near[0] - centre[0], near[1] - centre[1])
        if len(distance) < 8:
            break
        kept = distance <= _median(distance)
        near = near[0][kept], near[1][kept]
    return (*centre, _median(np.hypot(x - centre[0], y - centre[1])))


def _median(values: NDArray[np.float64]) -> float:
    """The median of numbers, all of them known: a tenth of the time that ``np.median`` takes for a few of them."""
    middle = len(values) // 2
    if len(values) % 2:
        return float(np.partition(values, middle)[middle])
    parted = np.partition(values, (middle - 1, middle))
    return float((parted[middle - 1] + parted[middle]) / 2)
