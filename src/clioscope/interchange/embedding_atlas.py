"""An atlas as a file that Embedding Atlas opens: places, texts, groups, facets and nearest neighbours."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas.flat import table
from clioscope.atlas.opening import opened
from clioscope.errors import AtlasError, ClioscopeError
from clioscope.files.replacing import saving
from clioscope.interchange.texts import texts_of
from clioscope.vectors.neighbours import knn

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas


def to_embedding_atlas(atlas: Atlas | str | Path, to: str | Path, *, neighbours: int = 15) -> Path:
    """Write a .parquet file with one row per conversation, or per segment (what ``clioscope.table`` has, ``text``, and
    ``neighbors``), and beside it, with the ending .labels.parquet, where the names of all groups belong (x, y, text,
    priority).

    ``embedding-atlas FILE --text text --x x --y y --neighbors neighbors --labels LABELS`` opens it without computing
    anything. The neighbours (``neighbours`` of each; 0 leaves them out) are those of the vectors that decided the
    groups; distances are 1 - cosine, in [0, 2]. The text is empty in an atlas that holds none. Only you may read the
    files.

    >>> from clioscope import interchange
    >>> interchange.to_embedding_atlas("atlas/", "points.parquet").name
    'points.parquet'

    Raises ClioscopeError for another suffix or if a file cannot be written; AtlasError for an atlas without a map, and
    for a published one.
    """
    atlas, to = opened(atlas), Path(to)
    if to.suffix != ".parquet":
        raise ClioscopeError(f"{to}: give a file that ends in .parquet.")
    rows = points(atlas, neighbours)
    for path, table_ in ((to, rows), (to.with_suffix(".labels.parquet"), labels(rows))):
        held = io.BytesIO()
        table_.write_parquet(held)
        with saving(path) as part:
            part.write_bytes(held.getvalue())
    return to


def labels(rows: pl.DataFrame) -> pl.DataFrame:
    """Where the name of each group belongs: x and y (medians of its rows), text, and priority (how many they are)."""
    import polars as pl

    names = [name for name in rows.columns if name == "name" or name.removeprefix("name_").isdigit()]
    groups = ["group" if name == "name" else f"group_{name.removeprefix('name_')}" for name in names]
    frames = [
        rows.group_by(pl.col(group).alias("group"), pl.col(name).alias("text")).agg(
            pl.col("x", "y").median(), priority=pl.len()
        )
        for group, name in zip(groups, names, strict=True)
    ]
    made = pl.concat(frames).unique("group").sort("priority", "group", descending=[True, False])
    return made.select("x", "y", "text", pl.col("priority").cast(pl.Int64))


def points(atlas: Atlas, neighbours: int) -> pl.DataFrame:
    """The rows of the file, in the order of the atlas's vectors."""
    import polars as pl

    rows = table(atlas)
    key = "segment" if "segment" in rows.columns else "conversation"
    if rows["x"].null_count() == rows.height:
        raise AtlasError(f"{atlas.path}: was built without a map, so there are no places.")
    shown = atlas.clusters[atlas.shown_rows].select(pl.col("conversation").alias(key))
    try:
        texts = texts_of(atlas).gather(atlas.shown_rows)
    except AtlasError:
        texts = pl.Series([""]).new_from_index(0, shown.height)
    first = rows.unique(key, keep="first", maintain_order=True)
    made = shown.join(first, on=key, how="left", maintain_order="left").with_columns(text=texts)
    if not neighbours:
        return made
    near = knn(atlas.vectors[atlas.shown_rows], neighbours)
    lists = [
        {"ids": ids[ids >= 0].tolist(), "distances": (1 - cosines[ids >= 0]).round(6).tolist()}
        for ids, cosines in zip(near.indices, near.similarities, strict=True)
    ]
    kind = pl.Struct({"ids": pl.List(pl.Int64), "distances": pl.List(pl.Float64)})
    return made.with_columns(neighbors=pl.Series(lists, dtype=kind))
