"""What a projection promises."""

from __future__ import annotations

import numpy as np

from clioscope.layout.registry import Projector
from clioscope.settings import LayoutSettings
from clioscope.testing.promise import carry_out, promise, same_twice, unit_groups

SIZES = (8, 9, 120)  # 8 is the least that a projection is given


def check_projector(projector: Projector, settings: LayoutSettings | None = None) -> None:
    """Raise AssertionError where the projection breaks a promise of the protocol ``Projector``."""
    settings = settings or LayoutSettings()
    said = f"The projection {getattr(projector, '__name__', type(projector).__name__)}"
    for rows in SIZES:
        vectors, _ = unit_groups(rows)
        before = vectors.copy()
        carry_out(lambda: projector(vectors, settings, 0), f"{said} fails for {rows} vectors")  # noqa: B023
        places = same_twice(
            lambda: projector(vectors, settings, 0),  # noqa: B023
            f"{said} does not return the same for the same arguments, for {rows} vectors",
        )
        promise(bool((vectors == before).all()), f"{said} changes the vectors that it is given.")
        promise(
            isinstance(places, np.ndarray) and places.dtype.kind == "f",
            f"{said} returns places that are not an array of floating-point numbers.",
        )
        promise(places.shape == (rows, 2), f"{said} returns the shape {places.shape}, not {(rows, 2)}.")
        lost = int((~np.isfinite(places).all(axis=1)).sum())
        promise(2 * lost < rows, f"{said} finds no place for {lost} of {rows} vectors; most must have one.")
