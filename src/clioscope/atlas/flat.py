"""One flat table of an atlas: who wrote what when, which groups hold it, what is known of it, and where it lies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas.opening import opened
from clioscope.atlas.shown import shown_tree
from clioscope.errors import AtlasError

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas

BETWEEN = " › "  # names of a path
_OWN = ("record", "user", "date", "conversation")


def table(atlas: Atlas | str | Path) -> pl.DataFrame:
    """One row per input record, in the order of the atlas's records.

    Columns:

    - ``record`` (the id in the input), ``user`` (a number, null for an unknown one), ``date`` (UTC, null for an unknown
      one), ``conversation``; in an atlas of segments also ``segment`` and ``part`` (from 1), with a row per segment;
    - ``group`` and ``name``: the base group and its name; ``path``: the names from the top to the base, in one text;
      ``group_1``, ``name_1`` and so on: the group at each higher level of the tree. Where a level has none, since a
      group of one child is left out, it is the group below;
    - the fields of metadata that were kept (``meta_…``), and one column per facet (``facet_…`` where another column has
      its name), and ``asked``: whether the model was asked about the conversation, or its values are inferred;
    - ``x`` and ``y``, the place on the map (null without a map).

    Names that are withheld are masked. Records of groups that the analyst has hidden, and those that the screener left
    out, have no row. Transcripts are not in it (``atlas.transcripts``).

    >>> import clioscope
    >>> rows = clioscope.table("atlas/")
    >>> rows.columns[:4]
    ['record', 'user', 'date', 'conversation']

    Raises AtlasError for a published atlas, which holds no conversations.
    """
    import polars as pl

    atlas = opened(atlas)
    if atlas.published:
        raise AtlasError(
            f"{atlas.path}: a published atlas holds no conversations; its groups are in atlas.tree, and their counts "
            f"in atlas.facet_counts."
        )
    places = atlas.clusters[atlas.shown_rows].select("conversation", "group").join(
        _groups(atlas), on="group", how="left", maintain_order="left"
    )  # fmt: skip
    records = atlas.occurrences.rename({"created_at": "date"})
    frame = _records(atlas, records).join(places, on="conversation", how="inner", maintain_order="left")
    facets = atlas.facets
    taken = {*frame.columns, "x", "y"} - {"conversation"}
    facets = facets.rename({name: f"facet_{name}" for name in facets.columns if name in taken})
    frame = frame.join(facets, on="conversation", how="left", maintain_order="left")
    if (atlas.path / "layout.parquet").exists():
        frame = frame.join(atlas.layout, on="conversation", how="left", maintain_order="left")
    else:
        frame = frame.with_columns(x=pl.lit(None, pl.Float32), y=pl.lit(None, pl.Float32))
    if "whole" in frame.columns:
        frame = frame.with_columns(segment="conversation", conversation="whole").drop("whole")
    meta = [name for name in frame.columns if name.startswith("meta_")]
    first = [name for name in (*_OWN, "segment", "part") if name in frame.columns]
    rest = [name for name in frame.columns if name not in {*first, *meta}]
    split = rest.index("path") + 1
    return frame.select(*first, *rest[:split], *meta, *rest[split:])


def _records(atlas: Atlas, records: pl.DataFrame) -> pl.DataFrame:
    """The records, in an atlas of segments one row per segment with its whole conversation (``whole``)."""
    if not (atlas.path / "segments.parquet").exists():
        return records
    parts = atlas.segments.select("segment", "part", whole="conversation")
    if records["conversation"].is_in(parts["segment"].implode()).all():  # a row per record and segment already
        return records.join(parts.rename({"segment": "conversation"}), on="conversation", how="left")
    joined = records.rename({"conversation": "whole"}).join(parts, on="whole", how="inner", maintain_order="left")
    return joined.rename({"segment": "conversation"})


def _groups(atlas: Atlas) -> pl.DataFrame:
    """One row per base group: group, name, then group_k and name_k for each level k above, and path."""
    import polars as pl

    tree = shown_tree(atlas)
    names = dict(tree.select("group", "name").iter_rows())
    levels: dict[str, int] = dict(tree.select("group", "level").iter_rows())
    parents: dict[str, str | None] = dict(tree.select("group", "parent").iter_rows())
    top = max(levels.values(), default=0)
    rows = [_row(group, names, levels, parents, top) for group in names if levels[group] == 0]
    above = [f"{what}_{level}" for level in range(1, top + 1) for what in ("group", "name")]
    return pl.DataFrame(rows, schema=dict.fromkeys(["group", "name", *above, "path"], pl.String))


def _row(
    group: str, names: Mapping[str, str], levels: Mapping[str, int], parents: Mapping[str, str | None], top: int
) -> dict[str, str]:
    line = [group]
    while (parent := parents[line[-1]]) is not None and parent in names:
        line.append(parent)
    row = {"group": group, "name": names[group], "path": BETWEEN.join(names[one] for one in reversed(line))}
    for level in range(1, top + 1):
        held = next(one for one in reversed(line) if levels[one] <= level)
        row |= {f"group_{level}": held, f"name_{level}": names[held]}
    return row
