"""What tells whether new conversations fit an atlas: read from its folder, or made where an older atlas lacks it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from clioscope.atlas.files import write_array
from clioscope.atlas.none import outside
from clioscope.atlas.vectors import PLAIN, TEXTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas
    from clioscope.clustering.fit import Fit

FIT, FIT_ROWS = "fit", "fit_rows"


def compared(atlas: Atlas) -> str | None:
    """The array of vectors that members and new conversations are compared in: those of their raw texts.

    An atlas of version 0.1.0 has only those of what was said of each conversation; one of the first builds has none
    that are made alike for both, so None.
    """
    return next((name for name in (TEXTS, PLAIN) if (atlas.path / f"{name}.npy").exists()), None)


def fit_of(atlas: Atlas) -> Fit | None:
    """What tells whether a new conversation fits its group in ``atlas``; None for an atlas that does not tell it.

    Its ``p_values`` take vectors of the kind that ``compared`` names and the labels of ``atlas.clusters``. An older
    atlas gets the two small files at the first call, if its folder can be written.
    """
    found = _read(atlas)
    return None if found is None else found[0]


def fit_of_members(atlas: Atlas) -> NDArray[np.float32] | None:
    """The p-value (n,) of each conversation of ``atlas`` in its group, without itself; None as in ``fit_of``."""
    from clioscope.clustering.fit import of_members

    found = _read(atlas)
    if found is None:
        return None
    fit, vectors, rows = found
    return of_members(fit, vectors, atlas.clusters["label"].to_numpy(), rows)


def _read(atlas: Atlas) -> tuple[Fit, NDArray[Any], NDArray[np.int32]] | None:
    """The fit, the vectors, and the rows of those that count."""
    from clioscope.clustering.fit import calibrate, fit_from, is_current

    name = compared(atlas)
    if name is None:
        return None
    vectors, none = atlas.array(name), outside(atlas).to_numpy()
    there = all((atlas.path / f"{array}.npy").exists() for array in (FIT, FIT_ROWS))
    if there and is_current(atlas.array(FIT)):
        rows, kept = atlas.array(FIT_ROWS), atlas.array(FIT)
    else:
        rows, kept = calibrate(vectors, none)
        with suppress(OSError):
            write_array(atlas.path / f"{FIT_ROWS}.npy", rows)
            write_array(atlas.path / f"{FIT}.npy", kept)
    return fit_from(vectors, atlas.clusters["label"].to_numpy(), rows, kept, none), vectors, rows
