"""What tells whether new conversations fit their groups, and how it goes on when an atlas has more rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.files import read_array

if TYPE_CHECKING:
    from clioscope.clustering.fit import Fit

FIT, FIT_ROWS = "fit", "fit_rows"


def fit_of(
    folder: Path, raw: NDArray[np.float16], labels: NDArray[np.integer], outside: NDArray[np.bool_]
) -> tuple[Fit, NDArray[np.int32], NDArray[np.float32]]:
    """The ``Fit`` of an atlas, with its calibration (rows and figures), which is made anew for an older atlas.

    ``raw`` (m, d) are the vectors of the raw texts, ``outside`` (m,) marks conversations that fit no group.
    """
    from clioscope.clustering.fit import calibrate, fit_from, is_current

    there = all((folder / f"{name}.npy").exists() for name in (FIT, FIT_ROWS))
    kept = read_array(folder, FIT) if there else None
    if kept is not None and is_current(kept):
        rows = read_array(folder, FIT_ROWS)
    else:
        rows, kept = calibrate(raw, outside)
    return fit_from(raw, labels, rows, kept, outside), rows, kept
