"""Which resolution gives a wanted number of groups."""

from __future__ import annotations

import math
from collections.abc import Callable

_LOWEST, _HIGHEST = 1e-9, 1e6
_WIDE = 0.15  # an interpolated guess keeps this share of the bracket away from its ends
_BEYOND = 0.2  # far enough that the target is bracketed after one step, mostly
_STRIDE = 1.3  # each step outwards is longer than the last by this factor
_PATIENCE = 4  # interpolated guesses before halving takes over: counts may jump


def search_resolution(
    count: Callable[[float], int],
    target: int,
    start: float = 1.0,
    tolerance: int = 0,
    most: int = 16,
    beyond: float = _BEYOND,
) -> float:
    """The resolution for which ``count(resolution)`` comes nearest to ``target``, in ``most`` calls or fewer.

    ``count`` should rise with the resolution, though it need not do so everywhere. From ``start`` the target
    is first bracketed, then approached by interpolation between the logarithms, kept off the ends of the
    bracket so that it always shrinks; what that does not find is looked for by halving. Stops within
    ``tolerance`` groups of the target. ``beyond``: how far past the target, on the logarithm, the first steps aim; the
    nearer the start is known to be, the less.
    """
    wanted = math.log(target)
    low: tuple[float, float] | None = None  # (log resolution, log count) with too few groups
    high: tuple[float, float] | None = None
    best, miss = start, math.inf
    guess = math.log(start)
    inside, stride = 0, 1.0
    for _ in range(most):
        groups = count(math.exp(guess))
        if abs(groups - target) < miss:
            best, miss = math.exp(guess), abs(groups - target)
        if miss <= tolerance:
            break
        point = (guess, math.log(groups))
        if groups < target:
            low = point
        else:
            high = point
        if low is not None and high is not None:
            width = high[0] - low[0]
            if width < 1e-6:
                break
            slope = (high[1] - low[1]) / width
            guess = low[0] + (wanted - low[1]) / slope
            guess = min(max(guess, low[0] + _WIDE * width), high[0] - _WIDE * width)
            inside += 1
            if inside > _PATIENCE:
                guess = (low[0] + high[0]) / 2
        else:  # one side only: step out, further the further the target is away
            step = wanted - point[1]
            guess += (1.3 * step + math.copysign(beyond, step)) * stride
            stride *= _STRIDE
            if not math.log(_LOWEST) < guess < math.log(_HIGHEST):
                break
    return best
