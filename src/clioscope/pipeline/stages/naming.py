"""What the stages that name groups have in common: the texts, who wrote them, and the geometry of names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clioscope.atlas.vectors import read_means
from clioscope.pipeline.job import Job
from clioscope.pipeline.stages.vectors import VECTORS, vectors_of

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.embedding.embedder import Embedder, Encode
    from clioscope.models.store import Store
    from clioscope.naming.context import NamingContext
    from clioscope.naming.support import Support

# What a stage declares that calls ``naming_context``; ``known`` needs the first of them.
KNOWN = (
    *("facets", "transcripts", "occurrences.conversation", "occurrences.user"),
    *("segments.segment", "segments.conversation"),
    *("copies.conversation", "copies.text"),
)
NAMING = (*VECTORS, *KNOWN, "clusters.label", "clusters.none")
TRAITS = ("field", "activity")  # facets that may tell two groups apart
NAMING_SETTINGS = ("naming.show", "naming.support", "facets.language", "embedding.model")


class Known(NamedTuple):
    """``texts`` (n), all that is known of each conversation; ``owners`` (n), the users that wrote each; ``whole`` (n),
    the conversation of each segment, None where conversations are not cut; ``copies`` (n), equal for near copies."""

    texts: list[str]
    owners: list[list[str]]
    whole: list[str] | None
    copies: list[int]


def known(job: Job) -> Known:
    """What is known of the conversations, for a stage that declares ``KNOWN`` and takes the facets."""
    from clioscope.atlas.copies import texts_of
    from clioscope.facets.texts import known_texts, writers

    def read() -> Known:
        facets = said_facets(job)
        names = [facet.name for facet in job.facets if facet.type == "text"]
        texts = known_texts(facets, job.table("transcripts"), names)
        copies = texts_of(facets["conversation"], job.table("copies")).to_list()
        return Known(texts, writers(facets, job.table("occurrences")), _whole(job, facets), copies)

    return job.once("known", read)


def authors_of(job: Job) -> list[list[str]]:
    """The users that wrote each conversation (n), for a stage that declares ``KNOWN`` and takes the facets. Where no
    conversation has a user, the segments of one conversation have it as their user: they are by one person."""
    told = known(job)
    if told.whole is not None and not any(told.owners):
        return [[one] for one in told.whole]
    return told.owners


def _whole(job: Job, facets: pl.DataFrame) -> list[str] | None:
    if not job.has("segments"):
        return None
    segments = job.table("segments").rename({"conversation": "whole"})
    rows = facets.select("conversation").join(
        segments, left_on="conversation", right_on="segment", how="left", maintain_order="left"
    )
    return rows["whole"].to_list()


def said_facets(job: Job) -> pl.DataFrame:
    """The facets without those that are inferred: nobody wrote what was inferred, so it backs no name."""
    import polars as pl

    names = [facet.name for facet in job.facets if facet.asked]
    table = job.table("facets")
    return table.with_columns(pl.when("asked").then(pl.col(name)) for name in names if name in table.columns)


def naming_context(job: Job) -> NamingContext:
    """What groups are named from, for a stage that declares ``NAMING`` and ``NAMING_SETTINGS``."""
    from clioscope.embedding.open import encoder_languages
    from clioscope.facets.language import language_name
    from clioscope.facets.texts import shown_texts
    from clioscope.naming.context import NamingContext
    from clioscope.naming.phrases import Phrases

    settings = job.settings.naming
    phrases = job.once(
        "phrases",
        lambda: Phrases(
            shown_texts(said_facets(job), job.table("transcripts"), settings.show),
            _languages_shown(job.table("facets"), job.settings.facets.language),
        ),
    )
    return NamingContext(
        texts=phrases.texts,
        support=support_of(job),
        vectors=vectors_of(job),
        settings=settings,
        encode=name_encoder(job.folder, job.embedder, job.store),
        ask=job.asker(),
        language=language_name(job.settings.facets.language),
        traits={name: job.table("facets")[name].to_list() for name in TRAITS if name in job.table("facets").columns},
        asked=_asked(job),
        known=phrases,
        encoder_languages=encoder_languages(job.settings.embedding),
    )


def support_of(job: Job) -> Support:
    """Who wrote which words, for a stage that declares ``KNOWN`` and ``naming.support`` and takes the facets."""
    from clioscope.naming.support import Support

    def counted() -> Support:
        texts, owners, whole, copies = known(job)
        if whole is not None:  # the segments of one conversation are by one person, even where nobody knows whom
            owners = [users or [f"conversation {one}"] for users, one in zip(owners, whole, strict=True)]
        return Support(texts, job.settings.naming.support, owners, copies)

    return job.once("support", counted)


def languages_told(facets: pl.DataFrame) -> list[str | None] | None:
    """The language of each conversation (IETF tags), None where it could not be told; None for all where the facet
    ``language`` is missing."""
    import polars as pl

    there = "language" in facets.columns and facets["language"].dtype == pl.String
    return facets["language"].to_list() if there else None


def _languages_shown(facets: pl.DataFrame, language: str) -> list[str | None] | None:
    """The language of what stands for each conversation: ``language``, in which the model answers, where it was asked,
    and else that of the conversation."""
    told = languages_told(facets)
    if told is None:
        return None
    return [language if asked else own for asked, own in zip(facets["asked"].to_list(), told, strict=True)]


def _asked(job: Job) -> NDArray[np.bool_] | None:
    asked = job.table("facets")["asked"]
    return asked.to_numpy() if asked.any() and not asked.all() else None


def labels(job: Job) -> NDArray[np.int32]:
    """The base group of each conversation (n,)."""
    return job.table("clusters")["label"].to_numpy()


def has_none(job: Job) -> bool:
    """Whether the last base group gathers what fits no other group, for a stage that declares ``NAMING``."""
    return bool(job.table("clusters")["none"].any())


def name_encoder(folder: Path, embedder: Embedder, store: Store) -> Encode:
    """Names live in the same geometry as the conversations: encoded, and centred by the mean of their language."""
    from clioscope.embedding.encode import encode_texts
    from clioscope.facets.language import likeliest

    means = read_means(folder)

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        languages = [likeliest(text, means.languages) for text in texts]
        return means.centre(encode_texts(list(texts), embedder, store), languages)

    return encode
