"""The stage ``vectors``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from clioscope.atlas.languages import languages_of
from clioscope.atlas.vectors import MEANS, NEAR, PLAIN, WEIGHTS, WHOLE, read_means, read_plain, read_vectors
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What ``vectors_of`` reads; a stage that calls it declares these, and that it takes the language.
VECTORS = (PLAIN, *MEANS, NEAR, WEIGHTS, "answers.language")


@stage(
    "vectors",
    version=2,
    reads=(PLAIN, "answers.language"),
    writes=(*MEANS, NEAR, WEIGHTS),
    settings=(
        "embedding.centre",
        "embedding.centre_by_language",
        "embedding.smooth",
        "embedding.smooth_neighbours",
        "seed",
    ),
    given=("language",),
)
def vectors(job: Job) -> None:
    """The vectors that decide the groups: centred by language, and smoothed."""
    from clioscope.vectors.shaping import shaping_of

    shaped = shaping_of(
        read_plain(job.folder, in_place=True), job.settings.embedding, job.settings.seed, _languages(job)
    )
    (job.folder / f"{WHOLE}.npy").unlink(missing_ok=True)  # of an atlas of the first builds
    for name, array in shaped.means.arrays().items():
        job.write_array(name, array)
    job.write_array(NEAR, shaped.near)
    job.write_array(WEIGHTS, shaped.weights)


def vectors_of(job: Job) -> NDArray[np.float32]:
    """The vectors that decide the groups, unit rows (n, d).

    For a stage that declares ``VECTORS`` and takes the language.
    """
    return job.once("vectors", lambda: read_vectors(job.folder, _languages(job)))


def centred_of(job: Job) -> Callable[[NDArray[np.integer[Any]]], NDArray[np.float32]]:
    """A function that gives some rows (m,) of the vectors before smoothing, centred unit rows (m, d), for a stage like
    those of ``vectors_of``."""
    told, plain, means = _languages(job), read_plain(job.folder, in_place=True), read_means(job.folder)
    return lambda rows: means.centre(plain[rows], None if told is None else [told[row] for row in rows.tolist()])


def _languages(job: Job) -> list[str | None] | None:
    return languages_of(job.table("answers"), {"language": "language"} if job.has_language else {})
