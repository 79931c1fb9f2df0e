"""The evidence that judges are shown: texts, groups and vectors of an atlas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.embedder import Encode
from clioscope.errors import ClioscopeError
from clioscope.measure.levels import Levels, levels_of
from clioscope.settings import Settings
from clioscope.vectors.centroids import centroids_of
from clioscope.vectors.unit import unit_rows

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas


class Group(NamedTuple):
    """A group of any level, as judges see it."""

    id: str
    name: str
    description: str
    parent: str | None
    level: int
    action: str = "accepted"

    @property
    def text(self) -> str:
        """Name and description."""
        return f"{self.name}: {self.description}" if self.description else self.name


class Evidence(NamedTuple):
    """``texts``: a short text per conversation, made of its facets; ``summaries``: all its text facets;
    ``transcripts``: what the model that wrote the facets read, None if that is no longer available; ``groups`` by id.
    """

    conversations: list[str]
    texts: list[str]
    summaries: list[str] | None
    transcripts: list[str] | None
    vectors: NDArray[np.float32]
    levels: Levels
    groups: dict[str, Group]
    encode: Encode | None
    auditor: str = "quotes"  # how the build audited names
    labels: Mapping[str, str] = MappingProxyType({})  # from people: each label with its meaning

    def members(self, level: int) -> list[NDArray[np.intp]]:
        """The rows of each group of a level."""
        labels = self.levels.labels[level]
        return [np.flatnonzero(labels == group) for group in range(len(self.levels.groups[level]))]

    def nearest_groups(self, level: int) -> NDArray[np.intp]:
        """For each group of a level the others, nearest centroid first, shape (k, k - 1)."""
        labels = self.levels.labels[level]
        count = len(self.levels.groups[level])
        centroids = centroids_of(unit_rows(self.vectors), labels, count)
        cosines = centroids @ centroids.T
        np.fill_diagonal(cosines, np.inf)
        return np.argsort(-cosines, axis=1, kind="stable")[:, 1:].astype(np.intp)


def evidence_of(atlas: Atlas, encode: Encode | None) -> tuple[Evidence, list[str]]:
    """The evidence in an atlas, and notes on what is missing.

    Raises ClioscopeError if there is neither a transcript nor a text facet.
    """
    from clioscope.facets.texts import shown_texts

    notes = []
    facets = atlas.facets
    transcripts = transcripts_of(atlas)
    if transcripts is None:
        notes.append(
            "Faithfulness and privacy of conversations were not judged: the atlas keeps no transcripts (build with "
            "--keep-transcripts) and its input files are gone."
        )
    kinds = {facet["name"]: facet["type"] for facet in atlas.manifest["facets"]}
    written = [name for name in facets.columns if kinds.get(name) == "text"]
    settings = Settings.model_validate(atlas.manifest["settings"])
    show = ("request",) if "request" in written else tuple(name for name in settings.naming.show if name in written)
    if transcripts is None and not show:
        raise ClioscopeError(f"{atlas.path}: there is no text to show to a judge; build it with --keep-transcripts.")
    import polars as pl

    empty = pl.DataFrame({"conversation": facets["conversation"], "transcript": "", "text": ""})
    texts = shown_texts(facets, empty if transcripts is None else transcripts, show)
    summaries = None
    if written:
        summaries = [
            ". ".join(str(value).strip(" .") for value in row if value) for row in facets.select(written).iter_rows()
        ]
    read = None
    if transcripts is not None:
        joined = facets.select("conversation").join(transcripts, on="conversation", how="left", maintain_order="left")
        read = [text or "" for text in joined["transcript"].to_list()]
    columns = ("group", "name", "description", "parent", "level", "action")
    groups = {row[0]: Group(*row) for row in atlas.tree.select(columns).iter_rows()}
    made = Evidence(
        facets["conversation"].to_list(),
        texts,
        summaries,
        read,
        atlas.vectors,
        levels_of(atlas),
        groups,
        encode,
        settings.privacy.auditor,
    )
    return made, notes


def transcripts_of(atlas: Atlas) -> pl.DataFrame | None:
    """The stored transcripts, or those of the input files, which are read again; None without either."""
    import polars as pl

    from clioscope.conversations import collect_conversations

    if (atlas.path / "transcripts.parquet").exists():
        return atlas.transcripts
    files = [Path(source["path"]) for source in atlas.manifest.get("sources", [])]
    if not files or not all(file.exists() for file in files):
        return None
    settings = Settings.model_validate(atlas.manifest["settings"])
    try:
        transcripts = collect_conversations(files, settings.input, settings.seed, None).transcripts
    except ClioscopeError:
        return None
    kept = transcripts.filter(pl.col("conversation").is_in(atlas.facets["conversation"].implode()))
    return kept if kept.height == atlas.facets.height else None
