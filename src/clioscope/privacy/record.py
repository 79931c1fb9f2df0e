"""What was published of an atlas, kept in the atlas itself, so that later copies agree with it.

The record says which conversations each number of earlier copies counted. It holds no text and no user, and it is part
of no copy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clioscope.atlas.files import write_table
from clioscope.errors import AtlasError
from clioscope.privacy.cells import Cells
from clioscope.privacy.places import NEW
from clioscope.privacy.plan import Earlier, Lost, Plan

if TYPE_CHECKING:
    import polars as pl

    from clioscope.privacy.crowd import Crowd

ROWS, CELLS = "published_rows", "published_cells"  # tables of the atlas
_NONE = Lost(0, 0)


def read_record(folder: Path, conversations: Sequence[str], segments: pl.DataFrame | None = None) -> Earlier:
    """What earlier copies showed, for rows with these ids (of whole conversations, also in an atlas of ``segments``).

    Raises AtlasError where the record cannot be read, and where an earlier version counted segments in it.
    """
    import polars as pl

    if not (folder / f"{ROWS}.parquet").exists():
        return Earlier.nothing(len(conversations))
    try:
        rows, cells = (pl.read_parquet(folder / f"{name}.parquet", glob=False) for name in (ROWS, CELLS))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise AtlasError(f"{folder}: the record of what was published cannot be read ({error}).") from error
    parts = () if segments is None else segments.filter(pl.col("parts") > 1)["segment"].implode()
    if rows["conversation"].is_in(parts).any():
        raise AtlasError(
            f"{folder}: its earlier copies counted a conversation in the group of each of its segments, and a new one "
            "counts it once; publish with --anew if nobody has an earlier copy."
        )
    table = pl.DataFrame({"conversation": conversations}, schema={"conversation": pl.String})
    here = table.join(rows, on="conversation", how="left", maintain_order="left")
    born = here["born"].fill_null(NEW).to_numpy()
    sizes: dict[int, Lost] = {}
    if "different" not in cells.columns:  # of an earlier version
        sizes, cells = _sizes(rows), cells.with_columns(different="count")
    shown: dict[str, Cells] = {}
    gone: dict[str, set[tuple[str, str, int]]] = {}
    columns = ("facet", "group", "value", "born", "count", "different")
    for facet, group, value, first, count, different in cells.select(columns).iter_rows():
        if facet is None:
            sizes[int(value)] = Lost(count, different)
            continue
        if (group, value) not in shown.setdefault(facet, {}):
            told = here[_groups(facet)].list.contains(group) & (here[_value(facet)] == value)
            shown[facet][group, value] = np.flatnonzero(told.fill_null(False).to_numpy())
        if int((born[shown[facet][group, value]] == first).sum()) != count:
            gone.setdefault(facet, set()).add((group, value, first))
    if any(one not in sizes or sizes[one].different < held.different for one, held in _sizes(rows).items()):
        raise AtlasError(
            f"{folder}: the two tables of the record of what was published ({ROWS}, {CELLS}) do not belong together; "
            "put them back from a copy of the atlas, or publish with --anew if nobody has an earlier copy."
        )
    left = _sizes(here.drop_nulls("seen"))
    lost = {one: _less(size, left.get(one, _NONE)) for one, size in sizes.items()}
    copies = max(int(one["born"].max() or 0) for one in (rows, cells)) + 1  # type: ignore[arg-type]
    seen, times = (here[name].fill_null(other).to_numpy() for name, other in (("seen", NEW), ("count", 0)))
    return Earlier(seen, born, times, shown, gone, lost, copies)


def write_record(folder: Path, conversations: Sequence[str], plan: Plan, earlier: Earlier, crowd: Crowd) -> None:
    """Keep what a copy shows, and what earlier ones showed. Raises OSError; then the record is as it was.

    ``crowd``: as counted in the copy (``Crowd.as_counted``). The record of a cell says how many rows it held when it
    was first shown, and stays when all of them are gone, since the number of a copy is never given again.
    """
    import polars as pl

    columns: dict[str, Any] = {
        "conversation": list(conversations),
        "seen": plan.seen,
        "born": plan.born,
        "count": crowd.times,
    }
    types: dict[str, Any] = {"conversation": pl.String}
    types |= dict.fromkeys(("seen", "born", "count"), pl.Int64)
    for name in {**earlier.cells, **plan.cells}:
        told = _by_row([earlier.cells.get(name, {}), plan.cells.get(name, {})], len(conversations))
        columns |= {_groups(name): told["groups"], _value(name): told["value"]}
        types |= {_groups(name): pl.List(pl.String), _value(name): pl.String}
    table = pl.DataFrame(columns, schema=types).filter(pl.col("seen") != NEW)
    here = _sizes(table)
    counts: list[tuple[str | None, str | None, str, int | None, int, int | None]] = [
        (None, None, str(one), None, *_more(here.get(one, _NONE), plan.lost.get(one, _NONE)))
        for one in sorted({**here, **plan.lost})
    ]
    before = _cells_before(folder) if earlier.copies else {}
    table = _with_absent(folder, table, conversations, plan.absent)
    for name in {**earlier.cells, **plan.cells}:
        told = table.select("born", group=_groups(name), value=_value(name)).explode("group").drop_nulls()
        for born, group, value, count in told.group_by("born", "group", "value").len().sort(pl.all()).iter_rows():
            counts.append((name, group, value, born, before.pop((name, group, value, born), count), None))
    counts += [(*cell, count, None) for cell, count in before.items()]
    schema: dict[str, Any] = {"facet": pl.String, "group": pl.String, "value": pl.String}
    schema |= dict.fromkeys(("born", "count", "different"), pl.Int64)
    tables = {ROWS: table, CELLS: pl.DataFrame(counts, schema=schema, orient="row")}
    try:
        for name, one in tables.items():
            write_table(folder / f"{name}.part", one)
        for name in tables:
            (folder / f"{name}.part").replace(folder / f"{name}.parquet")
    finally:
        for name in tables:
            (folder / f"{name}.part").unlink(missing_ok=True)


def _sizes(rows: pl.DataFrame) -> dict[int, Lost]:
    """What each class (``seen``) holds: how often its conversations occur, and how many they are."""
    import polars as pl

    held = rows.group_by("seen").agg(pl.col("count").sum(), pl.len().cast(pl.Int64))
    return {one: Lost(count, different) for one, count, different in held.iter_rows()}


def _less(all_: Lost, there: Lost) -> Lost:
    return Lost(all_.times - there.times, all_.different - there.different)


def _more(here: Lost, gone: Lost) -> Lost:
    return Lost(here.times + gone.times, here.different + gone.different)


def _cells_before(folder: Path) -> dict[tuple[Any, ...], int]:
    """How many rows the cells (facet, group, value, born) of earlier copies held when they were first shown."""
    import polars as pl

    if not (folder / f"{CELLS}.parquet").exists():
        return {}
    cells = pl.read_parquet(folder / f"{CELLS}.parquet", glob=False).drop_nulls("facet")
    return {tuple(cell): count for *cell, count in cells.select("facet", "group", "value", "born", "count").iter_rows()}


def _by_row(shown: Sequence[Cells], count: int) -> pl.DataFrame:
    """The groups (sorted) in whose cells each of ``count`` rows was shown, and the value; the last ones' value."""
    import polars as pl

    cells = [(group, value, rows) for own in shown for (group, value), rows in own.items()]
    sizes = [len(rows) for _, _, rows in cells]
    place = np.repeat(np.arange(len(cells), dtype=np.uint32), sizes)
    rows = np.concatenate([np.zeros(0, np.int64), *(rows for _, _, rows in cells)])
    texts = {
        name: pl.Series([cell[at] for cell in cells], dtype=pl.String) for at, name in enumerate(("group", "value"))
    }
    long = pl.DataFrame({"row": rows, **{name: text.gather(place) for name, text in texts.items()}})
    found = long.group_by("row", maintain_order=True).agg(
        groups=pl.col("group").unique().sort(), value=pl.col("value").last()
    )
    every = pl.DataFrame({"row": np.arange(count, dtype=np.int64)})
    return every.join(found, on="row", how="left", maintain_order="left").with_columns(
        pl.col("groups").fill_null(pl.lit([], dtype=pl.List(pl.String)))
    )


def _with_absent(
    folder: Path, table: pl.DataFrame, conversations: Sequence[str], classes: Mapping[int, int]
) -> pl.DataFrame:
    """The rows of a record with those of the earlier one that the atlas does not hold now; ``classes``: by the earlier
    class of these."""
    import polars as pl

    path = folder / f"{ROWS}.parquet"
    if not path.exists():
        return table
    there = pl.Series(list(conversations), dtype=pl.String).implode()
    absent = pl.read_parquet(path, glob=False).drop("whole", strict=False).filter(~pl.col("conversation").is_in(there))
    absent = absent.with_columns(pl.col("seen").replace_strict(classes, return_dtype=pl.Int64))
    return pl.concat([table, absent], how="diagonal")


def forget_record(folder: Path) -> None:
    """Forget what was published. Raises OSError."""
    for name in (ROWS, CELLS):
        (folder / f"{name}.parquet").unlink(missing_ok=True)


def _groups(facet: str) -> str:
    return f"groups of {facet}"


def _value(facet: str) -> str:
    return f"value of {facet}"
