"""Names of people in what an update adds: they do not stay, as in a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.pipeline.stages.people import counts

if TYPE_CHECKING:
    import polars as pl

    from clioscope.pipeline.run import Run
    from clioscope.pipeline.updating.arrivals import Arrivals
    from clioscope.privacy.audit import Recognise
    from clioscope.recognisers.writers import Writers


def without_people(
    run: Run, answers: pl.DataFrame, transcripts: pl.DataFrame, occurrences: pl.DataFrame
) -> pl.DataFrame:
    """The answers about new conversations without names of people; what was replaced is added to the manifest.

    An atlas does not keep what people wrote, so who wrote a name is counted among the new conversations alone.
    """
    from clioscope.facets.people import hide_people
    from clioscope.recognisers import recogniser_for

    privacy = run.settings.privacy
    recogniser = recogniser_for(privacy.recognisers)
    asked = [one.name for one in run.facets if one.asked and one.type == "text" and one.name in answers.columns]
    if recogniser is None or all(answers[name].null_count() == answers.height for name in asked):
        return answers
    hidden = hide_people(answers, run.facets, recogniser, _writers(transcripts, occurrences), privacy.topic_people)
    before = run.manifest["stages"]["facets"].get("people") or {}
    found = counts(recogniser, hidden)
    sums = {name: found[name] + before.get(name, 0) for name in ("read", "values", "parts")}
    run.manifest["stages"]["facets"]["people"] = found | sums
    return hidden.table


def recognise(run: Run, facets: pl.DataFrame, arrivals: Arrivals) -> Recognise | None:
    """What scores new names before the auditor reads them; None where no recogniser is chosen.

    Who wrote a name is counted in the new conversations and, for the older ones, in their facets.
    """
    import polars as pl

    from clioscope.facets.texts import known_texts, writers
    from clioscope.privacy.recognised import recognise_by

    def texts() -> tuple[list[str], list[list[str]]]:
        names = [one.name for one in run.facets if one.type == "text" and one.name in facets.columns]
        said = facets.with_columns(pl.when("asked").then(pl.col(name)) for name in names if "asked" in facets.columns)
        return known_texts(said, arrivals.transcripts, names), writers(said, arrivals.occurrences)

    return recognise_by(run.settings.privacy, texts)


def _writers(transcripts: pl.DataFrame, occurrences: pl.DataFrame) -> Writers:
    from clioscope.facets.texts import writers
    from clioscope.recognisers.writers import Writers

    return Writers([text or "" for text in transcripts["text"].to_list()], writers(transcripts, occurrences))
