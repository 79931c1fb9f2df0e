"""Agreement between raters: judges, or judges and people.

Plain agreement is too high: two raters who say yes nine times out of ten agree 82 % of the time by chance alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.figure import UNDEFINED, Figure

Ratings = Sequence[str | int | float | None]
Scale = Literal["nominal", "ordinal", "interval"]


def cohen(first: Ratings, second: Ratings) -> float:
    """Cohen's kappa of two raters (Cohen 1960): (p_o - p_e) / (1 - p_e). Items that one of them left out do not count.

    NaN without common items; 1 if both always give one and the same answer.
    """
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    if not pairs:
        return float("nan")
    observed = sum(a == b for a, b in pairs) / len(pairs)
    said = {value for pair in pairs for value in pair}
    chance = (
        sum(sum(a == value for a, _ in pairs) * sum(b == value for _, b in pairs) for value in said) / len(pairs) ** 2
    )
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)


def fleiss(ratings: Sequence[Ratings]) -> float:
    """Fleiss' kappa of three or more raters (Fleiss 1971); ``ratings`` holds one sequence per rater.

    Items that some rater left out do not count. NaN for fewer than two raters or no common items.
    """
    items = [row for row in zip(*ratings, strict=True) if all(value is not None for value in row)]
    if len(ratings) < 2 or not items:
        return float("nan")
    codes = {value: place for place, value in enumerate({value for row in items for value in row})}
    counts = np.zeros((len(items), len(codes)))
    for place, row in enumerate(items):
        for value in row:
            counts[place, codes[value]] += 1
    raters = len(ratings)
    observed = ((counts**2).sum(axis=1) - raters) / (raters * (raters - 1))
    chance = float(((counts.sum(axis=0) / counts.sum()) ** 2).sum())
    return 1.0 if chance == 1 else float((observed.mean() - chance) / (1 - chance))


def krippendorff(ratings: Sequence[Ratings], scale: Scale = "nominal") -> float:
    """Krippendorff's alpha, 1 - D_o / D_e (Krippendorff 2011), for any number of raters, with gaps.

    ``ratings`` holds one sequence per rater, None for gaps; items with a single rating do not count. ``ordinal``
    and ``interval`` need numbers. NaN where nothing can be compared; 1 where only one value ever occurs.
    Customary limits: .800 reliable, .667 to .800 tentative.
    """
    items = [[value for value in row if value is not None] for row in zip(*ratings, strict=True)]
    items = [row for row in items if len(row) > 1]
    values = sorted({value for row in items for value in row}, key=lambda value: (str(type(value)), value))
    if not items:
        return float("nan")
    if len(values) == 1:
        return 1.0
    place = {value: number for number, value in enumerate(values)}
    coincidence = np.zeros((len(values), len(values)))
    for row in items:
        counts = np.zeros(len(values))
        for value in row:
            counts[place[value]] += 1
        coincidence += (np.outer(counts, counts) - np.diag(counts)) / (len(row) - 1)
    totals = coincidence.sum(axis=0)
    distance = _distances(values, totals, scale)
    observed = (coincidence * distance).sum()
    expected = ((np.outer(totals, totals) - np.diag(totals)) * distance).sum() / (totals.sum() - 1)
    return float(1 - observed / expected) if expected > 0 else 1.0


def _distances(values: Sequence[str | int | float], totals: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    """Squared differences between values."""
    if scale == "nominal":
        return 1.0 - np.eye(len(values))
    if scale == "interval":
        numbers = np.array(values, dtype=np.float64)
        return np.asarray((numbers[:, None] - numbers) ** 2)
    upto = np.cumsum(totals)
    between = np.abs(upto[:, None] - upto)  # those above the lower, up to the higher
    half = (totals[None, :] - totals[:, None]) / 2
    order = np.sign(np.arange(len(values))[None, :] - np.arange(len(values))[:, None])
    return np.asarray((between - order * half) ** 2)


def with_interval(
    measure: Callable[[Sequence[Ratings]], float],
    ratings: Sequence[Ratings],
    items: Sequence[Hashable] | None = None,
    draws: int = 500,
    seed: int = 0,
) -> Figure:
    """A figure of agreement with its bootstrap interval over items (percentiles of ``draws`` resamples).

    ``ratings`` holds one sequence per rater. ``items`` has the same length and says what each rating is about; by
    default each rating is an item of its own. Ratings of the same item (in two orders, for example) depend on each
    other, so they are drawn together. It takes 300 to 500 items to show that kappa is above .8. ``n``: items.
    """
    places: dict[Hashable, list[int]] = {}
    for place in range(len(ratings[0]) if ratings else 0):
        places.setdefault(place if items is None else items[place], []).append(place)
    blocks, count = list(places.values()), len(places)
    value = measure(ratings)
    if not np.isfinite(value) or count < 2:
        return UNDEFINED if not np.isfinite(value) else Figure(value, None, None, count)
    generator = np.random.default_rng(seed)
    resampled = []
    for _ in range(draws):
        rows = [row for block in generator.integers(count, size=count) for row in blocks[block]]
        resampled.append(measure([[rater[row] for row in rows] for rater in ratings]))
    low, high = np.nanquantile(resampled, [0.025, 0.975])
    return Figure(value, float(low), float(high), count)
