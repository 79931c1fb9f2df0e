"""The view of an atlas: everything that the page shows (docs/explorer.md describes the format)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.atlas import Atlas
from clioscope.atlas.segments import masses, segments_of, whole_ids
from clioscope.atlas.shown import total_count
from clioscope.atlas.views import read_views
from clioscope.explorer.columns import Column, facet_columns
from clioscope.explorer.container import pack, smallest_codes
from clioscope.explorer.groups import group_rows, set_hearts, sized_groups
from clioscope.explorer.knows import find
from clioscope.explorer.numbers import add_numbers
from clioscope.explorer.shares import add_probabilities, add_shares
from clioscope.explorer.sums import add_sums
from clioscope.explorer.tables import beside, first_records, page_rows
from clioscope.explorer.texts import add_records, add_texts, later_texts

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

VERSION = 1
MOST_TEXTS = 200_000  # conversations whose facet texts are sent along
_NO_DAY = 65_535
_PROMISED = ("epsilon", "delta", "conversations", "releases")  # of a release with a guarantee


def make_view(
    atlas: Atlas, *, title: str | None = None, texts: bool = False, embedded: bool = False, views: bool = False
) -> bytes:
    """Everything that the page shows of ``atlas``, packed (``container.py``): ``view_parts`` in one sequence of bytes.

    Facets that are sentences are included only with ``texts``, and only up to 200,000 conversations; saved views only
    with ``views``, without who saved them. ``embedded``: the page may tell a page around it which rows are chosen.
    Raises AtlasError if a table that every atlas has cannot be read.
    """
    few = not atlas.published and len(atlas.shown_rows) <= MOST_TEXTS
    header, arrays = view_parts(atlas, title=title, texts=texts and few)
    if views:
        header["views"] = [{**view._asdict(), "author": ""} for view in read_views(atlas.path)]
    return pack(header | ({"embedded": True} if embedded else {}), arrays)


def view_parts(
    atlas: Atlas,
    *,
    title: str | None = None,
    texts: bool = False,
    ends: bool = False,
    records: bool = False,
    later: bool = False,
    counts_only: bool = False,
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Everything that the page shows of ``atlas``: a header, and arrays by name.

    A full atlas gives one row per distinct conversation that is not hidden (or per segment of one, with a number for
    the whole one and the part of it that the segment is): its base group, its place on the map, its
    closed facets, its metadata, the day it began and a number for its user, but no id and no text. Facets that are
    sentences are included only with ``texts``; with ``ends`` also where each of them ends, so that a few can be read
    without the others; with ``records`` also the ids of the records that each conversation occurs in. With ``later``,
    of more than 200,000 rows these arrays are named and not made (``texts.later_arrays``). A published atlas
    gives its groups and counts. With ``counts_only``, only what counts are told by is given.

    ``knows`` are the three things to know (``knows.find``).

    Raises AtlasError if a table that every atlas has cannot be read.
    """
    header: dict[str, Any] = {
        "format": "clioscope-view",
        "version": VERSION,
        "title": title or atlas.path.resolve().name,
        "clioscope": atlas.manifest["clioscope"],
        "finished": atlas.manifest.get("finished"),
        "published": atlas.published,
        "models": atlas.manifest["models"],
        "counts": {name: value for name, value in atlas.manifest["counts"].items() if isinstance(value, int)},
    }
    parts = Parts(texts, ends, records, later, counts_only)
    made = _published(atlas) if atlas.published else _full(atlas, parts)
    header |= made[0]
    header["knows"] = find(header, made[1], noisy="guarantee" in atlas.manifest)
    return header, made[1]


class Parts(NamedTuple):
    """What of a full atlas is wanted; see ``view_parts``."""

    texts: bool
    ends: bool
    records: bool
    later: bool
    counts_only: bool


def _full(atlas: Atlas, parts: Parts) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    import numpy as np
    import polars as pl

    rows = page_rows(atlas)
    segments = segments_of(atlas)
    groups = sized_groups(atlas) if parts.counts_only else group_rows(atlas)
    place = {row["id"]: index for index, row in enumerate(groups)}
    base = rows["group"].replace_strict(place, return_dtype=pl.UInt32).to_numpy()
    arrays: dict[str, NDArray[Any]] = {"group": smallest_codes(base, len(groups))}
    weights = rows["count"].to_numpy()
    if (weights != 1).any():
        arrays["count"] = smallest_codes(weights, int(weights.max()))
    if segments is not None:
        arrays["whole"] = whole_ids(rows, segments).rank("dense").to_numpy().astype(np.uint32) - 1
        arrays["part"] = masses(rows.with_columns(count=pl.lit(1)), segments).to_numpy().astype(np.float32)
    has_map = not parts.counts_only and _add_places(atlas, rows, groups, base, arrays)
    columns = _add_columns(list(facet_columns(atlas, rows)), arrays)
    add_shares(atlas, columns, list(place), arrays)
    if not parts.counts_only:
        add_probabilities(atlas, columns, rows, arrays)
        add_numbers(atlas, columns, rows, arrays)
    header = {
        "rows": rows.height,
        "total": int(weights.sum()) if segments is None else total_count(atlas),
        "segments": None if segments is None else rows.height,
        "groups": groups,
        "map": has_map,
        "columns": columns,
        "days": _add_days(rows["first_at"], arrays),
        "users": _add_users(atlas, rows, arrays),
        **_texts(atlas, rows, arrays, parts),
    }
    if not parts.counts_only:
        _add_confidence(groups, rows, base)
        add_sums(header, arrays)
    return header, arrays


def _texts(atlas: Atlas, rows: pl.DataFrame, arrays: dict[str, NDArray[Any]], parts: Parts) -> dict[str, Any]:
    if parts.later and rows.height > MOST_TEXTS:
        return later_texts(atlas)
    texts = add_texts(atlas, rows, arrays, ends=parts.ends) if parts.texts else []
    return {"texts": texts, **({"records": add_records(atlas, rows, arrays)} if parts.records else {})}


def _published(atlas: Atlas) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    import numpy as np
    import polars as pl

    from clioscope.atlas.people import counted_as
    from clioscope.explorer.columns import LENGTH_ORDER, coded, in_words
    from clioscope.explorer.places import fit

    groups = group_rows(atlas)
    place = {row["id"]: index for index, row in enumerate(groups)}
    has_map = {"x", "y"} <= set(atlas.tree.columns) and atlas.tree["x"].null_count() == 0
    if has_map:
        spots = fit(atlas.tree["x"].to_numpy(), atlas.tree["y"].to_numpy())
        for row, x, y in zip(groups, *spots, strict=True):
            row |= {"x": round(float(x), 4), "y": round(float(y), 4), "spread": 0.0}
    arrays: dict[str, NDArray[Any]] = {}
    columns: list[dict[str, Any]] = []
    promised = atlas.manifest.get("guarantee")
    released = promised is not None
    facets = {facet["name"]: facet for facet in atlas.manifest["facets"]}
    for (name,), rows in atlas.facet_counts.group_by("facet", maintain_order=True):
        facet = facets.get(str(name), {"type": "category", "categories": []})
        text = in_words(facet["categories"], rows["value"])
        order = LENGTH_ORDER if name == "length" else facet["categories"] or None
        ordinal = name == "length" or facet["type"] == "score"
        if order is None:  # the most frequent value in the whole atlas first
            told = rows.drop_nulls("value").group_by("value").agg(pl.col("count").sum())
            whole = told.sort("count", "value", descending=[True, False])
            order = whole["value"].to_list()
        column = coded(str(name), "ordinal" if ordinal else "nominal", facet["type"], text, order=order)
        column = _with_withheld(column, text, released)
        width = len(column.values)
        table = np.zeros((len(groups), width), np.uint32)
        table[[place[group] for group in rows["group"]], column.codes] = rows["count"].to_numpy()
        if released:  # noisy counts have no row of what is withheld or other
            sizes = np.array([row["count"] for row in groups], np.int64)
            table[:, -1] = np.maximum(0, sizes - table[:, :-1].sum(axis=1, dtype=np.int64))
        arrays[f"facet{len(columns)}"] = table.ravel()
        columns.append(column.header(f"facet{len(columns)}"))
    add_shares(atlas, columns, list(place), arrays)
    header = {
        "rows": 0,
        "total": total_count(atlas),
        "segments": None,
        "longest": bool(atlas.manifest.get("main_segments")),
        "groups": groups,
        "map": has_map,
        "columns": columns,
        "days": None,
        "users": False,
        "texts": [],
        "smallest": atlas.manifest["settings"]["privacy"]["min_conversations"],
        "withheld": int(atlas.manifest["counts"].get("withheld_conversations", 0)),
        "counted": counted_as(atlas.manifest),
        **({"guarantee": {name: promised[name] for name in _PROMISED}} if promised else {}),
    }
    return header, arrays


def _with_withheld(column: Column, text: pl.Series, always: bool) -> Column:
    """The column with what is withheld, unknown or other (null) as its last value, None, if there is such or
    ``always``."""
    import numpy as np

    nulls = text.is_null().to_numpy()
    if not nulls.any() and not always:
        return column
    values = column.values if column.values[-1:] == [None] else [*column.values, None]
    return column._replace(values=values, codes=np.where(nulls, len(values) - 1, column.codes))


def _add_places(
    atlas: Atlas,
    rows: pl.DataFrame,
    groups: list[dict[str, Any]],
    base: NDArray[np.integer[Any]],
    arrays: dict[str, NDArray[Any]],
) -> bool:
    from clioscope.explorer.places import fit

    if not (atlas.path / "layout.parquet").exists():
        return False
    spots = beside(rows, atlas.layout)
    places = fit(spots["x"].to_numpy(), spots["y"].to_numpy())
    arrays["x"], arrays["y"] = places.steps()
    set_hearts(groups, base, places)
    return True


def _add_columns(columns: list[Column], arrays: dict[str, NDArray[Any]]) -> list[dict[str, Any]]:
    headers: list[dict[str, Any]] = []
    for column in columns:
        if not column.values:
            continue
        name = f"facet{len(headers)}"
        arrays[name] = smallest_codes(column.codes, len(column.values))
        headers.append(column.header(name))
    return headers


def _add_days(first_at: pl.Series, arrays: dict[str, NDArray[Any]]) -> dict[str, Any] | None:
    """Days since the first day; 65,535 means unknown. None without any date, or for more than 65,534 days."""
    import numpy as np
    import polars as pl

    if first_at.null_count() == len(first_at):
        return None
    dates = first_at.dt.date()
    start = dates.min()
    days = (dates.cast(pl.Int32) - dates.cast(pl.Int32).min()).fill_null(_NO_DAY)
    last = int(days.filter(days != _NO_DAY).max() or 0)  # type: ignore[arg-type]
    if last >= _NO_DAY:
        return None
    arrays["day"] = days.to_numpy().astype(np.uint16)
    return {"start": str(start), "last": last}


def _add_users(atlas: Atlas, rows: pl.DataFrame, arrays: dict[str, NDArray[Any]]) -> bool:
    """A number, from 1, for the user of the first record with one; 0 means unknown. Neither the id nor a hash of it."""
    import numpy as np

    if atlas.occurrences["user"].null_count() == atlas.occurrences.height:
        return False
    users = first_records(atlas, rows, ("user",), known="user").select("user")
    known = users.drop_nulls().unique(maintain_order=True)
    shuffled = np.random.default_rng(0).permutation(known.height).astype(np.uint32) + 1
    numbers = users.join(known.with_columns(number=shuffled), on="user", how="left", maintain_order="left")["number"]
    arrays["user"] = numbers.fill_null(0).to_numpy()
    return True


def _add_confidence(groups: list[dict[str, Any]], rows: pl.DataFrame, base: NDArray[np.integer[Any]]) -> None:
    """The mean margin of the conversations in each group (clusters.margin), as a figure of its quality."""
    import numpy as np

    sums = np.bincount(base, rows["margin"].to_numpy().astype(np.float64), len(groups))
    sizes = np.bincount(base, minlength=len(groups))
    for index in sorted(range(len(groups)), key=lambda index: groups[index]["level"]):  # children before their parents
        parent = groups[index]["parent"]
        if parent is not None:
            sums[parent] += sums[index]
            sizes[parent] += sizes[index]
    for group, total, size in zip(groups, sums.tolist(), sizes.tolist(), strict=True):
        if size:
            group["quality"]["margin"] = round(total / size, 4)
