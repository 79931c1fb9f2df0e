"""The tables and arrays of an atlas with fewer rows, in the folder of the work."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.files import read_array, write_array, write_table
from clioscope.atlas.segments import segments_of, whole_ids
from clioscope.atlas.vectors import ENCODED, NEAR, OWN, OWN_KEYS, PLAIN, TEXT_KEYS, TEXTS, WEIGHTS, WHOLE, read_means
from clioscope.errors import AtlasError
from clioscope.pipeline.updating.fits import FIT, FIT_ROWS
from clioscope.pipeline.updating.rows import read
from clioscope.privacy.record import ROWS as RECORD

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas
    from clioscope.facets.facet import Facet

_ROWED = (PLAIN, TEXTS, TEXT_KEYS, ENCODED, WHOLE, "chances", "said")  # arrays of one row per conversation
_ANCHORS, _COEFFICIENTS = "map_anchors", "map_coefficients"
_SAME = 0.999  # cosine of a vector that the map keeps with the one that it was made of


def drop_rows(atlas: Atlas, folder: Path, occurrences: pl.DataFrame, gone: Collection[str]) -> None:
    """Write the tables and arrays of the atlas without the rows of ``gone`` to ``folder``; ``occurrences`` stay.

    Raises AtlasError if nothing would be left.
    """
    import polars as pl

    ids = read(atlas.path, "facets")["conversation"]
    there = ~ids.is_in(list(gone))
    keep = there.arg_true().to_numpy()
    if not len(keep):
        raise AtlasError(f"{atlas.path}: nothing would be left; remove the folder of the atlas.")
    whole = whole_ids(pl.DataFrame({"conversation": list(gone)}), segments_of(atlas)).to_list()
    for path in atlas.path.glob("*.parquet"):
        if not (folder / path.name).exists() or path.stem in ("occurrences", "conversations"):
            continue
        table = pl.read_parquet(path, glob=False)
        column = "segment" if path.stem == "segments" else "conversation"
        if column in table.columns and table.schema[column] == pl.String:
            table = table.filter(~pl.col(column).is_in(whole if path.stem == RECORD else list(gone)))
        if path.stem == "asked":
            table = _representatives(read(atlas.path, "asked"), keep)
        write_table(folder / path.name, table)
    write_table(folder / "occurrences.parquet", occurrences)
    write_table(folder / "conversations.parquet", _counted(read(atlas.path, "conversations"), occurrences))
    for name in _ROWED:
        if (atlas.path / f"{name}.npy").exists():
            write_array(folder / f"{name}.npy", read_array(atlas.path, name)[keep])
    for name in (OWN, OWN_KEYS):  # vectors of single answers, which a later build makes again
        (folder / f"{name}.npy").unlink(missing_ok=True)
    _forget_anchors(atlas.path, folder, np.flatnonzero(~there.to_numpy()))
    _write_neighbours(atlas, folder, keep, len(ids))
    _write_fit(folder)


def _counted(conversations: pl.DataFrame, occurrences: pl.DataFrame) -> pl.DataFrame:
    """The table of conversations, with the counts and dates of the records that stay."""
    import polars as pl

    made: dict[str, Any] = {
        "count": pl.len(),
        "users": pl.col("user").drop_nulls().n_unique(),
        "first_at": pl.col("created_at").min(),
        "last_at": pl.col("created_at").max(),
    }
    made = {name: value for name, value in made.items() if name in conversations.columns}
    counts = occurrences.group_by("conversation").agg(value.alias(name) for name, value in made.items())
    kept = conversations.join(counts.select("conversation"), on="conversation", how="semi", maintain_order="left")
    told = kept.drop(made).join(counts, on="conversation", how="left", maintain_order="left")
    return told.select(conversations.columns).cast(conversations.schema)


def _representatives(asked: pl.DataFrame, keep: NDArray[np.int64]) -> pl.DataFrame:
    """The table of what was asked: of near copies, the first that stays stands for the others."""
    import polars as pl

    table = asked[keep]
    if "stands_for" not in table.columns:
        return table
    _, own, inside = np.unique(table["stands_for"].to_numpy(), return_index=True, return_inverse=True)
    stands = own[inside]
    weight = np.bincount(stands, minlength=len(keep))
    columns = {"stands_for": pl.Series(stands).cast(asked.schema["stands_for"])}
    if "weight" in table.columns:
        columns["weight"] = pl.Series(weight).cast(asked.schema["weight"])
    return table.with_columns(**columns)


def _write_neighbours(atlas: Atlas, folder: Path, keep: NDArray[np.int64], count: int) -> None:
    """Neighbours by their new rows, and weights without those that are gone."""
    from clioscope.vectors.smoothing import mixing

    if not (atlas.path / f"{NEAR}.npy").exists():
        return
    from clioscope.atlas.languages import languages_of

    place = np.full(count + 1, -1, np.int32)
    place[keep] = np.arange(len(keep))
    near = place[read_array(atlas.path, NEAR)[keep]]  # -1, for no neighbour, is the last place
    kinds = {facet["name"]: facet["type"] for facet in atlas.manifest["facets"]}
    plain = read_array(folder, PLAIN).astype(np.float32)
    centred = read_means(folder).centre(plain, languages_of(read(folder, "facets"), kinds))
    share = float(atlas.manifest["settings"]["embedding"].get("smooth", 0))
    write_array(folder / f"{NEAR}.npy", near)
    write_array(folder / f"{WEIGHTS}.npy", mixing(centred, near, centred, share))


def _write_fit(folder: Path) -> None:
    """How far the members of groups lie from one another, measured anew."""
    from clioscope.clustering.fit import calibrate

    clusters = read(folder, "clusters")
    if not (folder / f"{TEXTS}.npy").exists() or "none" not in clusters.columns:
        for name in (FIT, FIT_ROWS):
            (folder / f"{name}.npy").unlink(missing_ok=True)
        return
    rows, kept = calibrate(read_array(folder, TEXTS), clusters["none"].to_numpy())
    write_array(folder / f"{FIT_ROWS}.npy", rows)
    write_array(folder / f"{FIT}.npy", kept)


def _forget_anchors(old: Path, folder: Path, rows: NDArray[np.int64]) -> None:
    """Empty what the map from texts to facets keeps of single conversations that are gone."""
    paths = [folder / f"{name}.npy" for name in (_ANCHORS, _COEFFICIENTS)]
    if not all(path.exists() for path in paths) or not (old / f"{TEXTS}.npy").exists():
        return
    from clioscope.vectors.unit import unit_rows

    anchors, coefficients = (read_array(folder, name).copy() for name in (_ANCHORS, _COEFFICIENTS))
    if not len(anchors):
        return
    texts = unit_rows(read_array(old, TEXTS)[rows].astype(np.float32))
    same = (unit_rows(anchors.astype(np.float32)) @ texts.T > _SAME).any(axis=1)
    anchors[same], coefficients[same] = 0, 0
    for path, array in zip(paths, (anchors, coefficients), strict=True):
        write_array(path, array)


def fill_again(folder: Path, facets: list[Facet], encode: Any) -> None:
    """What is inferred of conversations that the model was not asked about, without the answers that are gone."""
    from clioscope.pipeline.updating.facet_rows import only_said
    from clioscope.prediction.copies import near_copies
    from clioscope.prediction.filling import fill

    table = read(folder, "facets")
    kinds = [facet for facet in facets if facet.asked and facet.name in table.columns]
    files = [*(f"{name}.parquet" for name in ("probabilities", "values")), "chances.npy", "said.npy", f"{TEXTS}.npy"]
    if not kinds or "asked" not in table.columns or not table["asked"].any():
        return
    if not all((folder / name).exists() for name in files):
        return
    texts = read_array(folder, TEXTS)
    made = fill(only_said(table, kinds), kinds, texts, near_copies(texts), encode)
    for name in ("facets", "probabilities", "values", "prediction"):
        write_table(folder / f"{name}.parquet", getattr(made, name))
    for name in ("chances", "said"):
        write_array(folder / f"{name}.npy", getattr(made, name))
