"""The table of base groups of an updated atlas: one row per conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.centroids import nearest_centroid

if TYPE_CHECKING:
    import polars as pl

    from clioscope.codebook.place import Placed
    from clioscope.pipeline.run import Run
    from clioscope.pipeline.updating.joint import Joint
    from clioscope.pipeline.updating.rows import Rows
    from clioscope.pipeline.updating.structure import Structure

_NEW = -2  # in place of the earlier group of a new row
_NONE_MARGIN = 2.0  # taken off the margin of what fits nothing, as a build does


class Arrived(NamedTuple):
    """The new conversations (n): their base groups ``labels`` (-1 where their category has none), the ``margins`` of
    these, whether each ``fits``, and its given category in ``placed``, None without a codebook."""

    labels: NDArray[np.int32]
    margins: NDArray[np.float32]
    fits: NDArray[np.bool_]
    placed: Placed | None

    @property
    def codes(self) -> list[str | None] | None:
        """The given category of each, None for none; None without a codebook."""
        return None if self.placed is None else self.placed.codes


def write_clusters(
    run: Run, rows: Rows, joint: Joint, before: pl.DataFrame, ids: Sequence[str], found: Structure, new: Arrived
) -> None:
    """Write the groups of all conversations, and the categories where there is a codebook.

    ``before`` is the table of the atlas; ``ids`` (k) are those of the base groups. A margin is made anew where the
    conversation is new, or where its group was split or merged.
    """
    import polars as pl

    from clioscope.clustering import rare

    margins = np.concatenate([before["margin"].to_numpy(), new.margins]).astype(np.float32)
    again = np.flatnonzero(_changed(found, before["label"].to_numpy()))
    there = np.array([label for label in range(len(found.centroids)) if label != found.none])
    place = np.full(len(found.centroids), -1)
    place[there] = np.arange(len(there))
    own = place[found.labels[again]]
    _, made = nearest_centroid(joint.vectors(again), found.centroids[there], own=own)
    margins[again] = np.where(own < 0, np.clip(made - _NONE_MARGIN, -2, 0), made)
    fresh = pl.DataFrame({"conversation": rows.ids.gather(rows.new)})
    if new.placed is not None:
        fresh = fresh.with_columns(
            code=pl.Series(new.placed.codes, dtype=pl.String), fits=np.asarray(new.placed.fits, np.float64)
        )
    table = rows.table(before, fresh)
    label = found.labels[rows.order]
    columns: dict[str, Any] = {
        "group": [ids[one] for one in label.tolist()],
        "label": label,
        "margin": margins[rows.order],
        "rare": rare(margins[rows.order], run.settings.clustering.rare),
    }
    table = table.with_columns(pl.Series(name, values) for name, values in columns.items())
    table = table.with_columns(pl.col("noise").fill_null(value=False))
    if "none" in table.columns:
        table = table.with_columns(none=pl.Series(label == found.none) if found.none is not None else pl.lit(False))
    run.take(clusters=table)
    if new.placed is not None and run.has("categories"):
        run.take(categories=rows.table(run.table("categories"), fresh))


def _changed(found: Structure, before: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which rows are new, or in a group that was split or merged, or have come to another one.

    ``before`` (m,) are the groups of the rows of the atlas.
    """
    was = np.full(len(found.labels), _NEW)
    was[: len(before)] = before
    touched = [*found.part_of, *found.split, *found.merged.values()]
    return np.asarray((found.was[found.labels] != was) | np.isin(found.labels, touched))
