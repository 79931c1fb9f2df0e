"""An atlas for datamapplot: places, names at every level, and what a pointer shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.atlas.flat import table
from clioscope.atlas.opening import opened
from clioscope.atlas.shown import shown_tree
from clioscope.errors import AtlasError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas

UNLABELLED = "Unlabelled"  # datamapplot's own word


class DataMap(NamedTuple):
    """``places`` (n, 2) float32; ``layers`` of n names each, from the finest level to the coarsest; ``hover``, n texts.
    A row is a conversation, in an atlas of segments a segment."""

    places: NDArray[np.float32]
    layers: list[NDArray[Any]]
    hover: list[str]


def to_datamapplot(atlas: Atlas | str | Path) -> DataMap:
    """What ``datamapplot.create_plot`` and ``create_interactive_plot`` take.

    >>> from clioscope import interchange
    >>> places, layers, hover = interchange.to_datamapplot("atlas/")
    >>> places.shape, len(layers)
    ((60, 2), 2)
    >>> import datamapplot  # doctest: +SKIP
    >>> datamapplot.create_plot(places, layers[-1])  # doctest: +SKIP
    >>> datamapplot.create_interactive_plot(places, *layers, hover_text=hover)  # doctest: +SKIP

    Mixed groups and what fits no group are ``Unlabelled``, which datamapplot leaves grey. Raises AtlasError for an
    atlas without a map, and for a published one.
    """
    import numpy as np
    import polars as pl

    atlas = opened(atlas)
    key = "segment" if (atlas.path / "segments.parquet").exists() else "conversation"
    rows = table(atlas).unique(key, keep="first", maintain_order=True).drop_nulls(["x", "y"])
    if rows.is_empty():
        raise AtlasError(f"{atlas.path}: was built without a map, so there are no places.")
    mixed = set(shown_tree(atlas).filter(pl.col("mixed"))["group"])
    levels = [("group", "name")] + [
        (name, f"name_{name.removeprefix('group_')}") for name in rows.columns if name.startswith("group_")
    ]
    layers = [
        np.array([UNLABELLED if group in mixed else name for group, name in rows.select(pair).iter_rows()], object)
        for pair in levels
    ]
    return DataMap(rows.select("x", "y").to_numpy().astype(np.float32), layers, rows["path"].to_list())
