"""The stage ``conversations``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.conversations.collect import READING
from clioscope.pipeline.dividing import SCALE, divided
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import every_setting, stage

if TYPE_CHECKING:
    import polars as pl

    from clioscope.conversations.collect import Collected
    from clioscope.segments import Divided

NOT_CUT = (
    "No conversation was cut into segments: fewer than 40 conversations have two turns of the user that say something."
)


@stage(
    "conversations",
    version=READING,
    writes=("conversations", "occurrences", "transcripts", "templates", "segments", SCALE),
    settings=(
        *(name for name in every_setting() if name.startswith("input.") and name != "input.keep_transcripts"),
        "seed",
        "segments",
    ),
    given=("files", "segments"),
)
def conversations(job: Job) -> None:
    """Conversations in: read, sampled, without duplicates, condensed."""
    from clioscope.pipeline.reading import read_input

    collected = read_input(job.files, job.settings, job.folder / "rejected.jsonl", job.cluster, job.report)
    remarks = list(collected.remarks)
    for file in ("segments.parquet", f"{SCALE}.npy"):  # of an earlier build with segments
        (job.folder / file).unlink(missing_ok=True)
    units: Collected | Divided = collected
    if job.settings.segments.split:
        units = cut = divided(job.files, collected, job.settings.input, job.settings.seed, job.embedder, job.store)
        job.write_table("segments", cut.segments)
        if cut.scale is None:
            remarks.append(NOT_CUT)
        else:
            job.write_array(SCALE, cut.scale.array())
            remarks.append(said_of_cuts(cut.segments))
    job.write_table("conversations", units.conversations)
    job.write_table("occurrences", units.occurrences)
    job.write_table("transcripts", units.transcripts)
    job.write_table("templates", collected.templates.frame())
    job.note(read=collected.read, rejected=collected.rejected, flawed=collected.flawed, unread=collected.unread)
    job.note(lines=collected.lines, remarks=remarks, shared=collected.shared)


def said_of_cuts(segments: pl.DataFrame) -> str:
    """How many conversations are cut, and into how many segments, in one sentence."""
    import polars as pl

    cut = segments.filter(pl.col("parts") > 1)
    number = cut["conversation"].n_unique()
    return (
        f"{number:,} of {segments['conversation'].n_unique():,} distinct conversations are cut where their topic "
        f"changes, into {cut.height:,} segments."
    )
