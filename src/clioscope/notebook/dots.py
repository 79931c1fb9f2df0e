"""Where the conversations of an atlas lie on its map, in which colour, and where the titles of groups belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.atlas.membership import lines_of
from clioscope.atlas.places import places_of
from clioscope.atlas.shown import walk

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

# Paul Tol's "muted" scheme, in an order that keeps neighbours apart; the rest of the groups are grey.
COLOURS = ("#332288", "#cc6677", "#117733", "#ddaa33", "#88bbdd", "#882255", "#44aa99", "#999933", "#aa4499")
OTHER = "#a8a49b"


def dots_of(atlas: Atlas, most: int | None = None) -> pl.DataFrame | None:
    """group, x and y of conversations that are not hidden; of a published atlas of its base groups, with ``size``, the
    share of the largest. At most ``most`` are taken, always the same ones. None without a map."""
    rows = places_of(atlas)
    if most is not None and "conversation" in rows.columns and rows.height > most:
        rows = rows.sort("conversation").head(most)  # an id is a hash, so its order is that of a draw
    return None if rows.is_empty() else rows.drop("conversation", strict=False)


def hearts(atlas: Atlas, dots: pl.DataFrame) -> list[tuple[str, tuple[float, float]]]:
    """The groups at the top that have a name, largest first, with the median place of their dots."""
    parents: dict[str, str | None] = dict(atlas.tree.select("group", "parent").iter_rows())
    mixed: dict[str, bool] = dict(atlas.tree.select("group", "mixed").iter_rows())
    tops = dots["group"].replace_strict({group: held[-1] for group, held in lines_of(parents).items()})
    found = []
    for group in [group for group, depth in walk(atlas) if depth == 0 and not mixed[group]]:
        held = dots.filter(tops == group)
        if not held.is_empty():
            found.append((group, (_middle(held["x"]), _middle(held["y"]))))
    return found


def colours_of(atlas: Atlas) -> dict[str, str]:
    """The colour of each group: a top group has its own, the largest first, and the groups in it have the same."""
    parents: dict[str, str | None] = dict(atlas.tree.select("group", "parent").iter_rows())
    order = [group for group, depth in walk(atlas) if depth == 0]
    own = {group: COLOURS[place] if place < len(COLOURS) else OTHER for place, group in enumerate(order)}
    return {group: own[held[-1]] for group, held in lines_of(parents).items()}


def _middle(values: pl.Series) -> float:
    """The median, which is where most of the points are."""
    return float(values.median() or 0.0)  # type: ignore[arg-type]
