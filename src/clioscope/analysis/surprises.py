"""Conversations that are unlike the others of their group, each with its reasons in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from clioscope.atlas.opening import opened
from clioscope.errors import AtlasError

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from clioscope.atlas import Atlas

_FITS = 0.02  # of conversations that fit as badly, at most so many are a surprise
_RARE = 0.03  # share of a group that has the same language or value, at most
_LEAST = 20  # conversations that a group must have for something to be rare in it
_USUAL = 0.5  # share that some other language or value must have: where all differ, nothing is rare
_LONGER = 5  # times the median length of the group
_BEYOND = 3  # interquartile ranges of log length above the upper quartile
_OTHERS = 5  # conversations elsewhere that make the single one of a user in a group a surprise


class Reason(NamedTuple):
    """``kind``: fit, language, length, value or user; ``text``: one sentence; ``rarity``: the share of conversations
    that are as unusual in this respect, in (0, 1]."""

    kind: str
    text: str
    rarity: float


class Surprise(NamedTuple):
    """A conversation with its ``records`` (ids of the input), its base group, and ``reasons``, rarest first."""

    conversation: str
    records: list[str]
    group: str
    name: str
    reasons: list[Reason]


def surprises(atlas: Atlas | str | Path, top: int | None = 20) -> list[Surprise]:
    """The one-off and outlying conversations of an atlas, the most surprising first; ``top``: how many (None: all).

    A conversation is a surprise if it fits no group; if its language, or a value that the model gave it, is rare in its
    group; if it is far longer than is usual there; or if it is the only one of its user there, and the user wrote many
    others. What is inferred surprises nobody, since it is likely by itself. Several reasons count more than one.

    Raises AtlasError for a published atlas, which holds no conversations.

    >>> import clioscope
    >>> [one.reasons for one in clioscope.surprises("atlas/", top=3)]  # doctest: +SKIP
    """
    from clioscope.atlas.shown import shown_tree

    atlas = opened(atlas)
    if atlas.published:
        raise AtlasError(f"{atlas.path}: a published atlas holds no conversations, so none of them can be shown.")
    names = dict(shown_tree(atlas).select("group", "name").iter_rows())
    table = _table(atlas)
    reasons: dict[str, list[Reason]] = {}
    misfits = _misfits(atlas, table, names)
    table = table.filter(table["group"].is_in(list(names)))  # not what the analyst has hidden
    for found in (misfits, _rare_values(atlas, table), _long(table), _lone(atlas, table, names)):
        for conversation, reason in found:
            reasons.setdefault(conversation, []).append(reason)
    weights = {one: sum(-math.log(reason.rarity) for reason in own) for one, own in reasons.items()}
    chosen = sorted(reasons, key=lambda one: (-weights[one], one))[:top]
    groups = dict(table.select("conversation", "group").iter_rows())
    records = _records(atlas, chosen)
    return [
        Surprise(
            one, records[one], groups[one], names[groups[one]], sorted(reasons[one], key=lambda reason: reason.rarity)
        )
        for one in chosen
    ]


def _table(atlas: Atlas) -> pl.DataFrame:
    """conversation, group, size (of the group), and what is known of each conversation."""
    import polars as pl

    lengths = atlas.conversations.select("conversation", "characters")
    return (
        atlas.clusters.select("conversation", "group")
        .join(lengths, on="conversation", how="left", maintain_order="left")
        .join(atlas.facets, on="conversation", how="left", maintain_order="left")
        .with_columns(size=pl.len().over("group"))
    )


def _misfits(atlas: Atlas, table: pl.DataFrame, names: dict[str, str]) -> Iterator[tuple[str, Reason]]:
    from clioscope.atlas.none import none_groups
    from clioscope.pipeline.fitting import fit_of_members

    values, none = fit_of_members(atlas), set(none_groups(atlas.tree))
    for (conversation, group), value in zip(
        table.select("conversation", "group").iter_rows(), [] if values is None else values.tolist(), strict=False
    ):
        if group not in names:
            continue
        if group in none:
            yield conversation, Reason("fit", "Fits no group: it was gathered with others that fit none.", value)
        elif value <= _FITS:
            text = f"Fits no group: {_few(value)} fit as badly. The nearest group is “{names[group]}”."
            yield conversation, Reason("fit", text, value)


def _few(value: float) -> str:
    """A small share in words."""
    return f"only {max(1, round(1000 * value))} in 1,000 conversations"


def _rare_values(atlas: Atlas, table: pl.DataFrame) -> Iterator[tuple[str, Reason]]:
    """Languages, and values of closed facets, that are rare in a group."""
    import polars as pl

    for facet in atlas.manifest["facets"]:
        name, kind = facet["name"], facet["type"]
        if name not in table.columns or kind not in ("language", "category", "score"):
            continue
        told = table.filter(pl.col(name).is_not_null())
        if facet.get("question") and "asked" in told.columns:
            told = told.filter("asked")  # what is inferred is what is likely
        told = told.select("conversation", "group", value=pl.col(name).cast(pl.String)).with_columns(
            known=pl.len().over("group"), count=pl.len().over("group", "value")
        )
        told = told.with_columns(usual=pl.col("count").max().over("group"))
        rare = told.filter(
            (pl.col("known") >= _LEAST)
            & (pl.col("count") <= _RARE * pl.col("known"))
            & (pl.col("usual") >= _USUAL * pl.col("known"))
        )
        for row in rare.iter_rows(named=True):
            count, known = row["count"], row["known"]
            what = f"In {_language(row['value'])}" if kind == "language" else f"{name}: {row['value']}"
            text = f"{what}, as {count} of {known:,} conversations of its group {'is' if count == 1 else 'are'}."
            yield row["conversation"], Reason("language" if kind == "language" else "value", text, count / known)


def _language(tag: str) -> str:
    import langcodes

    return str(langcodes.Language.get(tag).display_name("en"))


def _long(table: pl.DataFrame) -> Iterator[tuple[str, Reason]]:
    """Conversations far longer than others of their group."""
    import polars as pl

    logs = table.filter((pl.col("size") >= _LEAST) & (pl.col("characters") > 0)).with_columns(
        log=pl.col("characters").cast(pl.Float64).log()
    )
    logs = logs.with_columns(
        low=pl.col("log").quantile(0.25).over("group"),
        high=pl.col("log").quantile(0.75).over("group"),
        median=pl.col("characters").median().over("group"),
        rank=pl.col("log").rank("max", descending=True).over("group"),
    )
    far = logs.filter(
        (pl.col("log") > pl.col("high") + _BEYOND * (pl.col("high") - pl.col("low")))
        & (pl.col("characters") >= _LONGER * pl.col("median"))
    )
    for row in far.iter_rows(named=True):
        times = row["characters"] / row["median"]
        text = f"{times:,.0f} times as long as is usual in its group ({row['characters']:,} characters)."
        yield row["conversation"], Reason("length", text, row["rank"] / row["size"])


def _lone(atlas: Atlas, table: pl.DataFrame, names: dict[str, str]) -> Iterator[tuple[str, Reason]]:
    """The only conversation of its user in its group, where the user wrote many others."""
    import polars as pl

    users = (
        atlas.occurrences.select("conversation", "user")
        .drop_nulls()
        .unique()
        .join(table.select("conversation", "group"), on="conversation", how="inner")
        .with_columns(all=pl.len().over("user"), here=pl.len().over("user", "group"))
    )
    usual = users.group_by("user", "group").len().sort("len", "group", descending=[True, False])
    most = dict(usual.group_by("user", maintain_order=True).first().select("user", "group").iter_rows())
    written = dict(usual.group_by("user", maintain_order=True).first().select("user", "len").iter_rows())
    lone = users.filter((pl.col("here") == 1) & (pl.col("all") > _OTHERS)).sort("conversation", "user")
    for row in lone.iter_rows(named=True):
        if written[row["user"]] < _USUAL * row["all"]:
            continue  # a user of many subjects
        text = (
            f"The only one of its user in this group; the user wrote {row['all'] - 1:,} others, "
            f"most of them in “{names[most[row['user']]]}”."
        )
        yield row["conversation"], Reason("user", text, 1 / row["all"])


def _records(atlas: Atlas, conversations: list[str]) -> dict[str, list[str]]:
    import polars as pl

    rows = atlas.occurrences.filter(pl.col("conversation").is_in(conversations)).sort("record")
    kept: dict[str, list[str]] = {one: [] for one in conversations}
    for conversation, record in rows.select("conversation", "record").iter_rows():
        kept[conversation].append(record)
    return kept
