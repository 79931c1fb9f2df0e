"""What changed, for an agent: a comparison in short, and what is new since a date."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from clioscope.agents.answers import named
from clioscope.analysis.periods import parse_span
from clioscope.comparison.compare import Comparison, compare
from clioscope.errors import ClioscopeError

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

_KINDS = ("new", "grew", "not shown before")
_GROUP = (
    *("kind", "level", "group", "name", "group_before", "name_before", "matched_by", "likeness"),
    *("count_before", "count", "share_before", "low_before", "high_before", "share", "low", "high"),
    *("change", "change_low", "change_high", "q"),
)


def compared(
    atlas: Atlas,
    earlier: Atlas | None,
    before: str | None = None,
    after: str | None = None,
    *,
    group: str | None = None,
    most: int = 20,
) -> dict[str, Any]:
    """Two periods of the atlas side by side, or without periods the earlier atlas and this one: the groups that
    changed, those that did so most first, and the facet values that differ. ``group``: only this one, with all of its
    facet values."""
    found = _comparison(atlas, earlier, before, after)
    return _short(found, None if group is None else named(atlas, group), most)


def news(atlas: Atlas, earlier: Atlas | None, since: str | None = None, *, most: int = 10) -> dict[str, Any]:
    """What is new, and what grew, since a date (the records from it on against those before it), or without a date
    since the earlier atlas. Of each group both counts, both shares and the change with 95 % intervals, q, and its
    description."""
    import polars as pl

    if since is None:
        found = _comparison(atlas, earlier, None, None)
    else:
        first = parse_span(since).first
        if first is None:
            raise ClioscopeError(f"{since!r} has no first day; give a date or a month (2026-04).")
        found = _comparison(atlas, earlier, f"..{first - timedelta(days=1)}", f"{first}..")
    rows = found.groups.filter(pl.col("kind").is_in(_KINDS))
    about = dict(atlas.tree.filter(pl.col("action") != "withheld").select("group", "description").iter_rows())
    listed = [
        {**_named(row), "description": about.get(row["group"]) or ""} for row in rows.head(most).iter_rows(named=True)
    ]
    return {
        **_head(found),
        "groups": listed,
        "left_out": max(0, rows.height - most),
        "others": dict(found.groups.group_by("kind").len().sort("kind").iter_rows()),
        "notes": found.notes,
    }


def _comparison(atlas: Atlas, earlier: Atlas | None, before: str | None, after: str | None) -> Comparison:
    if (before is None) != (after is None):
        raise ClioscopeError("Give both periods, before and after, or neither.")
    if before is not None and after is not None:
        return compare(atlas, periods=(before, after))
    if earlier is None:
        raise ClioscopeError(
            "There is no earlier atlas to compare with; give periods (the tool about lists the months), or start "
            "clioscope mcp with --earlier ATLAS."
        )
    return compare(earlier, atlas)


def _head(found: Comparison) -> dict[str, Any]:
    """What is compared."""
    sides = {"before": found.before, "after": found.after}
    return {**sides, "conversations": list(found.totals), "matched_by": found.matched_by, "false_alarms": found.rate}


def _short(found: Comparison, group: str | None, most: int) -> dict[str, Any]:
    import polars as pl

    groups, facets = found.groups, found.facets
    if group is None:
        rows, facets = groups.filter(pl.col("kind") != "steady"), facets.filter("differs")
    else:
        rows, facets = groups.filter(pl.col("group") == group), facets.filter(pl.col("group") == group)
    order = pl.col("change").abs()
    return {
        **_head(found),
        "groups": [_named(row) for row in rows.head(most).iter_rows(named=True)],
        "left_out": max(0, rows.height - most),
        "steady": groups.filter(pl.col("kind") == "steady").height,
        "facets": facets.sort(order, descending=True).head(most).to_dicts(),
        "notes": found.notes,
    }


def _named(row: dict[str, Any]) -> dict[str, Any]:
    """A group of a comparison, without what is not known."""
    return {name: row[name] for name in _GROUP if row[name] is not None}
