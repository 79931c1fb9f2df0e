"""The stage ``embed``."""

from __future__ import annotations

from clioscope.atlas.vectors import KEYS, PLAIN, read_known
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage


@stage(
    "embed",
    reads=("facets", "transcripts"),
    writes=(PLAIN, KEYS),
    settings=("facets.embed", "facets.combine"),
    given=("embedder",),
)
def embed(job: Job) -> None:
    """Unit vectors of the chosen facets of each conversation, averaged."""
    from clioscope.embedding.plain import plain_vectors
    from clioscope.facets.texts import embedded_texts

    settings = job.settings.facets
    columns = embedded_texts(job.table("facets"), job.table("transcripts"), settings.embed or (), settings.combine)
    known = read_known(job.folder)
    plain = plain_vectors(columns, job.embedder, job.store, known, job.report)
    (job.folder / f"{KEYS}.npy").unlink(missing_ok=True)  # killed here, the folder holds no keys of other rows
    job.write_array(PLAIN, plain.rows)
    job.write_array(KEYS, plain.keys)
