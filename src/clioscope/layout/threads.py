"""Numba's threads kept apart from those of torch."""

from __future__ import annotations


def keep_off_openmp() -> None:
    """Let numba use its own work queue, unless the user chose a threading layer. To be called before it runs.

    Numba's OpenMP layer switches nested parallelism on for the whole process (``omp_set_nested``). Where torch uses
    the same OpenMP, every thread of it then starts more, and a batch of 14 texts that took half a second takes
    minutes: a map, then ``assign`` in the same process.
    """
    from numba import config

    if getattr(config, "THREADING_LAYER", "default") == "default":
        config.THREADING_LAYER = "workqueue"  # type: ignore[attr-defined]
