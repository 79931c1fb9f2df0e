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
    format: str | None = Field(None, description="Input format. If unset, it is told from the records.")
    text_column: str | None = Field(None, description="Column with the text of a table. If unset: told by its name.")
    encoding: str | None = Field(None, description="Encoding of text files. If unset, it is told from the content.")
    id_column: str | None = Field(None, description="Field with the id of a conversation. If unset: told by its name.")
    user_column: str | None = Field(
        None, description="Field with the id of the user, by which privacy counts people. If unset: told by its name."
    )
    date_column: str | None = Field(None, description="Field with the date. If unset, it is told by its name.")
    metadata: tuple[str, ...] = Field(
        (), description="Metadata fields to keep as facets. They are never embedded and never shown to a model."
    )
    sample: int | None = Field(
        None, ge=1, description="Analyse only so many, drawn by a hash, so the order does not matter. If unset: all."
    )
    sampling: Literal["conversations", "completions"] = Field(
        "conversations",
        description="Draw conversations with equal chances, or answers, so that long ones weigh more (Clio, G.1).",
    )
    transcript_tokens: int | None = Field(
        None,
        ge=32,
        description="How much of a conversation the model reads, in tokens (estimated from characters). If unset: 120 "
        "for a model on this machine, since reading is the cost on a CPU and the groups of labelled ShareGPT are as "
        "good; 1,000 for a model at an address.",
    )
    keep_transcripts: bool = Field(
        False,
        description="Keep what the model reads in the atlas. Off, since it is raw text; a published copy has none.",
    )


class ModelSettings(Section):
    name: str | None = Field(
        "qwen2.5-coder-1.5b",
        description="Language model: a catalogue name, a GGUF file, `transformers:NAME`, or an address and a model "
        "(`http://host/v1 NAME`). The default runs on two cores without a card.",
    )
    concurrency: int | None = Field(None, ge=1, description="Questions asked at once. If unset: what suits the model.")
    retries: int = Field(
        4,
        ge=0,
        description="Retries after server errors and time-outs, which often pass; after unusable answers 2 at most.",
    )
    timeout: float = Field(600.0, gt=0, description="Seconds before a question is given up: long, for slow machines.")
    temperature: float | None = Field(
        None, ge=0, le=2, description="One temperature for all questions. If unset, each stage uses its own."
    )
    thinking_tokens: int = Field(
        1024, ge=0, description="Tokens that a reasoning model may think before its answer; more costs time."
    )
    price_in: float | None = Field(None, ge=0, description="Price of a million prompt tokens, to estimate the cost.")
    price_out: float | None = Field(None, ge=0, description="Price of a million answer tokens, to estimate the cost.")
    confirm_above: float = Field(
        5.0, ge=0, description="Ask before a build that costs more than this, so that no bill comes as a surprise."
    )
    confirm_questions: int = Field(
        20_000, ge=0, description="Ask before a build that puts more questions than this to another machine, likewise."
    )


class FacetSettings(Section):
    use: tuple[str, ...] = Field(
        ("request", "field", "activity", "concern"),
        description="Facets that the model is asked for. The first three decide the groups; concern colours the map.",
    )
    examples: bool = Field(
        True,
        description="Show the model a few example conversations with good answers first. They make a small model "
        "useful, and cost about 500 prompt tokens per question where the server does not cache.",
    )
    define: tuple[dict[str, Any], ...] = Field(
        (), description="Facets of your own, one `[[facets.define]]` table each (docs/facets.md)."
    )
    embed: tuple[str, ...] | None = Field(
        None,
        description="Facets whose text is embedded and so decides the groups; `text` is the raw text of the user's "
        "turns. If unset: the chosen facets that say `embed = true`, and `text`. Of the built-in ones these are "
        "request, field and activity, the best measured on labelled ShareGPT.",
    )
    combine: Literal["mean", "join"] = Field(
        "mean",
        description="Embed facets one by one and take the mean, so that all count alike, or embed them as one text.",
    )
    calls: Literal["one", "each"] = Field(
        "one", description="One question for all facets, which is cheaper, or one question per facet (as in Clio)."
    )
    language: str = Field("en", description="Language of the answers (IETF tag). Small models write English best.")
    modules: tuple[str, ...] = Field((), description="Python files whose @facet functions are added to the facets.")
    screen: str | None = Field(
        None, description="Yes/no question in plain words. Conversations that get a no are left out. If unset: none."
    )


class EmbeddingSettings(Section):
    model: str = Field(
        "all-MiniLM-L6-v2",
        description="Sentence encoder: a catalogue name, any sentence-transformers name or folder, an address, or a "
        "plug-in. The default is small and for English.",
    )
    batch_size: int = Field(64, ge=1, description="Texts encoded at once. Fewer use less memory.")
    centre: bool = Field(
        True, description="Subtract the mean of all vectors, since what all texts share tells none of them apart."
    )
    centre_by_language: bool = Field(
        True,
        description="With several languages, subtract the mean of each language, so that groups are topics and not "
        "languages. It needs the facet `language`, and 30 conversations in a language.",
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
    clusters: int | None = Field(None, ge=1, description="Base groups to aim at. If unset: by the size of the data.")
    size: int | None = Field(None, ge=1, description="Mean size of a base group to aim at (in place of `clusters`).")
    resolution: float | None = Field(
        None, gt=0, description="Resolution of Leiden (in place of both); a higher one gives more groups."
    )
    neighbours: int = Field(
        20, ge=2, description="Nearest neighbours that Leiden's graph joins each vector to; more blur small groups."
    )
    rare: float = Field(0.0, ge=0, lt=1, description="Share of conversations to mark as rare: the worst fits.")
    options: dict[str, Any] = Field(default_factory=dict, description="Further parameters of the method.")


class NamingSettings(Section):
    model: str | None = Field(
        None,
        description="Another model for names, tree and auditor, as in model.name. They take few questions, so a large "
        "one is cheap here; a small one may do for the facets (one question per conversation).",
    )
    show: tuple[str, ...] = Field(
        ("request",), description="Facets that stand for a conversation when its group is named, in place of its text."
    )
    support: int = Field(
        3,
        ge=1,
        description="People in a group who must have written a proper name or phrase before the group's name may hold "
        "it, so that it is nobody's alone.",
    )
    members: int = Field(12, ge=1, description="Members shown per group (Clio: 50). More cost time on a CPU.")
    contrast: int = Field(
        6, ge=0, description="Nearest non-members shown per group (Clio: 50), so that the name tells the groups apart."
    )
    candidates: int = Field(3, ge=1, description="Names asked for per group; the one that fits its members best stays.")
    max_words: int = Field(10, ge=2, description="Most words of a name, so that it can be taken in at a glance.")
    duplicate: float = Field(
        0.9,
        gt=0,
        le=1,
        description="Names whose vectors are this close (cosine) are near-duplicates, and made distinct.",
    )


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


class PrivacySettings(Section):
    min_conversations: int = Field(
        15,
        ge=1,
        description="Conversations that a published group must have. The default is what Anthropic's Economic "
        "Index (January 2026) asks of a cell; for groups of raw requests it asks for 500.",
    )
    min_users: int = Field(
        5, ge=1, description="Different users that a published group must have (same source: 5, and 250)."
    )
    each_a_user: bool = Field(
        False,
        description="Count every conversation without a user id as another person; a published copy then says so. If "
        "not, they are one person together, and an atlas without any user id is not published.",
    )
    rounding: int = Field(
        5,
        ge=1,
        description="Published counts are multiples of this. Exact counts would give away, by subtraction, what the "
        "thresholds leave out.",
    )
    audit: bool = Field(True, description="Let the model audit every name for what identifies someone (Clio, G.7).")
    auditor: Literal["quotes", "scale"] = Field(
        "quotes", description="Copy out the words that identify someone, or the paper's scale 1-5, for large models."
    )
    accept: int = Field(3, ge=1, le=5, description="Lowest audit score that is published: 1 and 2 identify someone.")

    @model_validator(mode="before")
    @classmethod
    def _without_unknown_users(cls, given: Any) -> Any:
        """Older atlases have ``unknown_users = "each"`` without anybody having said so: it counts for nothing."""
        if isinstance(given, dict):
            return {name: value for name, value in given.items() if name != "unknown_users"}
        return given


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


class Settings(Section):
    """All settings of a build. The TOML file has one table per section, e.g. ``[clustering] method = "kmeans"``."""

    seed: int = Field(0, description="Seed of all that is random. The same seed and input give the same atlas.")
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
