"""Which conversations each group of a tree holds, at every level."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

Group = TypeVar("Group", bound=Hashable)


def lines_of(parents: Mapping[Group, Group | None]) -> dict[Group, list[Group]]:
    """For each group the groups that hold what it holds: itself first, then its parent, and so on up to the top."""
    found: dict[Group, list[Group]] = {}
    for group in parents:
        line, above = [group], parents[group]
        while above is not None and above in parents:
            line.append(above)
            above = parents[above]
        found[group] = line
    return found


def members_of(clusters: pl.DataFrame, tree: pl.DataFrame, *kept: str) -> pl.DataFrame:
    """One row per conversation and group that holds it, at every level: conversation, group, and the columns ``kept``
    of ``clusters``, in its order.

    ``clusters`` has the columns conversation and group (a base group), ``tree`` group and parent. What lies in no group
    of the tree is left out: the analyst has hidden it.
    """
    import polars as pl

    parents: dict[str, str | None] = dict(tree.select("group", "parent").iter_rows())
    pairs = [(group, holder) for group, line in lines_of(parents).items() for holder in line]
    held = pl.DataFrame(pairs, schema={"group": pl.String, "holder": pl.String}, orient="row")
    rows = clusters.join(held, on="group", how="inner", maintain_order="left_right")
    return rows.select("conversation", pl.col("holder").alias("group"), *kept)


def rows_of(
    parents: Mapping[Group, Group | None], base_groups: Sequence[Group], labels: NDArray[np.integer]
) -> dict[Group, NDArray[np.intp]]:
    """The rows that each group holds, rising; groups that hold none are left out.

    ``labels`` (n,) are places in ``base_groups``. A row with another label, or of a base group that is not among
    ``parents``, is in no group.
    """
    import numpy as np

    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(len(base_groups) + 1))
    lines = lines_of(parents)
    parts: dict[Group, list[NDArray[np.intp]]] = {group: [] for group in parents}
    for number, group in enumerate(base_groups):
        rows = order[starts[number] : starts[number + 1]]
        for holder in lines.get(group, ()) if len(rows) else ():
            parts[holder].append(rows)
    return {group: np.sort(np.concatenate(rows)) for group, rows in parts.items() if rows}
