"""Every setting, typed, with its default and the reason for it; read from one TOML file or from keywords."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from clioscope.errors import SettingsError

SHORT, LONG = 120, 1000  # tokens of a transcript: for a model on this machine, and for one at an address


class Section(BaseModel):
    """A group of settings: frozen, and strict about names so that a misspelt setting is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InputSettings(Section):
    format: str | None = Field(None, description="Input format; sniffed when not given.")
    text_column: str | None = Field(None, description="Column that holds the text (CSV and Parquet).")
    encoding: str | None = Field(None, description="Encoding of text files; told from the content when not given.")
    id_column: str | None = Field(None, description="Field that holds a conversation's id; told by its name if unset.")
    user_column: str | None = Field(
        None, description="Field that holds the user's id, which thresholds count; told by its name if unset."
    )
    date_column: str | None = Field(None, description="Field that holds the date; told by its name if unset.")
    metadata: tuple[str, ...] = Field(
        (), description="Metadata fields to keep as facets (never embedded, never shown to a model)."
    )
    sample: int | None = Field(None, ge=1, description="Analyse only this many, drawn by hash of the content.")
    sampling: Literal["conversations", "completions"] = Field(
        "conversations",
        description="Draw conversations, or assistant turns (long conversations weigh more), as in Clio G.1.",
    )
    transcript_tokens: int | None = Field(
        None,
        ge=32,
        description="Budget of a condensed transcript, in tokens (estimated from characters). If unset: 120 where "
        "the model runs on this machine, since tokens are the cost on a CPU and the groups of labelled ShareGPT are as "
        "good; 1,000 for a model at an address.",
    )
    keep_transcripts: bool = Field(
        False, description="Keep the condensed transcripts in the atlas (never in a published one)."
    )


class ModelSettings(Section):
    name: str | None = Field(
        "qwen2.5-coder-1.5b",
        description="Catalogue name, GGUF file, transformers:NAME, or address (http://host/v1, a space and the model).",
    )
    concurrency: int | None = Field(None, ge=1, description="Questions at once; the model's own default if unset.")
    retries: int = Field(4, ge=0, description="Retries after 5xx and time-outs; of an answer of no use, two at most.")
    timeout: float = Field(600.0, gt=0, description="Seconds before one question is given up.")
    temperature: float | None = Field(None, ge=0, le=2, description="Overrides the stage's own temperature.")
    thinking_tokens: int = Field(1024, ge=0, description="Tokens a reasoning model may think before its answer.")
    price_in: float | None = Field(None, ge=0, description="Price of a million prompt tokens, for the account.")
    price_out: float | None = Field(None, ge=0, description="Price of a million answer tokens.")
    confirm_above: float = Field(5.0, ge=0, description="Ask before a build whose estimate costs more than this.")
    confirm_questions: int = Field(
        20_000, ge=0, description="Ask before a build that puts more questions than this to another machine."
    )


class FacetSettings(Section):
    use: tuple[str, ...] = Field(
        ("request", "field", "activity", "concern"), description="Model facets to extract, by name."
    )
    examples: bool = Field(
        True,
        description="Show the model a few example conversations with good answers first: they are what makes a small "
        "model useful, and cost about 500 prompt tokens a question where the server does not cache.",
    )
    define: tuple[dict[str, Any], ...] = Field((), description="Facets of your own ([[facets.define]] in TOML).")
    embed: tuple[str, ...] | None = Field(
        None,
        description="Facets whose text is embedded and so decides the groups; `text` is the raw text of the user's "
        "turns. If unset: the chosen facets that say `embed = true`, and `text`; of the built-in ones these are "
        "request, field and activity, the best measured on labelled ShareGPT.",
    )
    combine: Literal["mean", "join"] = Field(
        "mean", description="Mean of the facets' vectors, or one vector of the joined text."
    )
    calls: Literal["one", "each"] = Field("one", description="One call for all facets, or one a facet (as Clio).")
    language: str = Field("en", description="Language of the answers (IETF tag).")
    modules: tuple[str, ...] = Field((), description="Python files whose @facet functions are added to the facets.")
    screen: str | None = Field(
        None,
        description="Yes/no question in plain words; what gets a no is left out.",
    )


class EmbeddingSettings(Section):
    model: str = Field(
        "all-MiniLM-L6-v2",
        description="Catalogue name, any sentence-transformers name or folder, or an address.",
    )
    batch_size: int = Field(64, ge=1, description="Texts that the encoder takes at once; more need more memory.")
    centre: bool = Field(True, description="Subtract the mean of all vectors, which tells nothing apart.")
    centre_by_language: bool = Field(
        True,
        description="Of conversations in several languages, subtract the mean of each one's own (from 30 on; needs the "
        "facet language), so that groups are topics and not languages.",
    )
    smooth: float = Field(
        0.5, ge=0, lt=1, description="How far each vector moves towards the mean of its nearest neighbours."
    )
    smooth_neighbours: int = Field(8, ge=0, description="How many neighbours that mean is taken over.")


class ClusteringSettings(Section):
    method: str = Field("leiden", description="leiden, kmeans, hdbscan, dbscan, agglomerative, or a plug-in.")
    clusters: int | None = Field(None, ge=1, description="Target number of base groups.")
    size: int | None = Field(None, ge=1, description="Target mean size of a base group (in place of `clusters`).")
    resolution: float | None = Field(None, gt=0, description="Leiden resolution (in place of both).")
    neighbours: int = Field(20, ge=2, description="k of the kNN graph.")
    rare: float = Field(0.0, ge=0, lt=1, description="Share of conversations to mark as rare (lowest margins).")
    options: dict[str, Any] = Field(default_factory=dict, description="Further parameters of the method.")


class NamingSettings(Section):
    model: str | None = Field(
        None,
        description="Another model for names, tree and auditor (a few dozen questions), as in model.name; a small "
        "model may do for the facets (a question a conversation).",
    )
    show: tuple[str, ...] = Field(
        ("request",), description="Facets that stand for a conversation when its group is named."
    )
    support: int = Field(
        3,
        ge=1,
        description="People of a group that must have written a specific (a proper name) or a phrase of its name.",
    )
    members: int = Field(12, ge=1, description="Member texts shown per group (Clio: 50).")
    contrast: int = Field(6, ge=0, description="Nearest non-members shown per group (Clio: 50).")
    candidates: int = Field(3, ge=1, description="Names asked for; the one that fits best is kept.")
    max_words: int = Field(10, ge=2, description="Words of a name, at most.")
    duplicate: float = Field(
        0.9, gt=0, le=1, description="Two names whose vectors are this close (cosine) are near-duplicates."
    )


class HierarchySettings(Section):
    builder: Literal["linkage", "clio"] = Field("linkage", description="From the vectors, or the paper's loop.")
    top: int | None = Field(None, ge=1, description="Groups at the top; by size of the data if unset.")
    levels: int | None = Field(None, ge=1, description="Levels including the base groups; by size if unset.")
    neighbourhood: int = Field(40, ge=2, description="Mean groups a neighbourhood in the paper's loop.")


class PrivacySettings(Section):
    min_conversations: int = Field(
        15,
        ge=1,
        description="Conversations that a published group must have. The default is what Anthropic's Economic "
        "Index (January 2026) asks of a cell; for groups of raw requests it asks for 500.",
    )
    min_users: int = Field(
        5, ge=1, description="Unique users that a published group must have (same source: 5, and 250)."
    )
    each_a_user: bool = Field(
        False,
        description="Count every conversation without a user id as another person (a published copy then says so); "
        "if not, they are one person together, and an atlas without any user id is not published.",
    )
    rounding: int = Field(
        5,
        ge=1,
        description="Published counts are multiples of this: exact ones would give away what the thresholds leave "
        "out, by subtraction.",
    )
    audit: bool = Field(True, description="Let the model audit every name and description (Clio G.7).")
    auditor: Literal["quotes", "scale"] = Field(
        "quotes", description="Copy out the names that identify someone, or the paper's 1-5 scale (large models)."
    )
    accept: int = Field(3, ge=1, le=5, description="Lowest audit score that is published.")

    @model_validator(mode="before")
    @classmethod
    def _without_unknown_users(cls, given: Any) -> Any:
        """Older atlases have ``unknown_users = "each"`` without anybody having said so: it counts for nothing."""
        if isinstance(given, dict):
            return {name: value for name, value in given.items() if name != "unknown_users"}
        return given


class LayoutSettings(Section):
    method: str = Field("umap", description="umap (Clio's settings) or pacmap.")
    neighbours: int = Field(
        15,
        ge=2,
        description="Neighbours that the map keeps near each other: more show the large picture, fewer the detail.",
    )
    min_dist: float = Field(0.0, ge=0, description="How near to each other points may lie on the map (UMAP).")


class Settings(Section):
    """All settings of a build. The TOML file has one table a section, e.g. ``[clustering] method = "kmeans"``."""

    seed: int = Field(0, description="Decides everything that is drawn at random. The same seed gives the same atlas.")
    input: InputSettings = InputSettings()
    model: ModelSettings = ModelSettings()
    facets: FacetSettings = FacetSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    clustering: ClusteringSettings = ClusteringSettings()
    naming: NamingSettings = NamingSettings()
    hierarchy: HierarchySettings = HierarchySettings()
    privacy: PrivacySettings = PrivacySettings()
    layout: LayoutSettings = LayoutSettings()


def load_settings(path: str | Path | None = None, **overrides: Any) -> Settings:
    """Read settings from a TOML file and lay keyword overrides over them.

    Overrides are named ``section__setting`` (``clustering__method="kmeans"``) or ``seed``; None is ignored.
    Raises SettingsError naming the file and the setting.
    """
    tree: dict[str, Any] = {}
    where = "settings"
    if path is not None:
        where = str(path)
        try:
            tree = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read ({error.strerror}).") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: not valid TOML ({error}).") from error
    for key, value in overrides.items():
        if value is None:
            continue
        section, _, name = key.partition("__")
        if name:
            table = tree.setdefault(section, {})
            if not isinstance(table, dict):
                raise SettingsError(f"{where}: {section}: is no section of settings.")
            table[name] = value
        else:
            tree[section] = value
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{where}: {name}: {first['msg']}.") from error
