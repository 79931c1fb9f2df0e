"""How much of the conversations was read: by the language model, and by the encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.atlas.vectors import ENCODED

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

POOR = 0.25  # median share of the characters below which a group is poorly read
MODEL = ("read_characters", "read_turns")
ENCODER = ("encoded_characters", "encoded_turns")
POORLY = "poorly_read"


def read_shares(atlas: Atlas) -> pl.DataFrame | None:
    """One row per conversation: conversation, and shares from 0 to 1 of what reached the language model
    (read_characters, read_turns) and the encoder (encoded_characters, encoded_turns).

    Characters are those that the user wrote. The model's columns are null in an atlas without a model. None for an
    atlas that does not tell: one of an earlier version, or a published one.
    """
    import polars as pl

    if atlas.published or not {*MODEL, "text_characters", "text_turns"} <= set(atlas.conversations.columns):
        return None
    table = atlas.conversations.select("conversation", *MODEL, "text_characters", "text_turns")
    table = table.rename({"text_characters": ENCODER[0], "text_turns": ENCODER[1]})
    if (atlas.path / f"{ENCODED}.npy").exists():
        shares = atlas.array(ENCODED)
        if len(shares) == table.height:
            table = table.with_columns(pl.col(ENCODER[0]) * pl.Series(shares.astype("float32")))
    if not atlas.manifest["models"].get("chat"):
        table = table.with_columns(pl.lit(None, pl.Float32).alias(name) for name in MODEL)
    return table


def group_reading(atlas: Atlas) -> pl.DataFrame | None:
    """One row per group: group, the medians of ``read_shares`` over its distinct conversations, and poorly_read.

    A group is poorly read if less than a quarter of the characters reached the model, or the encoder, in half of its
    conversations. None for an atlas that does not tell.
    """
    import polars as pl

    shares = read_shares(atlas)
    if shares is None:
        return None
    rows = atlas.membership.select("conversation", "group").join(shares, on="conversation", how="left")
    medians = rows.group_by("group").agg(pl.col(*MODEL, *ENCODER).median())
    below = (pl.col(name).fill_null(1.0) < POOR for name in (MODEL[0], ENCODER[0]))
    return medians.with_columns(pl.any_horizontal(*below).alias(POORLY)).sort("group")


def poorly_read(atlas: Atlas) -> set[str]:
    """The groups that are poorly read."""
    table = group_reading(atlas)
    return set() if table is None else set(table.filter(POORLY)["group"])


def said_of_reading(atlas: Atlas) -> str:
    """A sentence that says how many groups are poorly read; empty where none is, or the atlas does not tell."""
    count = len(poorly_read(atlas))
    if not count:
        return ""
    groups = "1 group is" if count == 1 else f"{count:,} groups are"
    return f"{groups} poorly read: in half of the conversations, less than a quarter of the text was read."


def reading_line(row: dict[str, Any]) -> str:
    """What was read of a group, given its row of ``group_reading``, as a line."""
    from clioscope.atlas.shares import share_text

    def said(who: str, names: tuple[str, str]) -> str:
        characters, turns = (share_text(row[name], 1) for name in names)
        return f"{who} {characters} of what users wrote, {turns} of the turns"

    parts = [said("the model got", MODEL)] if row[MODEL[0]] is not None else []
    parts.append(said("the encoder got", ENCODER))
    poor = "; poorly read" if row[POORLY] else ""
    return f"read (medians): {'; '.join(parts)}{poor}"


def reading_by_group(atlas: Atlas) -> dict[str, dict[str, Any]]:
    """What was read of each group; empty for an atlas that does not tell."""
    table = group_reading(atlas)
    return {
        row["group"]: {
            **{name: None if row[name] is None else round(row[name], 4) for name in (*MODEL, *ENCODER)},
            POORLY: row[POORLY],
        }
        for row in (() if table is None else table.iter_rows(named=True))
    }
