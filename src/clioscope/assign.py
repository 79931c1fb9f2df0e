"""Put new conversations into an existing atlas, without rebuilding it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clioscope.atlas import Atlas
from clioscope.errors import AtlasError
from clioscope.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.progress import Progress


class Assigned(NamedTuple):
    """``table``: one row a distinct conversation (conversation, record, group, name, margin, known);
    ``read`` and ``rejected`` count input records, ``failed`` the questions without a usable answer."""

    table: pl.DataFrame
    read: int
    rejected: int
    failed: int


def assign(atlas: Atlas, paths: str | Path, *, progress: Progress | None = None) -> Assigned:
    """The base group of each new conversation, by the facets, encoder and geometry of the atlas.

    A conversation that is in the atlas gets its stored group back, unasked (``known``); the same conversation
    gets the same group alone or among others. ``rejected.jsonl`` is not written; rejected records are counted.

    Raises AtlasError for a published atlas, InputError for a file that cannot be read, ModelError when the
    model cannot answer.
    """
    import polars as pl

    from clioscope.clustering import assign_vectors
    from clioscope.conversations import collect_conversations

    if atlas.published:
        raise AtlasError(f"{atlas.path}: a published atlas holds no vectors, so nothing can be put into it.")
    settings = Settings.model_validate(atlas.manifest["settings"])
    everything = settings.input.model_copy(update={"sample": None, "format": None})
    found = collect_conversations(Path(paths), everything, settings.seed, None)
    stored = atlas.clusters.select("conversation", "group", "margin")
    fresh = found.conversations.join(stored, on="conversation", how="anti").sort("conversation")
    placed = stored.join(found.conversations.select("conversation"), on="conversation", how="inner").with_columns(
        known=pl.lit(True)
    )
    failed = 0
    if not fresh.is_empty():
        vectors, failed = _vectors(atlas, settings, fresh, found.transcripts, progress)
        labels, margins = assign_vectors(vectors, atlas.vectors, atlas.clusters["label"].to_numpy(), atlas.centroids)
        groups = atlas.manifest["base_groups"]
        new = pl.DataFrame(
            {
                "conversation": fresh["conversation"],
                "group": [groups[label] for label in labels],
                "margin": margins,
                "known": [False] * len(labels),
            }
        )
        placed = pl.concat([placed, new], how="vertical_relaxed")
    records = found.occurrences.group_by("conversation").agg(pl.col("record").min())
    table = (
        placed.join(atlas.tree.select("group", "name"), on="group", how="left")
        .join(records, on="conversation", how="left")
        .select("conversation", "record", "group", "name", "margin", "known")
        .sort("conversation")
    )
    return Assigned(table, found.read, found.rejected, failed)


def _vectors(
    atlas: Atlas,
    settings: Settings,
    conversations: pl.DataFrame,
    transcripts: pl.DataFrame,
    progress: Progress | None,
) -> tuple[NDArray[np.float32], int]:
    """Vectors of new conversations in the geometry of the atlas, and how many questions failed."""
    from clioscope.clustering.neighbours import nearest
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.geometry import average, centre, smooth
    from clioscope.embedding.open import open_embedder
    from clioscope.facets.choose import facets_of
    from clioscope.facets.extract import extract_facets
    from clioscope.facets.texts import embedded_texts
    from clioscope.models.asker import Asker
    from clioscope.models.open import open_model
    from clioscope.models.store import Store

    needed = [one for one in facets_of(settings) if one.asked]
    model = open_model(settings.model) if needed else None
    try:
        with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "answers.sqlite") as store:
            ask = None if model is None else Asker(model, store, concurrency=settings.model.concurrency)
            if ask is not None and progress is not None:
                ask.on_progress = progress.step
            table = extract_facets(
                conversations,
                transcripts,
                needed,
                ask=ask,
                language=settings.facets.language,
                calls=settings.facets.calls,
                with_examples=settings.facets.examples,
            )
            failed = 0 if ask is None else ask.ledger.frame().height
    finally:
        if model is not None:
            model.close()
    columns = embedded_texts(table, transcripts, settings.facets.embed or (), settings.facets.combine)
    embedder = open_embedder(settings.embedding)
    plain = average([encode_texts(column, embedder, None) for column in columns])
    centred, _ = centre(plain, atlas.array("mean"))
    near = nearest(centred, atlas.vectors, settings.embedding.smooth_neighbours)
    return smooth(centred, near.indices, atlas.vectors, settings.embedding.smooth), failed
