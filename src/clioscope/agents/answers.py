"""What the tools answer about the groups of one atlas, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.analysis.records import records_of
from clioscope.atlas.finding import group_called
from clioscope.atlas.guarantee import said_of_protection
from clioscope.atlas.people import said_of_withheld
from clioscope.atlas.reading import said_of_reading
from clioscope.atlas.segments import said_of_segments
from clioscope.atlas.shares import WHOLE, shares_by_group
from clioscope.atlas.shown import groups_table, said_of_hidden, said_of_mixed, said_of_none, shown_tree, total_count
from clioscope.errors import AtlasError

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

MOST = 200  # groups of one answer
_GROUP = ("group", "level", "parent", "name", "description", "count", "users", "share", "mixed", "none", "candidate")


def about(atlas: Atlas, earlier: Atlas | None = None) -> dict[str, Any]:
    """What the atlas is: counts, levels, facets, months with their records, models, and what a reader must know."""
    tree, manifest = atlas.tree, atlas.manifest
    levels = tree.group_by("level").len().sort("level").iter_rows()
    told = (said_of_withheld, said_of_mixed, said_of_none, said_of_hidden, said_of_reading, said_of_segments)
    facets = [
        {name: facet.get(name) for name in ("name", "type", "question", "categories") if facet.get(name)}
        for facet in manifest["facets"]
    ]
    return {
        "atlas": atlas.path.resolve().name,
        "published": atlas.published,
        "conversations": total_count(atlas),
        "groups_by_level": {str(level): count for level, count in levels},
        "months": {} if atlas.published else _months(atlas),
        "facets": facets,
        "models": manifest["models"],
        "earlier_atlas": None if earlier is None else earlier.path.resolve().name,
        "notes": [*said_of_protection(manifest), *(said for one in told if (said := one(atlas)))],
    }


def _months(atlas: Atlas) -> dict[str, int]:
    """Records of each month; those without a date under "unknown"."""
    import polars as pl

    rows = records_of(atlas).unique("number")
    months = rows.group_by(pl.col("created_at").dt.strftime("%Y-%m").fill_null("unknown").alias("month")).len()
    return dict(months.sort("month").iter_rows())


def tree_of(atlas: Atlas, group: str | None = None, depth: int = 2) -> dict[str, Any]:
    """The groups of the upper ``depth`` levels of the tree, or of those below a ``group``; parents before children."""
    import polars as pl

    table = groups_table(atlas)
    parents: dict[str, str | None] = dict(table.select("group", "parent").iter_rows())
    root = None if group is None else named(atlas, group)
    wanted, row = [], [one for one, parent in parents.items() if parent == root]
    for _ in range(max(1, depth)):
        wanted += row
        row = [one for one, parent in parents.items() if parent in set(row)]
    shown = table.filter(pl.col("group").is_in(wanted))
    return {
        "total": total_count(atlas),
        "inside": root,
        "groups": [brief(one) for one in shown.head(MOST).iter_rows(named=True)],
        "left_out": max(0, shown.height - MOST),
        "deeper": len(row),
    }


def group_of(atlas: Atlas, group: str, quality: dict[str, dict[str, float]] | None = None) -> dict[str, Any]:
    """One group: its size, its place in the tree, what sets it apart, and its shares of facet values with intervals."""
    found = named(atlas, group)
    rows = {row["group"]: row for row in groups_table(atlas).iter_rows(named=True)}
    row, shares = rows[found], shares_by_group(atlas)
    whole = {(one["facet"], one["value"]): one["share"] for one in shares.get(WHOLE, [])}
    facets = [one | {"share_of_all": whole.get((one["facet"], one["value"]))} for one in shares.get(found, [])]
    line, above = [], row["parent"]
    while above is not None:
        line.append({"group": above, "name": rows[above]["name"]})
        above = rows[above]["parent"]
    return {
        **brief(row),
        "phrases": list(row.get("phrases") or []),
        "inside": line,
        "children": [brief(one) for one in rows.values() if one["parent"] == found][:MOST],
        **{name: row[name] for name in ("asked", "inferred", "withheld") if row.get(name) is not None},
        "facets": facets,
        "quality": (quality or {}).get(found, {}),
    }


def named(atlas: Atlas, group: str) -> str:
    """The id of the group that an agent names, by its id or its name. Raises AtlasError."""
    try:
        return group_called(shown_tree(atlas), group)
    except AtlasError as error:
        raise AtlasError(f"{error} The tool tree lists groups with their ids.") from None


def brief(row: dict[str, Any]) -> dict[str, Any]:
    """A group in short, without what is not known and what is not so."""
    return {name: row[name] for name in _GROUP if row.get(name) is not None and row[name] is not False}
