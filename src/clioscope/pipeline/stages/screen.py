"""The stage ``screen``."""

from __future__ import annotations

from clioscope.errors import InputError, SettingsError
from clioscope.pipeline.job import Job
from clioscope.pipeline.stage import stage


@stage(
    "screen",
    reads=("transcripts",),
    writes=("screened",),
    settings=("facets.screen",),
    prompts=("screen",),
    role="chat",
    when=lambda settings: settings.facets.screen is not None,
)
def screen(job: Job) -> None:
    """The screener narrows the input to what a plain question asks for."""
    from clioscope.facets import screen as screener

    question, ask = job.settings.facets.screen, job.asker()
    assert question is not None
    if ask is None:
        raise SettingsError("facets.screen needs a language model; leave --no-llm out.")
    transcripts = job.table("transcripts")
    answers = screener.screen(transcripts, question, ask)
    kept = screener.passed(answers, ask.ledger)
    if not kept.any():
        raise InputError(f"No conversation got a yes to the screener's question: {question}")
    job.write_table("screened", transcripts.select("conversation").with_columns(kept))
    job.note(unanswered=answers.count(None))
