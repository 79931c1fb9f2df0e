"""What the stages that look for people have in common: the recogniser, and who wrote a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.pipeline.job import Job

if TYPE_CHECKING:
    import polars as pl

    from clioscope.facets.people import Hidden
    from clioscope.recognisers import Recogniser

# What a stage declares that calls ``without_people``.
WRITTEN = ("transcripts", "occurrences.conversation", "occurrences.user", "segments.segment", "segments.conversation")
PEOPLE = ("privacy.recognisers", "privacy.topic_people")


def recogniser_of(job: Job) -> Recogniser | None:
    """The recogniser of the build, for a stage that declares ``PEOPLE``; None where the settings name none."""
    from clioscope.recognisers import recogniser_for

    return recogniser_for(job.settings.privacy.recognisers)


def without_people(job: Job, table: pl.DataFrame) -> pl.DataFrame:
    """A table of answers without names of people, for a stage that declares ``WRITTEN`` and ``PEOPLE`` and takes the
    facets. What was replaced is noted in the manifest."""
    from clioscope.facets.people import hide_people
    from clioscope.recognisers.writers import Writers

    asked = [facet.name for facet in job.facets if facet.asked and facet.type == "text" and facet.name in table.columns]
    read = sum(table[name].len() - table[name].null_count() for name in asked)
    if not read:
        return table
    recogniser = recogniser_of(job)
    if recogniser is None:
        job.note(people={"recogniser": None, "read": read, "values": 0, "parts": 0})
        return table
    hidden = hide_people(table, job.facets, recogniser, Writers(*written(job)), job.settings.privacy.topic_people)
    job.note(people=counts(recogniser, hidden))
    return hidden.table


def counts(recogniser: Recogniser, hidden: Hidden) -> dict[str, Any]:
    """What the manifest says of a search for people: by whom, and of how many values how many were changed."""
    return {"recogniser": recogniser.id, "read": hidden.read, "values": hidden.values, "parts": hidden.parts}


def written(job: Job) -> tuple[list[str], list[list[str]] | None]:
    """The turns of the users (n), and the users that wrote each (n), for a stage that declares ``WRITTEN``.

    The users are None where the input has none. The segments of a conversation whose user nobody knows are by one
    person.
    """
    from clioscope.facets.texts import writers

    transcripts = job.table("transcripts")
    owners = None
    if job.has("occurrences"):
        owners = writers(transcripts, job.table("occurrences"))
        if job.has("segments"):
            whole = dict(job.table("segments").select("segment", "conversation").iter_rows())
            ids = transcripts["conversation"].to_list()
            owners = [users or [f"conversation {whole.get(one, one)}"] for users, one in zip(owners, ids, strict=True)]
    return [text or "" for text in transcripts["text"].to_list()], owners
