"""Settings of names and of what may be published."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from clioscope.settings.section import Section

ReadyNames = Literal["never", "better", "first"]


def ready_names_of(given: Any) -> Any:
    """What an atlas says of ``ready_names``, which was once true or false."""
    return {True: "better", False: "never"}[given] if isinstance(given, bool) else given


class NamingSettings(Section):
    model: str | None = Field(
        None,
        description="Another model for names, tree and auditor, as in model.name. They take few questions, so a large "
        "one is cheap here; a small one may do for the facets (one question per conversation that is asked).",
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
    ready_names: ReadyNames = Field(
        "better",
        description="When a ready-made name (Write SQL queries) stands for a group. `better`: where no model names the "
        "group, where a model's name is less than .8 times as near to it, or where a name may not be shown or "
        "published. `first`: also where one is near to a base group, and then the model is not asked for its name, "
        "which saves time on a slow machine. `never`: not at all. There are lists in English and Russian.",
    )
    duplicate: float = Field(
        0.9,
        gt=0,
        le=1,
        description="Names whose vectors are this close (cosine) are near-duplicates, and made distinct.",
    )

    @field_validator("ready_names", mode="before")
    @classmethod
    def _once_yes_or_no(cls, given: Any) -> Any:
        """Older atlases say true or false."""
        return ready_names_of(given)


class PrivacySettings(Section):
    min_conversations: int = Field(
        15,
        ge=1,
        description="Conversations that a published group must have, where near copies count once. The default is what "
        "Anthropic's Economic Index (January 2026) asks of a cell; for groups of raw requests it asks for 500.",
    )
    min_users: int = Field(
        5,
        ge=1,
        description="People that a published group must have: distinct authors of distinct texts (same source: 5, and "
        "250).",
    )
    each_a_user: bool = Field(
        False,
        description="Count every conversation without a user id as another person; a published copy then says so. If "
        "not, they are one person together, and an atlas without any user id is not published.",
    )
    rounding: int = Field(
        5,
        ge=1,
        description="Published counts are multiples of this. What is withheld cannot be had by subtraction from exact "
        "counts either; rounding hides single conversations in large ones.",
    )
    bursts: bool = Field(
        True,
        description="Let conversations of a burst (many like ones by few accounts, or near copies by many new "
        "accounts) count towards the thresholds, near copies once. If not, they count for none.",
    )
    word_users: int = Field(
        7,
        ge=1,
        description="People in a group who must have written every word of its published name. A name that fails is "
        "replaced by a ready-made name, or by words that pass. At 7, one attacker with five accounts and one other "
        "person are too few.",
    )
    audit: bool = Field(True, description="Let the model audit every name for what identifies someone (Clio, G.7).")
    auditor: Literal["quotes", "scale"] = Field(
        "quotes", description="Copy out the words that identify someone, or the paper's scale 1-5, for large models."
    )
    recognisers: tuple[str, ...] | None = Field(
        None,
        description="What finds names of people, small organisations, addresses and identifiers in the facets that the "
        "model answers and, before the auditor, in names of groups. `patterns` finds what has a fixed shape, "
        "`slovnet` names in Russian, `spacy` names in English (`spacy:PIPELINE`: those of another language). If "
        "unset: those of them that are installed (the extra `people`). An empty list: none.",
    )
    topic_people: int = Field(
        5,
        ge=1,
        description="People who must have written a name before it counts as a topic (Shakespeare) and may stay in "
        "facets and in names of groups, whatever the recognisers take it for.",
    )
    accept: int = Field(3, ge=1, le=5, description="Lowest audit score that is published: 1 and 2 identify someone.")
    keep_raw_days: int | None = Field(
        None,
        ge=1,
        description="Days after which the raw text in an atlas has expired: transcripts, answers, facets that are "
        "sentences. `clioscope forget ATLAS --expired` then removes it. Without it, raw text never expires.",
    )

    @model_validator(mode="before")
    @classmethod
    def _without_unknown_users(cls, given: Any) -> Any:
        """Older atlases have ``unknown_users = "each"`` without anybody having said so: it counts for nothing."""
        if isinstance(given, dict):
            return {name: value for name, value in given.items() if name != "unknown_users"}
        return given
