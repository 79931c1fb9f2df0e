"""What two atlases, or two periods of one, hold: which groups are the same, what is new, gone, grew and shrank."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from clioscope.atlas import Atlas
from clioscope.atlas.shown import shown_tree
from clioscope.comparison.facets import FACETS, facet_changes
from clioscope.comparison.intervals import difference
from clioscope.comparison.notes import Note, notes_of
from clioscope.comparison.pairs import By, Pair, pairs_of
from clioscope.comparison.sides import Side, Units, side_of
from clioscope.comparison.spread import likenesses, unit_shares
from clioscope.errors import ClioscopeError
from clioscope.statistics.significance import corrected

if TYPE_CHECKING:
    import polars as pl

RATE = 0.05  # share of false alarms among what is said to have grown or shrunk
KINDS = ("new", "grew", "shrank", "gone", "split", "merged", "not shown before", "not shown after", "steady")
_ENDS = ("share_before", "low_before", "high_before", "share", "low", "high", "change", "change_low", "change_high")
_SCHEMA = ("level", "group", "name", "group_before", "name_before", "kind", "matched_by", "likeness")


class Comparison(NamedTuple):
    """Two sides, and what differs.

    ``before`` and ``after``: what readers call them; ``totals``: their conversations, copies too.

    ``groups``: one row per pair of groups that are the same, and per group of one side: level; group and name (of the
    later side, null if it is gone), group_before and name_before (null if it is new); kind (see ``KINDS``); matched_by
    (same, code, members, vectors or names) and likeness (0 to 1); parts_before and parts (ids); count_before and count
    (of the two groups alone); share_before and share with their 95 % intervals (low_before, high_before, low, high);
    change (in shares, -1 to 1) with its interval (change_low, change_high), p and q. q is p after the correction of
    Benjamini and Hochberg (1995), level by level. A group grew or shrank if q is at most ``rate``.

    Where a group of one side is several of the other (one was split, or some were merged), ``parts_before`` and
    ``parts`` list all of these, and the shares are theirs together: a mere split is no decline. Each part beside the
    largest has a row of its own too (split or merged, with the group that it is a part of). What one side has no group
    for has no share there, and is not tested.

    ``facets``: the same for the shares of facet values, in the whole (group is empty) and in each pair of groups.
    ``matched_by``: how groups were matched. ``notes``: what a reader must know, in sentences;
    ``said``: the same with keys, for other languages.
    """

    before: str
    after: str
    totals: tuple[int, int]
    groups: pl.DataFrame
    facets: pl.DataFrame
    matched_by: By
    rate: float
    notes: list[str]
    said: list[Note]


def compare(
    before: Atlas | str | Path,
    after: Atlas | str | Path | None = None,
    *,
    periods: tuple[str, str] | None = None,
    rate: float = RATE,
) -> Comparison:
    """Compare the contents of two atlases, or of two ``periods`` of one atlas (``("2026-03", "2026-04")``).

    Groups are matched by what they hold where the atlases have conversations in common, else by ids, codes and vectors
    of one encoder (``pairs_of``). Shares are parts of all conversations, copies too, of segments of their parts.
    Intervals take people as drawn; a share of a facet of which a model was asked about a part only has the interval of
    its inference as well. Published atlases are compared by what they show: what one of them withholds has no number.

    >>> found = compare("march/", "april/")                          # doctest: +SKIP
    >>> found.groups.filter(found.groups["kind"] == "grew")          # doctest: +SKIP

    Raises ClioscopeError for a period without records and for periods that overlap, AtlasError for a folder that is no
    atlas.
    """
    one, other = _sides(before, after, periods)
    pairs, by = pairs_of(one, other)
    groups = _table(one, other, pairs, rate)
    same = [
        (str(pair.before), str(pair.after))
        for pair in pairs
        if pair.kind == "matched" and max(map(len, pair.parts)) == 1
    ]
    facets = FACETS.clear() if periods is not None else facet_changes(one, other, list(dict.fromkeys(same)), rate)
    said = notes_of(one, other, by, groups, facets)
    totals, notes = (round(one.total), round(other.total)), [note.text for note in said]
    return Comparison(one.name, other.name, totals, groups, facets, by, rate, notes, said)


def _sides(
    before: Atlas | str | Path, after: Atlas | str | Path | None, periods: tuple[str, str] | None
) -> tuple[Side, Side]:
    first = before if isinstance(before, Atlas) else Atlas(before)
    if periods is not None:
        if after is not None:
            raise ClioscopeError("Give two atlases, or two periods of one atlas, not both.")
        sides = side_of(first, period=periods[0]), side_of(first, period=periods[1])
        assert sides[0].rows is not None and sides[1].rows is not None
        if sides[0].rows.join(sides[1].rows, on=("number", "record"), how="semi").height:
            raise ClioscopeError(
                f"the periods {periods[0]!r} and {periods[1]!r} overlap; give two that have no record in common."
            )
        return sides
    if after is None:
        raise ClioscopeError("Give a second atlas to compare with, or two periods of this one.")
    second = after if isinstance(after, Atlas) else Atlas(after)
    names = [one.path.resolve().name for one in (first, second)]
    if names[0] == names[1]:
        names = [str(one.path) for one in (first, second)]
    if first.path.resolve() == second.path.resolve():
        first = second
    return side_of(first, names[0]), side_of(second, names[1])


def _units(pairs: list[Pair]) -> tuple[Units, Units]:
    """What shares are told of, by the number of the pair: the groups that are the same together, or a lone group."""
    found: tuple[dict[str, list[str]], dict[str, list[str]]] = {}, {}
    for number, pair in enumerate(pairs):
        for side, group in enumerate((pair.before, pair.after)):
            if group is not None:
                found[side][str(number)] = pair.parts[side] if pair.kind == "matched" else [group]
    return found


def _table(before: Side, after: Side, pairs: list[Pair], rate: float) -> pl.DataFrame:
    import polars as pl

    units = _units(pairs)
    shares = unit_shares(before, units[0]), unit_shares(after, units[1])
    alike = likenesses(before, after, units)
    names = [dict(shown_tree(side.atlas).select("group", "name").iter_rows()) for side in (before, after)]
    rows: list[tuple[Any, ...]] = []
    for number, pair in enumerate(pairs):
        unit, groups = str(number), (pair.before, pair.after)
        ends: list[float | None] = []
        for side in (0, 1):
            ends += list(shares[side][unit][:3]) if unit in units[side] else [None] * 3
        tested: list[float | None] = [None] * 4
        if pair.kind == "matched":
            tested = list(difference(shares[0][unit], shares[1][unit], alike.get(unit, 0.0)))
        counts = [None if one is None else side.counts[one] for one, side in zip(groups, (before, after), strict=True)]
        called = [None if one is None else told[one] for one, told in zip(groups, names, strict=True)]
        about = (pair.level, groups[1], called[1], groups[0], called[0], pair.kind, pair.how, pair.likeness)
        rows.append((*about, *pair.parts, *counts, *ends, *tested))
    texts = dict.fromkeys(_SCHEMA, pl.String) | {"level": pl.UInt8, "likeness": pl.Float64}
    schema: dict[str, Any] = {**texts, "parts_before": pl.List(pl.String)}
    schema |= {"parts": pl.List(pl.String), "count_before": pl.Int64, "count": pl.Int64}
    schema |= dict.fromkeys((*_ENDS, "p"), pl.Float64)
    table = pl.DataFrame(rows, schema=schema, orient="row")
    hidden = before.atlas.published, after.atlas.published
    parts = [
        part.with_columns(q=corrected(part["p"].to_numpy().astype(np.float64))) for part in table.partition_by("level")
    ]
    table = (pl.concat(parts) if parts else table.with_columns(q=pl.lit(None, pl.Float64))).with_columns(
        pl.col("q").fill_nan(None)
    )
    sure = pl.col("q") <= rate
    kind = (
        pl.when((pl.col("kind") == "new") & hidden[0]).then(pl.lit("not shown before"))
        .when((pl.col("kind") == "gone") & hidden[1]).then(pl.lit("not shown after"))
        .when(pl.col("kind") != "matched").then(pl.col("kind"))
        .when(sure & (pl.col("count_before") == 0)).then(pl.lit("new"))
        .when(sure & (pl.col("count") == 0)).then(pl.lit("gone"))
        .when(sure & (pl.col("change") > 0)).then(pl.lit("grew"))
        .when(sure & (pl.col("change") < 0)).then(pl.lit("shrank"))
        .otherwise(pl.lit("steady"))
    )  # fmt: skip
    order = pl.col("kind").replace_strict({one: place for place, one in enumerate(KINDS)}, return_dtype=pl.Int8)
    size = pl.max_horizontal(
        pl.col("change").abs(), pl.when(pl.col("change").is_null()).then(pl.max_horizontal("share", "share_before"))
    )
    return table.with_columns(kind=kind).sort(
        pl.col("level"),
        order,
        size,
        pl.col("group"),
        pl.col("group_before"),
        descending=[True, False, True, False, False],
    )
