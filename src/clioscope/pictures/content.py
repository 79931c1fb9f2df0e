"""What the picture of a map shows: points with their groups, and the groups that get a title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.atlas.places import has_places, places_of
from clioscope.atlas.shown import shown_tree
from clioscope.errors import AtlasError
from clioscope.files.plain import line

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas


class Island(NamedTuple):
    """A group that gets a title: where its conversations lie densest (``x``, ``y``), and its colour where the analyst
    gave one. ``quiet``: its name is withheld, or the group is mixed."""

    group: str
    name: str
    conversations: int
    x: float
    y: float
    colour: str | None
    quiet: bool


class MapContent(NamedTuple):
    """``x``, ``y`` (n,): the places of the points; ``island`` (n,): the place of each one's group in ``islands``;
    ``size`` (n,): of a published atlas the share of the largest group, 0 to 1; None for points of one size.
    ``islands``: the largest group first, as the page orders and colours them."""

    x: NDArray[np.floating[Any]]
    y: NDArray[np.floating[Any]]
    island: NDArray[np.integer[Any]]
    size: NDArray[np.floating[Any]] | None
    islands: list[Island]


def map_content(atlas: Atlas, level: int) -> MapContent:
    """The map of an atlas, with the groups of a ``level`` (0 for the base groups; the groups below it where the tree is
    shallower). Of a published atlas it holds what was published: a place and a count per group.

    Raises AtlasError for an atlas without a map.
    """
    import polars as pl

    if not has_places(atlas):
        raise AtlasError(f"{atlas.path}: has no map to draw; it was built without the stage layout.")
    tree = shown_tree(atlas)
    rows = places_of(atlas)
    if rows.is_empty():
        raise AtlasError(f"{atlas.path}: has no map to draw: no conversation has a place.")
    above = _above(tree, level)
    rows = rows.with_columns(pl.col("group").replace_strict(above, return_dtype=pl.String).alias("island"))
    shown = set(rows["island"])
    order = (
        tree.with_row_index("place")
        .filter(pl.col("group").is_in(list(shown)))
        .sort(["count", "place"], descending=[True, False])
    )
    place = {group: at for at, group in enumerate(order["group"])}
    islands = []
    for row in order.iter_rows(named=True):
        x, y = _heart(rows.filter(pl.col("island") == row["group"]))
        quiet = row["action"] == "withheld" or bool(row["mixed"])
        islands.append(Island(row["group"], line(row["name"]), row["count"], x, y, row.get("colour"), quiet))
    size = rows["size"].to_numpy() if "size" in rows.columns else None
    codes = rows["island"].replace_strict(place, return_dtype=pl.UInt32).to_numpy()
    return MapContent(rows["x"].to_numpy(), rows["y"].to_numpy(), codes, size, islands)


def _above(tree: pl.DataFrame, level: int) -> dict[str, str]:
    """For each group the one of the level that holds it, or the highest one at or below the level."""
    parents: dict[str, str | None] = dict(tree.select("group", "parent").iter_rows())
    levels: dict[str, int] = dict(tree.select("group", "level").iter_rows())
    found = {}
    for group in parents:
        at = group
        while (parent := parents[at]) is not None and levels[parent] <= level:
            at = parent
        found[group] = at
    return found


def _heart(rows: pl.DataFrame) -> tuple[float, float]:
    """A point of a group where its points lie dense: the one nearest to the middle of the fullest part of it."""
    import numpy as np

    places = rows.select("x", "y").to_numpy().astype(np.float64)
    if "size" in rows.columns:
        return tuple(places[int(rows["size"].arg_max() or 0)].tolist())
    middle = np.median(places, axis=0)
    for _ in range(5):  # the median of the nearer half, again and again: it moves to where most of them are
        near = np.argsort(((places - middle) ** 2).sum(axis=1), kind="stable")[: max(1, len(places) // 2)]
        middle = np.median(places[near], axis=0)
    nearest = places[int(((places - middle) ** 2).sum(axis=1).argmin())]
    return float(nearest[0]), float(nearest[1])
