"""The stage ``predict``."""

from __future__ import annotations

from clioscope.atlas.vectors import OWN, OWN_KEYS, PLAIN, TEXTS, read_known
from clioscope.pipeline.job import Job
from clioscope.pipeline.mixing import MAP, Encoding, learn, said_texts
from clioscope.pipeline.stage import stage


@stage(
    "predict",
    version=6,
    reads=("answers", "transcripts", TEXTS),
    writes=(PLAIN, OWN, OWN_KEYS, *MAP),
    settings=("facets.embed", "facets.combine"),
    given=("facets", "embedder"),
)
def predict(job: Job) -> None:
    """The vector of every conversation: of what was said of it, of what is predicted from its text, and of the text."""
    settings = job.settings.facets
    asked = [facet.name for facet in job.facets if facet.asked]
    said = said_texts(job.table("answers"), job.table("transcripts"), asked, settings.embed or (), settings.combine)
    encode = Encoding(job.embedder, job.store, read_known(job.folder, OWN, OWN_KEYS), job.report)
    learnt = learn(said, job.array(TEXTS), encode)
    for name in (OWN_KEYS, *MAP):  # killed here, the folder holds nothing of other rows
        (job.folder / f"{name}.npy").unlink(missing_ok=True)
    job.write_array(PLAIN, learnt.plain)
    job.write_array(OWN, learnt.own.rows)
    job.write_array(OWN_KEYS, learnt.own.keys)
    for name, array in learnt.arrays().items():
        job.write_array(name, array)
    job.note(predicted=learnt.predicted, **learnt.figures())
