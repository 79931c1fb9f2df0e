"""The base groups of an updated atlas: those that changed, and their names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.files import read_manifest
from clioscope.lineage.matching import MOVED
from clioscope.naming.candidates import Label
from clioscope.naming.mixed import none_label
from clioscope.pipeline.given import codes_above
from clioscope.pipeline.updating.clusters import Arrived, write_clusters
from clioscope.pipeline.updating.growth import added_ids, flows_of
from clioscope.pipeline.updating.joint import Joint, Reordered
from clioscope.pipeline.updating.naming import Known, named_anew, told_of
from clioscope.pipeline.updating.parents import Material
from clioscope.pipeline.updating.rows import Rows, read
from clioscope.pipeline.updating.structure import Before, Structure, restructured
from clioscope.pipeline.updating.usual import LEAST
from clioscope.pipeline.updating.verdicts import raw_labels

if TYPE_CHECKING:
    import polars as pl

    from clioscope.pipeline.run import Run
    from clioscope.pipeline.updating.arrivals import Arrivals


class Changed(NamedTuple):
    """``labels`` (n,) of all rows in their order, ``ids`` (k) and ``found``, the labels of groups that were made or
    changed (None for the others); ``structure``; ``material`` for further names; ``flows`` (k0, k), how many
    conversations of the atlas are in each base group before and now; ``unfitting``: how many of the new conversations
    fit no group."""

    labels: NDArray[np.int32]
    ids: list[str]
    found: list[Label | None]
    structure: Structure
    material: Material
    flows: NDArray[np.int64]
    unfitting: int


def changed_groups(
    old: Path,
    run: Run,
    rows: Rows,
    joint: Joint,
    arrivals: Arrivals,
    new: Arrived,
) -> Changed:
    """Write clusters and centroids with the new conversations, and name the groups that changed."""
    manifest, tree = read_manifest(old), read(old, "tree")
    base: list[str] = manifest["base_groups"]
    before = read(old, "clusters")
    then = before["label"].to_numpy()
    fits = np.concatenate([np.ones(len(then), bool), new.fits])
    labels = np.concatenate([then, new.labels]).astype(np.int32)
    codes = None if new.codes is None else [*before["code"], *new.codes]
    found = restructured(joint, labels, fits, _before(manifest, tree, base, then), run.settings.seed, codes)
    own = found.labels[rows.order]
    added = np.flatnonzero(found.was < 0).tolist()
    made = iter(added_ids(rows.ids.to_list(), own, added, 0, {*base, *tree["group"]}))
    ids = [base[was] if was >= 0 else next(made) for was in found.was.tolist()]
    write_clusters(run, rows, joint, before, ids, found, new)
    run.hashes["centroids.npy"] = run.write_array("centroids", found.centroids)
    flows = flows_of(then, found.labels[: len(then)], len(base), len(ids))
    touched = {*found.split, *found.merged.values()}
    renamed = [label for label in touched if _kept(flows, found, label) < MOVED]
    changed = [*found.born, *found.candidates, *sorted(renamed), *found.part_of]
    known = Known(run.table("facets"), arrivals.occurrences, _transcripts(old, run, arrivals, own, changed))
    raw, gone = raw_labels(old, tree), {base[label] for label in found.merged}
    gone |= {ids[label] for label in renamed}
    taken = {group: name for group, name in raw.items() if group not in gone}
    order = Reordered(joint, rows.order)
    named = named_anew(run, known, order, own, found.centroids, changed, taken)
    result: list[Label | None] = [named.get(label) for label in range(len(ids))]
    if found.none is not None and found.was[found.none] < 0:
        from clioscope.facets.language import language_name

        result[found.none] = none_label(language_name(run.settings.facets.language))
    material = Material(known, order, own, found.centroids)
    outside = ~new.fits if new.codes is None else ~new.fits & np.array([code is None for code in new.codes])
    return Changed(own, ids, result, found, material, flows, int(outside.sum()))


def _before(manifest: dict[str, Any], tree: pl.DataFrame, base: Sequence[str], labels: NDArray[np.integer]) -> Before:
    """What is known of the base groups of the atlas; ``labels`` (m,) are those of its rows."""
    flags = {
        name: set(tree.filter(name)["group"]) if name in tree.columns else set[str]() for name in ("none", "candidate")
    }
    sizes = np.bincount(labels, minlength=len(base)).tolist()
    made = manifest.get("made", {})
    code_of = codes_above(tree)
    return Before(
        next((label for label, group in enumerate(base) if group in flags["none"]), None),
        [int(made.get(group, size)) for group, size in zip(base, sizes, strict=True)],
        [code_of.get(group) for group in base],
        [label for label, group in enumerate(base) if group in flags["candidate"]],
    )


def _kept(flows: NDArray[np.int64], found: Structure, label: int) -> float:
    """The overlap of a group with what it was, over the conversations that were there."""
    was = int(found.was[label])
    common = int(flows[was, label])
    return common / max(int(flows[was].sum() + flows[:, label].sum()) - common, 1)


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
    from clioscope.pipeline.dividing import divided_as
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
        collected = collect_conversations([*sources], settings, seed, None, templates=templates_in(old))
        found = divided_as(Atlas(old), collected, sources, settings, seed).transcripts
    except InputError:
        return arrivals.transcripts
    return pl.concat([found.join(arrivals.transcripts, on="conversation", how="anti"), arrivals.transcripts])
