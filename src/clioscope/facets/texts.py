"""The texts that are embedded: those of the chosen facets, and nothing else (no ids, no metadata)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

RAW = "text"  # in place of a facet's name: the raw text of the user's turns


def embedded_texts(
    facets: pl.DataFrame,
    transcripts: pl.DataFrame,
    embed: Sequence[str],
    combine: Literal["mean", "join"] = "mean",
) -> list[list[str]]:
    """The lists of texts whose vectors are averaged per conversation: one list per facet for ``mean``, a single one for
    ``join``.

    ``embed`` names facets, or ``"text"`` for the raw text; facets that the table does not have are left out, and if
    none is left the raw text is used. The raw text also stands for a value that the model did not give, so that every
    conversation has a place.
    """
    import polars as pl

    raw = facets.select("conversation").join(transcripts, on="conversation", how="left", maintain_order="left")["text"]
    whole = [text or "" for text in raw.to_list()]
    names = [name for name in embed if name in facets.columns]
    columns = [
        [value or spare for value, spare in zip(facets[name].cast(pl.String).to_list(), whole, strict=True)]
        for name in names
    ]
    if RAW in embed or not columns:
        columns.append(whole)
    if combine == "join" and len(columns) > 1:
        return [[". ".join(dict.fromkeys(values)) for values in zip(*columns, strict=True)]]
    return columns


def shown_texts(facets: pl.DataFrame, transcripts: pl.DataFrame, show: Sequence[str]) -> list[str]:
    """The text that stands for a conversation when its group is named: the facets in ``show``, else its raw text.

    Short facets that abstract make better names than whole requests: a small model lists the details of requests, and
    among them what should stay private.
    """
    import polars as pl

    names = [name for name in show if name in facets.columns]
    raw = embedded_texts(facets, transcripts, ())[0]
    columns = [facets[name].cast(pl.String).to_list() for name in names]
    if not columns:
        return raw
    return [_shown([value for value in values if value], spare) for *values, spare in zip(*columns, raw, strict=True)]


def _shown(values: Sequence[str], spare: str) -> str:
    if not values:
        return spare[:160]
    first, *rest = (value.strip(" .") for value in values)
    return f"{first} ({', '.join(rest)})" if rest else first


def known_texts(facets: pl.DataFrame, transcripts: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """All that is known of each conversation: its text facets and its raw text, for counting support."""
    return embedded_texts(facets, transcripts, (*names, RAW), "join")[0]


def writers(facets: pl.DataFrame, occurrences: pl.DataFrame) -> list[list[str]]:
    """The users who wrote each conversation, as far as they are known."""
    import polars as pl

    users = occurrences.group_by("conversation").agg(pl.col("user").drop_nulls().unique().sort())
    lists = facets.select("conversation").join(users, on="conversation", how="left", maintain_order="left")["user"]
    return [names or [] for names in lists.to_list()]
