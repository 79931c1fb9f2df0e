"""The groups of an updated atlas, and their tables: clusters, tree, names, audit, shares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.files import read_manifest
from clioscope.hierarchy.given import with_empty
from clioscope.hierarchy.tree import group_ids, levels_from, levels_table, memberships, tree_table
from clioscope.lineage.matching import MOVED
from clioscope.naming import labels_from, labels_table
from clioscope.naming.candidates import Label
from clioscope.naming.mixed import none_label
from clioscope.pipeline.updating.growth import grown
from clioscope.pipeline.updating.naming import Known, named_anew, told_of
from clioscope.pipeline.updating.rows import Rows, read
from clioscope.pipeline.updating.structure import LEAST, Joint, Reordered, Structure, restructured
from clioscope.pipeline.updating.verdicts import flagged, raw_labels, write_audited
from clioscope.vectors.centroids import nearest_centroid

if TYPE_CHECKING:
    import polars as pl

    from clioscope.pipeline.run import Run
    from clioscope.pipeline.updating.arrivals import Arrivals

_NONE_MARGIN = 2.0  # taken off the margin of what fits nothing, as a build does


class Changed(NamedTuple):
    """``labels`` (n,) of all rows in their order, ``ids`` (k) and ``found``, the labels of groups that were made or
    changed (None for the others); ``structure``; ``unfitting``: how many of the new conversations fit no group."""

    labels: NDArray[np.int32]
    ids: list[str]
    found: list[Label | None]
    structure: Structure
    unfitting: int


def changed_groups(
    old: Path,
    run: Run,
    rows: Rows,
    joint: Joint,
    arrivals: Arrivals,
    labels: NDArray[np.int32],
    fits: NDArray[np.bool_],
    margins: NDArray[np.float32],
) -> Changed:
    """Write clusters and centroids with the new conversations, and name the groups that changed.

    ``labels`` and ``fits`` (m + n,) are those of the rows of the atlas, followed by the new ones; ``margins`` (n,)
    those of the new ones.
    """
    manifest, tree = read_manifest(old), read(old, "tree")
    base: list[str] = manifest["base_groups"]
    apart = tree.filter("none")["group"].to_list() if "none" in tree.columns else []
    none = next((label for label, group in enumerate(base) if group in apart), None)
    before = read(old, "clusters")
    counts = np.bincount(before["label"].to_numpy(), minlength=len(base))
    made = manifest.get("made", {})
    sizes = [int(made.get(group, count)) for group, count in zip(base, counts.tolist(), strict=True)]
    found = restructured(joint, labels, fits, none, sizes, run.settings.seed)
    own = found.labels[rows.order]
    added = list(range(len(base), len(found.centroids)))
    ids = [*base, *_added_ids(rows.ids, own, added)]
    _write_clusters(run, rows, joint, before, ids, found, margins)
    run.hashes["centroids.npy"] = run.write_array("centroids", found.centroids)
    moved = [old_one for old_one in found.part_of.values() if _moved(joint, labels, found, old_one)]
    changed = [*found.candidates, *moved, *found.part_of]
    known = Known(run.table("facets"), arrivals.occurrences, _transcripts(old, run, arrivals, own, changed))
    taken = {group: name for group, name in raw_labels(old, tree).items() if group not in {base[one] for one in moved}}
    named = named_anew(run, known, Reordered(joint, rows.order), own, found.centroids, changed, taken)
    result: list[Label | None] = [named.get(label) for label in range(len(ids))]
    if found.none is not None and found.none >= len(base):
        from clioscope.facets.language import language_name

        result[found.none] = none_label(language_name(run.settings.facets.language))
    return Changed(own, ids, result, found, int((~fits).sum()))


def write_tree(old: Path, run: Run, rows: Rows, arrivals: Arrivals, changed: Changed | None) -> None:
    """Write levels, names, tree, audit and shares of the updated atlas; ``changed`` is None without new rows."""
    from clioscope.pipeline.stages.shares import shares

    manifest, tree = read_manifest(old), read(old, "tree")
    base: list[str] = manifest["base_groups"]
    levels, named = levels_from(read(old, "levels"))
    ids: list[str] = base if changed is None else changed.ids
    found: list[Label | None] = [None] * len(base) if changed is None else changed.found
    own = read(old, "clusters")["label"].to_numpy() if changed is None else changed.labels
    part_of = {} if changed is None else changed.structure.part_of
    conversations = rows.ids.to_list()
    grew = grown(levels, named, tree, base, found, ids, part_of, conversations, own)
    run.take(levels=levels_table(grew.levels, grew.named))
    names = labels_from(read(old, "names"))
    run.take(names=labels_table([label or names[one] for one, label in enumerate(found)]))
    raw = raw_labels(old, tree)
    anew = {group for group, label in zip(ids, found, strict=True) if label is not None}
    final = [
        [label if group in anew else raw.get(group, label) for group, label in zip(*pair, strict=True)]
        for pair in zip(grew.ids, grew.named, strict=True)
    ]
    final = _without_twins(final, grew.ids, grew.fresh, run)
    kept = rows.ids.to_frame().join(arrivals.conversations, on="conversation", how="left", maintain_order="left")
    member = memberships(own, grew.levels)
    made = tree_table(kept, arrivals.occurrences, member, grew.levels, final, grew.ids)
    made = with_empty(made, run.settings.codebook.categories)
    fresh = anew | grew.fresh
    flags = (set[str](), set[str]()) if changed is None else _flags(changed)
    made = flagged(made, tree, *flags)
    run.take(unaudited=made.select(name for name in made.columns if name not in ("none", "candidate")))
    write_audited(old, run, made, tree, fresh, arrivals, [ids[label] for label in own.tolist()])
    run.manifest["base_groups"] = ids
    sizes = np.bincount(own, minlength=len(ids)).tolist()
    known = manifest.get("made", {})
    before = dict(zip(base, np.bincount(read(old, "clusters")["label"].to_numpy(), minlength=len(base)), strict=True))
    split = set() if changed is None else set(part_of) | set(part_of.values())
    run.manifest["made"] = {
        group: size if label in split or group not in before else int(known.get(group, before[group]))
        for label, (group, size) in enumerate(zip(ids, sizes, strict=True))
    }
    run.do(shares)


def _flags(changed: Changed) -> tuple[set[str], set[str]]:
    """The ids of the group of what fits nothing, and of new candidates."""
    none, structure = set[str](), changed.structure
    if structure.none is not None:
        none.add(changed.ids[structure.none])
    return none, {changed.ids[label] for label in structure.candidates}


def _without_twins(labels: list[list[Label]], ids: list[list[str]], fresh: set[str], run: Run) -> list[list[Label]]:
    """A group above the base that came to stand says that it holds more than the one it is named after."""
    from clioscope.facets.language import language_name
    from clioscope.naming.wording import wording

    say = wording(language_name(run.settings.facets.language))["part"]
    taken = {label.name for label, group in zip(labels[0], ids[0], strict=True)}
    return [
        labels[0],
        *(
            [
                label._replace(name=say.format(name=label.name)) if group in fresh and label.name in taken else label
                for label, group in zip(level, groups, strict=True)
            ]
            for level, groups in zip(labels[1:], ids[1:], strict=True)
        ),
    ]


def _added_ids(conversations: pl.Series, labels: NDArray[np.int32], added: list[int]) -> list[str]:
    """The ids of added base groups: hashes of their members, as in a build."""
    inside = np.flatnonzero(np.isin(labels, added))
    if not len(inside):
        return []
    place = {label: number for number, label in enumerate(added)}
    own = np.array([place[label] for label in labels[inside].tolist()])
    return group_ids(conversations.gather(inside).to_list(), own, 0)


def _moved(joint: Joint, labels: NDArray[np.int32], found: Structure, label: int) -> bool:
    """Whether a group that was split has lost so many of its members that it needs another name."""
    old = labels[: len(joint.geometry)] == label
    staying = old & (found.labels[: len(joint.geometry)] == label)
    return bool(staying.sum() < MOVED * old.sum())


def _write_clusters(
    run: Run,
    rows: Rows,
    joint: Joint,
    before: pl.DataFrame,
    ids: list[str],
    found: Structure,
    margins: NDArray[np.float32],
) -> None:
    import polars as pl

    from clioscope.clustering import rare

    start = len(joint.geometry)
    all_margins = np.concatenate([before["margin"].to_numpy(), margins]).astype(np.float32)
    touched = found.labels[:start] != before["label"].to_numpy()
    split = np.isin(found.labels, [*found.part_of, *found.part_of.values()])
    again = np.flatnonzero(split | np.concatenate([touched, np.ones(len(margins), bool)]))
    there = np.array([label for label in range(len(found.centroids)) if label != found.none])
    place = np.full(len(found.centroids), -1)
    place[there] = np.arange(len(there))
    own = place[found.labels[again]]
    _, new = nearest_centroid(joint.vectors(again), found.centroids[there], own=own)
    all_margins[again] = np.where(own < 0, np.clip(new - _NONE_MARGIN, -2, 0), new)
    table = rows.table(before, pl.DataFrame({"conversation": rows.ids.gather(rows.new)}))
    label = found.labels[rows.order]
    columns: dict[str, Any] = {
        "group": [ids[one] for one in label.tolist()],
        "label": label,
        "margin": all_margins[rows.order],
        "rare": rare(all_margins[rows.order], run.settings.clustering.rare),
    }
    table = table.with_columns(pl.Series(name, values) for name, values in columns.items())
    table = table.with_columns(pl.col("noise").fill_null(value=False))
    if "none" in table.columns:
        table = table.with_columns(none=pl.Series(label == found.none) if found.none is not None else pl.lit(False))
    if "code" in table.columns:
        codes = dict(before.select("group", "code").iter_rows())
        code = pl.Series("code", [codes.get(group) for group in table["group"]], dtype=pl.String)
        table = table.with_columns(code)
        if run.has("categories"):
            told = rows.table(run.table("categories"), pl.DataFrame({"conversation": rows.ids.gather(rows.new)}))
            run.take(categories=told.with_columns(code))
    run.take(clusters=table)


def _transcripts(
    old: Path, run: Run, arrivals: Arrivals, labels: NDArray[np.int32], changed: list[int]
) -> pl.DataFrame:
    """The texts that names are made of: kept ones and new ones.

    Where a changed group has fewer than five conversations with a text, the files that the atlas was made of are read
    once more, if they are still as they were: that takes as long as reading them for a build.
    """
    import polars as pl

    from clioscope.atlas import Atlas
    from clioscope.conversations.collect import collect_conversations
    from clioscope.errors import InputError
    from clioscope.pipeline.updating.arrivals import templates_in
    from clioscope.pipeline.updating.people import unchanged_sources

    if (run.folder / "transcripts.parquet").exists():
        return run.table("transcripts")
    told = told_of(Known(run.table("facets"), arrivals.occurrences, arrivals.transcripts))
    counts = np.bincount(labels[told], minlength=max(changed, default=0) + 1)
    if all(counts[group] >= LEAST for group in changed):
        return arrivals.transcripts
    sources = unchanged_sources(Atlas(old))
    if sources is None:
        return arrivals.transcripts
    try:
        settings, seed = run.settings.input.model_copy(update={"sample": None}), run.settings.seed
        found = collect_conversations([*sources], settings, seed, None, templates=templates_in(old)).transcripts
    except InputError:
        return arrivals.transcripts
    return pl.concat([found.join(arrivals.transcripts, on="conversation", how="anti"), arrivals.transcripts])
