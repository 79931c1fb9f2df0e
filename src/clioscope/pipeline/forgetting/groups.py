"""The groups of an atlas that has fewer conversations: those that lean on what is gone get other names."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import Atlas
from clioscope.atlas.files import write_array, write_json, write_table
from clioscope.edits.draft import Draft
from clioscope.edits.log import Log
from clioscope.edits.material import Material
from clioscope.edits.replay import Replayed, compose
from clioscope.edits.tables import grouping
from clioscope.files.folders import MANIFEST
from clioscope.hierarchy.tree import Level, levels_from, levels_table
from clioscope.naming import labels_from, labels_table
from clioscope.naming.candidates import Label
from clioscope.pipeline.updating.growth import Tree, upper_ids
from clioscope.pipeline.updating.rows import read

if TYPE_CHECKING:
    import polars as pl

    from clioscope.models.asker import Asker


class Renamed(NamedTuple):
    """``labels``: the new labels, by group; ``counts`` of the manifest; ``base_groups`` in the order of their labels;
    ``lost``: names and descriptions that are no more."""

    labels: dict[str, Label]
    counts: dict[str, Any]
    base_groups: list[str]
    lost: frozenset[str]


def write_groups(folder: Path, leaning: Collection[str], ask: Asker | None) -> Renamed:
    """Write clusters, tree, names, audit and levels of the atlas in ``folder``, whose rows are fewer than its groups
    say. The groups in ``leaning`` are named anew: by the model with ``ask``, else by what sets them apart."""
    atlas = Atlas(folder, edits=False)
    material = Material(atlas)
    draft = Draft(atlas, {})
    before, base = atlas.tree, list(atlas.manifest["base_groups"])
    draft.tidy(draft.fan_outs())
    for group in leaning:
        if group in draft.nodes and draft.nodes[group].row.get("code") is None:
            draft.nodes[group].renewed = True
    made = compose(material, Log([], []), Replayed(draft, [], [], None), ask)
    tree = made.tables["tree"].select(before.columns)
    audit = made.tables["audit"]
    renamed = {
        group: label for group, label in made.labelled.labels.items() if draft.nodes[group].renewed or group in leaning
    }
    lost = _texts_of(before, renamed, read(folder, "audit"))
    write_table(folder / "audit.parquet", _plain_raw(audit, tree, leaning))
    write_table(folder / "tree.parquet", tree)
    held = grouping(draft)
    _write_clusters(folder, atlas, held.base_groups, held.labels)
    _write_names(folder, before, base, held.base_groups, renamed)
    _write_unaudited(folder, tree, read(folder, "audit"))
    return Renamed(renamed, made.record["counts"], held.base_groups, lost)


def _texts_of(tree: pl.DataFrame, renamed: Collection[str], audit: pl.DataFrame) -> frozenset[str]:
    """What the renamed groups were called, and what the auditor had changed of that."""
    import polars as pl

    rows = tree.filter(pl.col("group").is_in(list(renamed))).join(audit, on="group", how="left", suffix="_audit")
    names = ("name", "description", "raw_name", "raw_description")
    return frozenset(text for row in rows.select(names).iter_rows() for text in row if text)


def _plain_raw(audit: pl.DataFrame, tree: pl.DataFrame, leaning: Collection[str]) -> pl.DataFrame:
    """The table of the audit; of a group that leaned, what was proposed at first is gone."""
    import polars as pl

    own = tree.select("group", "name", "description")
    anew = pl.col("group").is_in(list(leaning))
    return (
        audit.join(own, on="group", how="inner", maintain_order="left")
        .with_columns(
            raw_name=pl.when(anew).then("name").otherwise("raw_name"),
            raw_description=pl.when(anew).then("description").otherwise("raw_description"),
        )
        .select(audit.columns)
    )


def _write_clusters(folder: Path, atlas: Atlas, base: list[str], labels: NDArray[np.int32]) -> None:
    """The table of clusters by the groups that are left, and their centroids."""
    import polars as pl

    from clioscope.vectors.centroids import centroids_of

    table = atlas.clusters.with_columns(label=pl.Series(labels).cast(atlas.clusters.schema["label"]))
    centroids = centroids_of(atlas.vectors, labels, len(base))
    if "none" in table.columns:  # what fits nothing has no centre
        centroids[np.unique(labels[table["none"].to_numpy()])] = 0
    write_table(folder / "clusters.parquet", table)
    write_array(folder / "centroids.npy", centroids)


def _write_names(
    folder: Path, before: pl.DataFrame, old: list[str], base: list[str], renamed: dict[str, Label]
) -> None:
    """The tables ``names`` and ``levels``: groups without conversations are gone, and others have their new labels."""
    place = {group: number for number, group in enumerate(old)}
    kept = np.array([place[group] for group in base], np.int64)
    if (folder / "names.parquet").exists():
        names = labels_from(read(folder, "names"))
        labels = [renamed.get(group, names[place[group]]) for group in base]
        write_table(folder / "names.parquet", labels_table(labels))
    if not (folder / "levels.parquet").exists():
        return
    levels, named = levels_from(read(folder, "levels"))
    ids = upper_ids(Tree(levels, named, old, before))
    found = [[renamed.get(group, named[0][place[group]]) for group in base]]
    fewer: list[Level] = []
    for number, level in enumerate(levels, start=1):
        above = level.parent_of[kept]
        kept, parents = np.unique(above, return_inverse=True)
        own = [named[number][index] for index in kept.tolist()]
        for index, one in enumerate(kept.tolist()):
            children = np.flatnonzero(parents == index)
            group = ids.get((number, one))
            if group in renamed:
                own[index] = renamed[group]
            elif group is None and len(children) == 1:  # it stands for its child, and is called like it
                own[index] = found[-1][int(children[0])]._replace(code=own[index].code)
        fewer.append(Level(parents.astype(np.int32)))
        found.append(own)
    write_table(folder / "levels.parquet", levels_table(fewer, found))


def _write_unaudited(folder: Path, tree: pl.DataFrame, audit: pl.DataFrame) -> None:
    """The tree as the auditor found it."""
    import polars as pl

    if not (folder / "unaudited.parquet").exists():
        return
    old = read(folder, "unaudited")
    raw = audit.select("group", "raw_name", "raw_description")
    made = tree.join(raw, on="group", how="left", maintain_order="left").with_columns(
        name=pl.coalesce("raw_name", "name"), description=pl.coalesce("raw_description", "description")
    )
    write_table(folder / "unaudited.parquet", made.select(name for name in old.columns if name in made.columns))


def write_shares(folder: Path) -> None:
    """The tables ``shares`` and ``predicted_groups`` of all groups, as the build makes them."""
    from clioscope.prediction.share_table import Known, predicted_groups, share_table

    if not (folder / "shares.parquet").exists():
        return
    atlas = Atlas(folder, edits=False)
    facets = Material(atlas).facets
    tables = [read(folder, name) for name in ("facets", "probabilities", "values")]
    known = Known(tables[0], tables[1], tables[2], atlas.array("chances"), atlas.array("said"))
    labels, base = atlas.clusters["label"].to_numpy(), atlas.manifest["base_groups"]
    parents: dict[str, str | None] = dict(atlas.tree.select("group", "parent").iter_rows())
    inside: dict[str, list[int]] = {group: [] for group in parents}
    for number, group in enumerate(base):
        above: str | None = group
        while above is not None:
            inside[above].append(number)
            above = parents[above]
    groups = {group: numbers for group, numbers in inside.items() if numbers}
    rows = atlas.clusters.join(atlas.conversations, on="conversation", how="left", maintain_order="left")
    write_table(folder / "shares.parquet", share_table(known, facets, labels, groups, rows["count"].to_numpy()))
    told = read(folder, "prediction")["facet"].unique().to_list()
    write_table(folder / "predicted_groups.parquet", predicted_groups(known, labels, groups, told))


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest of the atlas in ``folder``."""
    write_json(folder / MANIFEST, manifest)
