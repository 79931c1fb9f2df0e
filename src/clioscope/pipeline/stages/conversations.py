"""The stage ``conversations``."""

from __future__ import annotations

from clioscope.conversations.collect import READING
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import every_setting, stage


@stage(
    "conversations",
    version=READING,
    writes=("conversations", "occurrences", "transcripts", "templates"),
    settings=(
        *(name for name in every_setting() if name.startswith("input.") and name != "input.keep_transcripts"),
        "seed",
    ),
    given=("files",),
)
def conversations(job: Job) -> None:
    """Conversations in: read, sampled, without duplicates, condensed."""
    from clioscope.conversations.collect import collect_conversations

    collected = collect_conversations(
        job.files, job.settings.input, job.settings.seed, job.folder / "rejected.jsonl", on_progress=job.report
    )
    job.write_table("conversations", collected.conversations)
    job.write_table("occurrences", collected.occurrences)
    job.write_table("transcripts", collected.transcripts)
    job.write_table("templates", collected.templates.frame())
    job.note(read=collected.read, rejected=collected.rejected, flawed=collected.flawed, unread=collected.unread)
    job.note(lines=collected.lines, remarks=collected.remarks, shared=collected.shared)
