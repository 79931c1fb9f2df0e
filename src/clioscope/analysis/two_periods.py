"""The records of two periods, with the groups that they are compared by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.analysis.levels import groups_at
from clioscope.analysis.metric import metric_of
from clioscope.analysis.periods import parse_span, within_span
from clioscope.analysis.records import column_of, listed, records_of
from clioscope.atlas.shown import shown_tree
from clioscope.errors import ClioscopeError

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

_KEPT = ("group", "person", "user", "value", "rate", "partly", "top", "name", "number", "part")


class TwoPeriods(NamedTuple):
    """Of n records, or segments of records. ``side`` (n,): 0 before, 1 after. ``group`` (n,): places in ``groups``,
    whose names are ``names``. ``record`` (n,): a number, the same for all segments of a record. ``part`` (n,): how much
    of its record a row is, 0 to 1; 1 where records are not cut.

    ``base`` (n,): a number per base group and atlas. ``person`` (n,): a number. ``value`` (n,): NaN where not known.
    ``rate``: whether values are yes and no; ``asked``: whether a model was asked about some conversations only.
    ``without_user``: how many records have no user id.
    """

    side: NDArray[np.int64]
    group: NDArray[np.int64]
    groups: list[str]
    names: list[str]
    base: NDArray[np.int64]
    person: NDArray[np.int64]
    value: NDArray[np.float64]
    rate: bool
    asked: bool
    without_user: int
    record: NDArray[np.int64]
    part: NDArray[np.float64]

    def records(self, chosen: NDArray[np.bool_]) -> int:
        """How many records have a row among the chosen ones (n,)."""
        return len(np.unique(self.record[chosen]))

    def records_by_group(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many records (k,) have a chosen row in each group."""
        pairs = np.unique(np.stack([self.group[chosen], self.record[chosen]]), axis=1)
        return np.bincount(pairs[0], minlength=len(self.groups))


def two_periods(
    atlas: Atlas,
    metric: str,
    before: str | None,
    after: str | None,
    *,
    by: str | None,
    group: str | None,
    level: int | None,
    earlier: Atlas | None,
) -> TwoPeriods:
    """The records of ``before`` (from ``earlier``, if that is given) and those of ``after``.

    A period of None is all that its atlas holds. Groups of two atlases are the same if their ids or their codes (of
    given categories) are. Raises ClioscopeError as ``explain_change`` says.
    """
    import polars as pl

    parts = []
    later = _labelled(atlas, metric, group, level, must=True)
    first = later if earlier is None else _labelled(earlier, metric, group, level, must=False)
    inside = [
        _inside(*one, by, period) for one, period in (((earlier or atlas, first), before), ((atlas, later), after))
    ]
    if earlier is None and (inside[0] & inside[1]).any():
        raise ClioscopeError(f"the periods {before!r} and {after!r} overlap; give two that have no record in common.")
    for side, (rows, chosen) in enumerate(((first, inside[0]), (later, inside[1]))):
        source = 0 if earlier is None else side
        part = rows.filter(chosen).select(*_KEPT, side=pl.lit(side), source=pl.lit(source))
        if part.is_empty():
            where = f"the group {group!r} has" if group else "there is"
            period, from_ = (after, atlas) if side else (before, earlier or atlas)
            raise ClioscopeError(
                f"{from_.path}: {where} no record in the period {period or 'asked for'!r}; {_there(from_, by)}."
            )
        parts.append(part)
    both = pl.concat(parts)
    if earlier is not None and not set(parts[0]["top"]) & set(parts[1]["top"]):
        raise ClioscopeError(
            f"{earlier.path} and {atlas.path} have no group in common; build the later one with --after "
            f"{earlier.path}, so that groups keep their ids."
        )
    names = dict(zip(both["top"], both["name"], strict=True))  # the later atlas stands last, so its names count
    groups = sorted(names)
    place = {one: number for number, one in enumerate(groups)}
    return TwoPeriods(
        side=both["side"].cast(pl.Int64).to_numpy(),
        group=both["top"].replace_strict(place, return_dtype=pl.Int64).to_numpy(),
        groups=groups,
        names=[names[one] for one in groups],
        base=_numbers(both, "source", "group"),
        person=_numbers(both, "source", "person"),
        value=both["value"].fill_null(np.nan).to_numpy(),
        rate=bool(both["rate"].all()),
        asked=bool(both["partly"].any()),
        without_user=both.filter(pl.col("user").is_null()).select("source", "number").n_unique(),
        record=_numbers(both, "source", "number"),
        part=both["part"].to_numpy(),
    )


def _numbers(table: pl.DataFrame, *columns: str) -> NDArray[np.int64]:
    """A number per row, equal where all columns are."""
    import polars as pl

    ranks: NDArray[np.int64] = table.select(pl.struct(columns).rank("dense").cast(pl.Int64)).to_series().to_numpy()
    return ranks


def _labelled(atlas: Atlas, metric: str, group: str | None, level: int | None, *, must: bool) -> pl.DataFrame:
    """The records of an atlas with their value, and the group that they are compared by (``top``) with its ``name``."""
    import polars as pl

    rows = records_of(atlas)
    found = metric_of(atlas, rows, metric, must=must)
    above = groups_at(atlas, level, group)
    tree = shown_tree(atlas)
    label = {one: one for one in tree["group"]}
    if "code" in tree.columns:
        label |= {one: f"code {code}" for one, code in tree.select("group", "code").iter_rows() if code is not None}
    names = dict(tree.select("group", "name").iter_rows())
    value = pl.Series("value", found.value).fill_nan(None)
    rows = rows.with_columns(value, rate=pl.lit(found.rate), partly=pl.lit(found.asked))
    rows = rows.filter(pl.col("group").is_in(list(above)))
    top = pl.col("group").replace_strict(above, return_dtype=pl.String)
    return rows.with_columns(
        top=top.replace_strict(label, return_dtype=pl.String), name=top.replace_strict(names, return_dtype=pl.String)
    )


def _inside(atlas: Atlas, rows: pl.DataFrame, by: str | None, period: str | None) -> NDArray[np.bool_]:
    """Which rows belong to a period: (n,)."""
    if period is None:
        return np.ones(rows.height, bool)
    if by is None:
        return within_span(rows["created_at"], parse_span(period))
    values: Any = column_of(atlas, rows, by)[1].cast(str) == period
    chosen: NDArray[np.bool_] = values.fill_null(False).to_numpy()
    return chosen


def _there(atlas: Atlas, by: str | None) -> str:
    """What there would be instead, for an error."""
    rows = records_of(atlas)
    if by is not None:
        values = column_of(atlas, rows, by)[1].drop_nulls().cast(str).value_counts(sort=True)
        return f"{by} has the values {listed(values.to_series(0).to_list(), 8)}"
    dates = rows["created_at"].drop_nulls().dt.strftime("%Y-%m-%d").sort().to_list()
    return f"its records are from {dates[0]} to {dates[-1]}" if dates else "its records have no dates"
