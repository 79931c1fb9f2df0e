"""Bursts: many like conversations by few accounts, or near copies by many accounts that were new at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

LEAST = 15  # records of a burst
_HOURS = 48  # within which the accounts of a burst are new
_NEW = 0.8  # share of the accounts that wrote nothing before
_HALF = 0.5  # share of a group's records that few accounts wrote
_USUAL = 4  # times as many accounts as a threshold asks for: in an atlas of fewer, few accounts are no wonder


class Burst(NamedTuple):
    """``kind``: "copies" (near copies by few accounts), "new accounts" (near copies by accounts that were new within
    48 hours) or "few accounts" (half of a group by few accounts). ``conversations``: their ids; ``records``: how many
    they are with duplicates; ``accounts``: how many wrote them; ``group``: the base group of most of them; ``days``
    from the first to the last, None without dates. ``text`` says it in one sentence."""

    kind: Literal["copies", "new accounts", "few accounts"]
    conversations: list[str]
    records: int
    accounts: int
    group: str
    days: int | None
    text: str


def bursts(atlas: Atlas, least_users: int = 5, among: Sequence[str] | None = None) -> list[Burst]:
    """The bursts of an atlas, the largest first. Fewer than ``least_users`` accounts are few. ``among``: the ids of the
    only rows that are looked at.

    A burst has at least 15 records. Conversations without a user id are in none. Empty for a published atlas.
    """
    import polars as pl

    if atlas.published or atlas.occurrences["user"].null_count() == atlas.occurrences.height:
        return []
    rows = _records(atlas)
    if among is not None:
        rows = rows.filter(pl.col("conversation").is_in(list(among)))
    starts = rows.group_by("user").agg(pl.col("created_at").min().alias("start"))
    found: list[Burst] = []
    for _, part in rows.filter(pl.len().over("text") >= LEAST).group_by("text", maintain_order=True):
        accounts = part["user"].n_unique()
        if accounts < least_users:
            found.append(_burst("copies", part, atlas))
        elif _all_new(part, starts):
            found.append(_burst("new accounts", part, atlas))
    held = {one for burst in found for one in burst.conversations}
    if rows["user"].n_unique() >= _USUAL * least_users:
        for _, part in rows.group_by("group", maintain_order=True):
            few = _few(part, least_users)
            if few is not None and not set(few["conversation"]) <= held:
                found.append(_burst("few accounts", few, atlas, part.height))
    return sorted(found, key=lambda burst: (-burst.records, burst.conversations[0]))


def least_users(atlas: Atlas) -> int:
    """How many accounts are no longer few: the people that a published group must have, as the build was told.

    A release with a guarantee has no such number, and no accounts: 0.
    """
    return int(atlas.manifest["settings"].get("privacy", {}).get("min_users", 0))


def said_of_bursts(found: list[Burst]) -> str:
    """A sentence that says how many bursts there are; empty where there is none."""
    if not found:
        return ""
    records = sum(burst.records for burst in found)
    bursts_ = "1 burst" if len(found) == 1 else f"{len(found):,} bursts"
    return (
        f"{bursts_} of like conversations by few or new accounts: {records:,} conversations (see clioscope surprises)."
    )


def _records(atlas: Atlas) -> pl.DataFrame:
    """conversation, user, created_at, group, text: one row per record of a known user."""
    import polars as pl

    from clioscope.atlas.copies import copies_of, texts_of

    groups = atlas.clusters[atlas.shown_rows].select("conversation", "group")
    groups = groups.with_columns(text=texts_of(groups["conversation"], copies_of(atlas)))
    known = atlas.occurrences.select("conversation", "user", "created_at").filter(pl.col("user").is_not_null())
    return known.join(groups, on="conversation", how="inner", maintain_order="left")


def _all_new(part: pl.DataFrame, starts: pl.DataFrame) -> bool:
    """Whether nearly all accounts of near copies wrote first within two days, and wrote these copies then."""
    import polars as pl

    dated = part.filter(pl.col("created_at").is_not_null())
    if dated.height < part.height * _NEW:
        return False
    first, last = dated["created_at"].quantile(0.05, "nearest"), dated["created_at"].quantile(0.95, "nearest")
    span: Any = last - first  # type: ignore[operator]
    if span > timedelta(hours=_HOURS):
        return False
    own = dated.group_by("user").agg(pl.col("created_at").min()).join(starts, on="user", how="left")
    return float((own["start"] >= first).mean()) >= _NEW  # type: ignore[arg-type]


def _few(part: pl.DataFrame, least_users: int) -> pl.DataFrame | None:
    """The records of the busiest accounts of a group, if fewer than ``least_users`` wrote half of it."""
    import polars as pl

    if part.height < LEAST:
        return None
    busiest = part.group_by("user").len().sort(["len", "user"], descending=[True, False])
    half = busiest.filter(pl.col("len").cum_sum().shift(1, fill_value=0) < _HALF * part.height)
    if half.height >= least_users or half["len"].sum() < LEAST:
        return None
    return part.join(half.select("user"), on="user", how="semi", maintain_order="left")


def _burst(
    kind: Literal["copies", "new accounts", "few accounts"], part: pl.DataFrame, atlas: Atlas, whole: int = 0
) -> Burst:
    from clioscope.atlas.shown import shown_tree

    group = str(part["group"].mode().sort()[0])
    tree = shown_tree(atlas)
    name = dict(zip(tree["group"], tree["name"], strict=True)).get(group, group)
    accounts, records = part["user"].n_unique(), part.height
    dates = part["created_at"].drop_nulls()
    days = None if dates.is_empty() else int((dates.max() - dates.min()).days) + 1  # type: ignore[operator, union-attr]
    by = f"by {accounts:,} account{'' if accounts == 1 else 's'}"
    when = "" if days is None else f" within {days:,} day{'' if days == 1 else 's'}"
    if kind == "few accounts":
        text = f"{records:,} of {whole:,} conversations of “{name}” are {by}{when}."
    else:
        new = " that wrote nothing before" if kind == "new accounts" else ""
        text = f"{records:,} near copies of one text {by}{new}{when}, in “{name}”."
    ids = part["conversation"].unique(maintain_order=True).to_list()
    return Burst(kind, ids, records, accounts, group, days, text)
