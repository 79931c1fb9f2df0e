"""The shares of facet values in groups, as the build estimated them, and what readers see of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

WHOLE = ""  # in place of a group: the whole atlas
WITHHELD = "withheld or other"  # in a published atlas: what is in no group or value that is shown
_MOST = 3  # values per facet on a line for readers
_LEAST = 0.001  # of a share that is left; less is rounding


def shares_of(atlas: Atlas) -> pl.DataFrame | None:
    """group (empty: the whole atlas), facet, value, share, low, high (95 %), count, asked, inferred, exact.

    None for an atlas that was built before there were such estimates.
    """
    return atlas.table("shares") if (atlas.path / "shares.parquet").exists() else None


def shares_by_group(atlas: Atlas) -> dict[str, list[dict[str, Any]]]:
    """The shares of each group, as objects."""
    table = shares_of(atlas)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in () if table is None else table.iter_rows(named=True):
        group = str(row.pop("group"))
        kept = {name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()}
        found.setdefault(group, []).append(kept)
    return found


def asked_counts(atlas: Atlas) -> pl.DataFrame | None:
    """group, asked, inferred: of how many conversations, with duplicates, the model said something, and of how many
    others something is inferred. None for an atlas that does not tell."""
    import polars as pl

    if atlas.published or "asked" not in atlas.facets.columns or not (atlas.path / "probabilities.parquet").exists():
        return None
    chances = atlas.table("probabilities")
    names = [name for name in chances.columns if name != "conversation"]
    inferred = chances.select("conversation", inferred=pl.any_horizontal(pl.lit(False), pl.col(names).is_not_null()))
    rows = atlas.membership.join(atlas.facets.select("conversation", "asked"), on="conversation", how="left")
    return (
        rows.join(inferred, on="conversation", how="left")
        .group_by("group")
        .agg(
            pl.col("count").filter("asked").sum().alias("asked"),
            pl.col("count").filter(pl.col("inferred") & ~pl.col("asked")).sum(),
        )
        .rename({"count": "inferred"})
    )


def group_lines(atlas: Atlas, group: str) -> list[str]:
    """What a group is like, one line per facet: its most frequent values, each with its share of the group and its
    interval, what is left of the whole, and from how many conversations that is known. Empty for an atlas without
    shares."""
    import polars as pl

    table = shares_of(atlas)
    if table is None:
        return []
    steps = {facet["name"]: facet.get("categories") or [] for facet in atlas.manifest["facets"]}
    kinds = {facet["name"]: facet["type"] for facet in atlas.manifest["facets"]}
    lines = []
    for (facet,), rows in table.filter(pl.col("group") == group).group_by("facet", maintain_order=True):
        top = rows.sort("share", "value", descending=[True, False]).filter(pl.col("high") > 0).head(_MOST)
        if top.is_empty():
            continue
        words = steps.get(str(facet)) if kinds.get(str(facet)) == "score" else None
        values = [f"{_word(row['value'], words)} {interval_text(row)}" for row in top.iter_rows(named=True)]
        if (left := 1 - float(top["share"].sum())) > _LEAST:
            values.append(f"{WITHHELD if atlas.published else 'other'} {share_text(left, 1)}")
        first = top.row(0, named=True)
        known = first.get("exact", True)  # a published atlas does not tell how many were asked
        from_ = "" if known else f"  (asked {first['asked']:,}, inferred {first['inferred']:,})"
        lines.append(f"{facet}: {', '.join(values)}{from_}")
    return lines


def has_intervals(atlas: Atlas, group: str) -> bool:
    """Whether some share of a group has an interval."""
    table = shares_of(atlas)
    if table is None:
        return False
    own = table.filter(table["group"] == group)
    return bool((own["low"] != own["high"]).any())


def interval_text(row: dict[str, Any]) -> str:
    """A share for a reader, with its 95 % interval unless it is known exactly: 34 % (28–41)."""
    share = share_text(row["share"], 1)
    return share if row["low"] == row["high"] else f"{share} ({100 * row['low']:.0f}–{100 * row['high']:.0f})"


def share_text(count: float, total: float) -> str:
    """A share for a reader: 12 %, <1 %."""
    share = 100 * count / total if total else 0.0
    return "<1 %" if 0 < share <= 0.5 else f"{share:.0f} %"


def _word(value: str, words: list[str] | None) -> str:
    """The name of a step of a score, which is stored as the step's number."""
    return words[int(value) - 1] if words and value.isdigit() and 0 < int(value) <= len(words) else value
