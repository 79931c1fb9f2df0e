"""The groups as the page gets them: one object each, in the order of the tree table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clioscope.errors import AtlasError
from clioscope.explorer.similar_groups import group_centroids, nearest_groups

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas
    from clioscope.explorer.places import Places

# Columns of the tree that the page shows in their own way; any other number is a figure of quality.
_KNOWN = {"group", "level", "parent", "name", "description", "phrases", "conversations", "count", "users"}
_KNOWN |= {"anonymous", "score", "first_score", "action", "x", "y", "small", "unbacked", "mixed", "none", "candidate"}
_KNOWN |= {"weight", "withheld"}
# Figures per group from `clioscope measure` that a reader can use without the other figures.
MEASURED = ("stability_jaccard", "misplaced", "cohesion_p50", "silhouette", "duplicate_names")


def group_rows(atlas: Atlas) -> list[dict[str, Any]]:
    """Name, place in the tree, sizes and verdict of every group.

    ``name`` is None if the auditor withheld it; then description and phrases are empty.
    ``parent`` is the place of the parent in this list, or None; ``near`` are places of the nearest groups. ``read``
    says how much of its conversations was read (``group_reading``); None for an atlas that does not tell.
    ``withheld`` says how many conversations of a published group are in no group below it that is shown.
    ``note``, ``colour`` and ``pinned`` stand where the analyst gave them.
    """
    tree = atlas.tree
    place = {group: index for index, group in enumerate(tree["group"])}
    figures = [name for name, kind in tree.schema.items() if name not in _KNOWN and kind.is_numeric()]
    near, measured, read = _near(atlas), measured_figures(atlas), _reading(atlas)
    rows = []
    for index, row in enumerate(tree.iter_rows(named=True)):
        withheld = row["action"] == "withheld"
        rows.append(
            {
                "id": row["group"],
                "level": row["level"],
                "parent": None if row["parent"] is None else place[row["parent"]],
                "name": None if withheld else row["name"],
                "description": "" if withheld else row["description"] or "",
                "phrases": [] if withheld else list(row.get("phrases") or []),
                "mixed": row["mixed"],
                "none": bool(row.get("none")),
                **({"candidate": True} if row.get("candidate") else {}),
                **({"withheld": row["withheld"]} if row.get("withheld") else {}),
                "count": row["count"],
                **({"weight": round(row["weight"], 6)} if "weight" in row else {}),
                "distinct": row.get("conversations"),
                "users": row.get("users"),
                "anonymous": row.get("anonymous"),
                "verdict": row["action"],
                "score": row["score"],
                "quality": {name: round(row[name], 4) for name in figures if row[name] is not None}
                | measured.get(row["group"], {}),
                "near": near[index],
                "read": read.get(row["group"]),
                **{name: row[name] for name in ("note", "colour", "pinned") if row.get(name)},
            }
        )
    return rows


def sized_groups(atlas: Atlas) -> list[dict[str, Any]]:
    """Of every group only id, level, parent, name, mixed, none, count, and of segments weight."""
    tree = atlas.tree
    place = {group: index for index, group in enumerate(tree["group"])}
    return [
        {
            "id": row["group"],
            "level": row["level"],
            "parent": None if row["parent"] is None else place[row["parent"]],
            "name": None if row["action"] == "withheld" else row["name"],
            "mixed": row["mixed"],
            "none": bool(row.get("none")),
            "count": row["count"],
            **({"weight": row["weight"]} if "weight" in row else {}),
        }
        for row in tree.iter_rows(named=True)
    ]


def _reading(atlas: Atlas) -> dict[str, dict[str, Any]]:
    """What was read of each group, by the group's id: the medians of the shares, and whether it is poor."""
    from clioscope.atlas.reading import ENCODER, MODEL, POORLY, group_reading

    table = group_reading(atlas)
    return {
        row["group"]: {
            **{name: round(row[name], 3) for name in (*MODEL, *ENCODER) if row[name] is not None},
            "poor": row[POORLY],
        }
        for row in (() if table is None else table.iter_rows(named=True))
    }


def measured_figures(atlas: Atlas) -> dict[str, dict[str, float]]:
    """The figures per group that ``clioscope measure`` wrote into the atlas, by the group's id.

    They are those of ``MEASURED`` and of the user's own metrics. Empty if the atlas was not measured since it was
    built.
    """
    import polars as pl

    from clioscope.measure.metric import OURS
    from clioscope.measure.record import stored

    try:
        table = stored(atlas).table
    except AtlasError:
        return {}
    ours = sorted(OURS.difference(MEASURED))
    elsewhere = pl.col("family").is_in(("prediction", "reading"))  # on the report card; what was read has its own line
    shown = ~pl.col("metric").is_in(ours) & ~elsewhere
    rows = table.filter(pl.col("group").is_not_null() & shown)
    by_group: dict[str, dict[str, float]] = {}
    for group, name, value in rows.select("group", "metric", "value").iter_rows():
        by_group.setdefault(group, {}).setdefault(name, round(value, 4))  # its own level comes first
    return {group: _ordered(figures) for group, figures in by_group.items()}


def _ordered(figures: dict[str, float]) -> dict[str, float]:
    """The figures of ``MEASURED`` first, in that order."""
    return {name: figures[name] for name in dict.fromkeys((*MEASURED, *figures)) if name in figures}


def _near(atlas: Atlas) -> list[list[int]]:
    """The nearest groups by centroid; for a published atlas, which has none, by place on the map."""
    import numpy as np

    levels = atlas.tree["level"].to_numpy()
    if not atlas.published:
        try:
            return nearest_groups(levels, group_centroids(atlas))
        except AtlasError:
            return [[] for _ in levels]
    if "x" not in atlas.tree.columns or atlas.tree["x"].null_count() == atlas.tree.height:
        return [[] for _ in levels]
    return nearest_groups(levels, np.nan_to_num(atlas.tree.select("x", "y").to_numpy().astype(np.float64)))


def set_hearts(rows: list[dict[str, Any]], base: NDArray[np.integer[Any]], places: Places) -> None:
    """Give every group its place on the map (``x``, ``y``) and how far it spreads (``spread``)."""
    import numpy as np

    from clioscope.explorer.places import heart

    spans = _spans(rows)
    first = np.array([start for start, _ in spans], np.int64)
    # Along the tree, the rows of every group stand together. Codes of 16 bits are sorted in one pass.
    along = first[base]
    order = np.argsort(along.astype(np.uint16) if len(rows) < 2**16 else along, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(along, minlength=len(rows)))])
    x, y = places.x[order], places.y[order]
    for row, (start, end) in zip(rows, spans, strict=True):
        members = slice(starts[start], starts[end])
        if starts[start] < starts[end]:
            middle = heart(x[members], y[members])
            row |= dict(zip(("x", "y", "spread"), (round(one, 4) for one in middle), strict=True))


def _spans(rows: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Of each group its place in a walk through the tree from above, and the place after all that it holds."""
    below: dict[int | None, list[int]] = {}
    for index, row in enumerate(rows):
        below.setdefault(row["parent"], []).append(index)
    found = [(0, 0)] * len(rows)
    place = 0
    walk: list[tuple[int, bool]] = [(index, False) for index in reversed(below.get(None, []))]
    while walk:
        index, done = walk.pop()
        if done:
            found[index] = (found[index][0], place)
            continue
        found[index] = (place, place)
        place += 1
        walk += [(index, True), *((child, False) for child in reversed(below.get(index, [])))]
    return found
