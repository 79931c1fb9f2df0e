"""Settings of vectors, groups, tree and map."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from clioscope.settings.section import Section, renamed


class EmbeddingSettings(Section):
    model: str | None = Field(
        None,
        description="Sentence encoder: a catalogue name, any sentence-transformers name or folder, an address, or a "
        "plug-in. If unset: all-MiniLM-L6-v2, which is small and for English, or multilingual-e5-small where most of "
        "the conversations are not in English.",
    )
    batch_size: int = Field(64, ge=1, description="Texts encoded at once on a card. Fewer use less memory.")
    centre: bool = Field(
        True, description="Subtract the mean of all vectors, since what all texts share tells none of them apart."
    )
    centre_by_language: bool = Field(
        True,
        description="With several languages, subtract the mean of each language, so that groups are topics and not "
        "languages. It needs the facet `language`. The mean of a language with few conversations counts less.",
    )
    smooth: float = Field(
        0.5,
        ge=0,
        lt=1,
        description="How far each vector moves towards the mean of its nearest neighbours (0: not at all). It helps "
        "where texts are few and noisy (labelled ShareGPT); for many clean ones (CLINC150) 0 is slightly better.",
    )
    smooth_neighbours: int = Field(
        8, ge=0, description="Neighbours that this mean is taken over: few, so that they are of the same topic."
    )


class ClusteringSettings(Section):
    method: str = Field(
        "leiden",
        description="leiden, kmeans (as in Clio), hdbscan, dbscan, agglomerative, or a plug-in. Leiden agrees with "
        "labels as well as k-means or better, and more with itself.",
    )
    clusters: int | None = Field(
        None,
        ge=1,
        description="Base groups to aim at. If unset: the usual number for data of this size, or a higher one whose "
        "silhouette is clearly better.",
    )
    size: int | None = Field(None, ge=1, description="Mean size of a base group to aim at (in place of `clusters`).")
    resolution: float | None = Field(
        None, gt=0, description="Resolution of Leiden (in place of both); a higher one gives more groups."
    )
    most: int | None = Field(
        None,
        ge=1,
        description="Most base groups where their number is chosen for you; each costs a name. If unset: 100 where a "
        "model on this machine names them, which takes some eight minutes; otherwise by the size of the data.",
    )
    neighbours: int = Field(
        20, ge=2, description="Nearest neighbours that Leiden's graph joins each vector to; more blur small groups."
    )
    rare: float = Field(0.0, ge=0, lt=1, description="Share of conversations to mark as rare: the worst fits.")
    set_apart: float = Field(
        0.0,
        ge=0,
        lt=0.5,
        description="Share of conversations to set apart in one group, “Fits no other group”: those that fit their "
        "groups worst. 0: every conversation is in a group of its kind. It makes the other groups purer, but a group "
        "without a subject costs about as much.",
    )
    options: dict[str, Any] = Field(default_factory=dict, description="Further parameters of the method.")

    @model_validator(mode="before")
    @classmethod
    def _earlier_name(cls, given: Any) -> Any:
        return renamed(given, "none", "set_apart")


class HierarchySettings(Section):
    builder: Literal["linkage", "clio"] = Field(
        "linkage",
        description="Join groups by their vectors (needs no model, the same each time), or by the paper's loop (G.6).",
    )
    top: int | None = Field(None, ge=1, description="Groups at the top level. If unset: by the size of the data.")
    levels: int | None = Field(
        None, ge=1, description="Levels, with the base groups. If unset: by the size of the data."
    )
    neighbourhood: int = Field(
        40, ge=2, description="Mean groups per question of that loop, so that a prompt is short."
    )


class LayoutSettings(Section):
    method: str = Field(
        "umap", description="Map: umap (with Clio's settings), pacmap, pca (fast, for a first look), or a plug-in."
    )
    neighbours: int = Field(
        15, ge=2, description="Neighbours that the map keeps together: few show detail, many the whole (Clio: 15)."
    )
    min_dist: float = Field(
        0.0, ge=0, description="Least distance of two places on the map. At 0, groups are dense spots (as in Clio)."
    )
