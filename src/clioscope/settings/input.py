"""Settings of the input and of the language model."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from clioscope.settings.section import Section

SHORT, LONG = 120, 1000  # tokens of a transcript: for a model on this machine, and for one at an address


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
    tools: bool = Field(
        False,
        description="Show the language model what tools answered, errors first: a short mark each, in the assistant's "
        "turns. Calls of tools are always shown by their name.",
    )
    cut_shared: bool = Field(
        True,
        description="Leave out what many texts share (preambles, headings, signatures). Off, every text is read by "
        "itself, as a release with a guarantee needs it (docs/guarantee.md).",
    )
    keep_transcripts: bool = Field(
        False,
        description="Keep what the model reads in the atlas. Off, since it is raw text; a published copy has none.",
    )


class ModelSettings(Section):
    name: str | None = Field(
        "qwen2.5-coder-1.5b",
        description="Language model: a catalogue name, a GGUF file, `transformers:NAME`, or an address and a model "
        "(`http://host/v1 NAME`). `none`: no language model. The default runs on two cores without a card.",
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

    @field_validator("name", mode="before")
    @classmethod
    def _no_model(cls, given: Any) -> Any:
        """``none`` is the word for no model; inside, the name is then None."""
        return None if isinstance(given, str) and given.strip().lower() == "none" else given
