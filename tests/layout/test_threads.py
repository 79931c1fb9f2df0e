"""The threads of numba, on which UMAP runs."""

import numpy as np
import pytest

from clioscope.layout import project
from clioscope.settings import LayoutSettings


@pytest.mark.slow
def test_a_map_leaves_the_threads_of_torch_alone() -> None:
    """Numba's OpenMP layer would switch nested parallelism on for the whole process."""
    import numba

    rng = np.random.default_rng(0)
    project(rng.normal(size=(60, 8)).astype(np.float32), LayoutSettings(), 0)
    assert numba.config.THREADING_LAYER == "workqueue"

    @numba.njit(parallel=True)
    def total(values):
        found = 0.0
        for index in numba.prange(len(values)):
            found += values[index]
        return found

    assert total(np.ones(100)) == 100
    assert numba.threading_layer() == "workqueue"
