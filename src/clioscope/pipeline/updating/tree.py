"""The tree of an updated atlas, with names, audit and shares."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.files import read_array, read_manifest
from clioscope.hierarchy.given import with_empty
from clioscope.hierarchy.tree import levels_from, levels_table, memberships, tree_table
from clioscope.naming import labels_from, labels_table
from clioscope.naming.candidates import Label
from clioscope.pipeline.updating.growth import Tree, grown, ids_of, moved
from clioscope.pipeline.updating.parents import labels_above
from clioscope.pipeline.updating.rows import Rows, read
from clioscope.pipeline.updating.verdicts import flagged, raw_labels, write_audited

if TYPE_CHECKING:
    from clioscope.pipeline.run import Run
    from clioscope.pipeline.updating.arrivals import Arrivals
    from clioscope.pipeline.updating.groups import Changed
    from clioscope.pipeline.updating.structure import Structure


def write_tree(old: Path, run: Run, rows: Rows, arrivals: Arrivals, changed: Changed | None) -> None:
    """Write levels, names, tree, audit and shares of the updated atlas; ``changed`` is None without new rows."""
    from clioscope.pipeline.stages.shares import shares

    manifest, table = read_manifest(old), read(old, "tree")
    levels, named = levels_from(read(old, "levels"))
    before = Tree(levels, named, manifest["base_groups"], table)
    then = read(old, "clusters")["label"].to_numpy()
    count = len(before.base)
    found = None if changed is None else changed.structure
    ids, labels = (before.base, [None] * count) if changed is None else (changed.ids, changed.found)
    own = then if changed is None else changed.labels
    was = np.arange(count) if found is None else found.was
    flows = np.diag(np.bincount(then, minlength=count)) if changed is None else changed.flows
    shape = grown(before, found, read_array(old, "centroids"), flows.sum(axis=0), run.settings.codebook.categories)
    all_ids = ids_of(shape, before, ids, rows.ids.to_list(), own, flows)
    raw = raw_labels(old, table)
    base = [label or named[0][one] for label, one in zip(labels, was.tolist(), strict=True)]
    known = set(table["group"])
    wanted = [
        [lost or group not in known for lost, group in zip(*pair, strict=True)]
        for pair in zip(moved(shape, before, flows), all_ids[1:], strict=True)
    ]
    lost = {
        group
        for level, own_ids in zip(wanted, all_ids[1:], strict=True)
        for need, group in zip(level, own_ids, strict=True)
        if need
    }
    staying = {group for level in all_ids for group in level} - lost
    taken = {group: label for group, label in raw.items() if group in staying}
    taken |= {group: label for group, label in zip(ids, labels, strict=True) if label is not None}
    renamed = [label is not None for label in labels]
    material = None if changed is None else changed.material
    above, new = labels_above(run, material, shape, before, base, was, renamed, wanted, taken)
    run.take(levels=levels_table(shape.levels, above))
    names = labels_from(read(old, "names"))
    run.take(names=labels_table([label or names[one] for label, one in zip(labels, was.tolist(), strict=True)]))
    anew = {
        group for level, fresh in zip(all_ids, new, strict=True) for group, one in zip(level, fresh, strict=True) if one
    }
    final = [
        [label if group in anew else raw.get(group, label) for group, label in zip(*pair, strict=True)]
        for pair in zip(all_ids, above, strict=True)
    ]
    final = _without_twins(final, all_ids, anew - set(ids), run)
    kept = rows.ids.to_frame().join(arrivals.conversations, on="conversation", how="left", maintain_order="left")
    member = memberships(own, shape.levels)
    segments = run.table("segments") if run.has("segments") else None
    made = tree_table(kept, arrivals.occurrences, member, shape.levels, final, all_ids, segments=segments)
    made = with_empty(made, run.settings.codebook.categories)
    made = flagged(made, table, *_flags(changed))
    run.take(unaudited=made.select(name for name in made.columns if name not in ("none", "candidate")))
    fresh = (anew | (set(made["group"]) - known)) & set(made.filter(made["code"].is_null())["group"])
    write_audited(old, run, made, table, fresh, arrivals, [ids[label] for label in own.tolist()])
    run.manifest["base_groups"] = ids
    run.manifest["made"] = _made(manifest, before.base, then, ids, own, found)
    run.do(shares)


def _made(
    manifest: dict[str, Any],
    base: Sequence[str],
    then: NDArray[np.integer],
    ids: Sequence[str],
    own: NDArray[np.integer],
    found: Structure | None,
) -> dict[str, int]:
    """The size that each base group had when it was made, or when it was last split or merged."""
    known = dict(zip(base, np.bincount(then, minlength=len(base)).tolist(), strict=True)) | manifest.get("made", {})
    touched = set() if found is None else {*found.part_of, *found.split, *found.merged.values()}
    sizes = np.bincount(own, minlength=len(ids)).tolist()
    return {
        group: size if label in touched else int(known.get(group, size))
        for label, (group, size) in enumerate(zip(ids, sizes, strict=True))
    }


def _flags(changed: Changed | None) -> tuple[set[str], set[str], set[str]]:
    """The ids of the group of what fits nothing, of new candidates, and of those that are candidates no more."""
    if changed is None:
        return set(), set(), set()
    found, ids = changed.structure, changed.ids
    none = set[str]() if found.none is None else {ids[found.none]}
    return none, {ids[label] for label in found.candidates}, {ids[label] for label in found.promoted}


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
