"""From the built atlas and the file of edits to the layer over the atlas.

A replay gives the same layer from the same build and file, as often as it runs: what was made anew (names) or may come
out otherwise (parts of a split) stands in the file itself.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import nullcontext
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from clioscope.atlas import Atlas
from clioscope.atlas.files import write_array, write_json, write_table
from clioscope.atlas.membership import rows_of
from clioscope.atlas.overlay import EDITS, FOLDER, LAST, NEXT, PENDING, RECORD, build_of, layer_of
from clioscope.atlas.segments import segments_of, whole_ids
from clioscope.atlas.views import FILE as VIEWS
from clioscope.edits.apply import apply
from clioscope.edits.asking import asking
from clioscope.edits.draft import Draft
from clioscope.edits.earlier import edited_lineage, write_earlier
from clioscope.edits.labels import Labelled, Rows, label_groups
from clioscope.edits.log import Log, append, editing, read_log
from clioscope.edits.material import Material
from clioscope.edits.operation import Operation, new_operation
from clioscope.edits.public import counted_names
from clioscope.edits.sentences import NotApplicable
from clioscope.edits.successors import successors_of
from clioscope.edits.tables import audit_table, cluster_tables, grouping, same, share_tables, tree_table
from clioscope.errors import AtlasError
from clioscope.files.folders import MARK, begin_work, end_work
from clioscope.files.modes import copy_private

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.models.asker import Asker

VERSION = 1
AUTHOR = "clioscope"  # of lines that a build adds


class Replayed(NamedTuple):
    """``draft`` after all operations that apply; ``applied`` their ids; ``no_longer`` the others, each with the reason;
    ``last`` is the last operation, with what it made."""

    draft: Draft
    applied: list[str]
    no_longer: list[dict[str, Any]]
    last: Operation | None


class Layer(NamedTuple):
    """The files of a layer, by name; ``labelled`` has the names, and which of them were made now."""

    tables: dict[str, pl.DataFrame]
    arrays: dict[str, NDArray[np.float32]]
    record: dict[str, Any]
    labelled: Labelled


def replay(folder: Path, edits: Path | None = None, *, model: bool = False) -> Atlas:
    """Make the layer of the atlas in ``folder`` anew from its edits, and open the atlas.

    For the end of a build: ``edits`` is the atlas whose edits and saved views are taken over (default: its own). Edits
    of a group that the build has lost go to its successor, where ``lineage.parquet`` names exactly one; that, and names
    that had to be made anew, are added to the file. With ``model`` the atlas's model makes such names, where the
    analyst had asked it before.

    Raises AtlasError if the folder cannot be written, ModelError if the encoder or the model fails.
    """
    for name in (EDITS, VIEWS):
        if edits is not None and (edits / name).exists() and edits != folder:
            copy_private(edits / name, folder / name)
    if edits is not None and edits != folder:
        write_earlier(folder, edits)
    if not (folder / EDITS).exists():
        return Atlas(folder)
    material = Material(Atlas(folder, edits=False))
    with editing(folder):
        log = read_log(folder)
        follow = [
            new_operation("follow", AUTHOR, group=group, to=to)
            for group, to in successors_of(material.atlas, log).items()
        ]
        log = Log([*log.operations, *follow], log.unread)
        wanted = model and any(one.details.get("ask_model") for one in log.standing)
        with asking(material.atlas) if wanted else nullcontext() as ask:
            layer = compose(material, log, replayed(material, log), ask)
        made, said = layer.labelled.made, layer.labelled.said
        fresh = [new_operation("labels", AUTHOR, labels=made, verdicts=said or None)] if made else []
        if follow or fresh:
            append(folder, [*follow, *fresh])
        write_layer(folder, layer)
    return Atlas(folder)


def replayed(material: Material, log: Log) -> Replayed:
    """Apply the operations that stand, in their order, to the built tree."""
    draft = Draft(material.atlas, log.followed)
    applied: list[str] = []
    no_longer = [{"line": one.number, "why": str(one.said), "said": one.said.record()} for one in log.unread]
    last: Operation | None = None
    for one in log.standing:
        try:
            last = apply(draft, one, material)
            applied.append(one.id)
        except NotApplicable as error:
            no_longer.append({"id": one.id, "op": one.op, "groups": one.groups, **_reason(error)})
    return Replayed(draft, applied, no_longer, last)


def _reason(error: NotApplicable) -> dict[str, Any]:
    return {"why": str(error), "said": error.said.record()}


def compose(material: Material, log: Log, done: Replayed, ask: Asker | None) -> Layer:
    """The layer of a draft; ``ask`` is the model that names are asked of, None for none."""
    draft, atlas = done.draft, material.atlas
    held = grouping(draft)
    parents = draft.shown()
    shown = np.where(held.visible, held.labels, len(held.base_groups))
    members = rows_of(parents, held.base_groups, shown)
    base = atlas.manifest["base_groups"]
    above: dict[str, str | None] = dict(atlas.tree.select("group", "parent").iter_rows())
    built = rows_of(above, base, atlas.clusters["label"].to_numpy())
    labelled = label_groups(draft, material, members, built, log.speaking, ask)
    tree = tree_table(draft, material, parents, members, labelled)
    tables = {"tree": tree, "audit": audit_table(material, tree)}
    tables |= counted_names(draft, material, held, tree, members, built)
    arrays = {}
    regrouped = held.base_groups != base or not np.array_equal(held.labels, atlas.clusters["label"].to_numpy())
    if regrouped:
        tables["clusters"], arrays["centroids"] = cluster_tables(material, held)
    if any(not same(rows, built.get(group)) for group, rows in members.items()) or len(members) < len(built):
        tables |= share_tables(material, held, tree, members, built)
    seen = tables.get("clusters", atlas.clusters).filter(held.visible)
    tables |= edited_lineage(atlas.path, draft, seen, tree)
    record = {
        "version": VERSION,
        "of": build_of(atlas.manifest),
        "files": [*(f"{name}.parquet" for name in tables), *(f"{name}.npy" for name in arrays)],
        "base_groups": held.base_groups,
        "counts": _counts(atlas, draft, tree, members, held.visible),
        "structure": _structure(parents, members) if regrouped or parents != above else None,
        "operations": len(done.applied),
        "vouched": labelled.vouched,
        "applied": done.applied,
        "no_longer": done.no_longer,
        "remarks": draft.remarks,
    }
    return Layer(tables, arrays, record, labelled)


def _counts(atlas: Atlas, draft: Draft, tree: Any, members: Rows, visible: Any) -> dict[str, Any]:
    """The counts of the manifest, as the edits left them."""
    import polars as pl

    rows = atlas.clusters.select("conversation").join(
        atlas.conversations.select("conversation", "count"), on="conversation", how="left", maintain_order="left"
    )
    weights = rows["count"].to_numpy()
    seen, unseen, distinct = weights[visible].sum(), weights[~visible].sum(), visible.sum()
    segments = segments_of(atlas)
    if segments is not None:  # a conversation is there if one of its segments is
        rows = rows.with_columns(whole=whole_ids(rows, segments), seen=pl.Series(visible))
        whole = rows.group_by("whole").agg(pl.col("count").first(), pl.col("seen").any())
        seen, unseen = (whole.filter(pl.col("seen") == there)["count"].sum() for there in (True, False))
        distinct = whole["seen"].sum()
    return {
        **atlas.manifest["counts"],
        "analysed": int(seen),
        "conversations": int(distinct),
        "groups": tree.height,
        "levels": int(tree["level"].max()) + 1,
        "withheld_audit": tree.filter(pl.col("action") == "withheld").height,
        "rewritten_audit": tree.filter(pl.col("action") == "rewritten").height,
        "hidden": int(unseen),
        "hidden_groups": sum(draft.is_hidden(node) for node in draft.nodes.values()),
    }


def _structure(parents: Mapping[str, str | None], members: Rows) -> str:
    """A hash of which groups there are, and what each holds."""
    digest = blake2b(digest_size=8)
    for group in sorted(members):
        digest.update(f"{group} {parents[group]} ".encode() + members[group].astype(np.int64).tobytes())
    return digest.hexdigest()


def write_layer(folder: Path, layer: Layer) -> None:
    """Put a whole layer in the place of the one before; one that changes nothing leaves none.

    A reader sees the one or the other, also if this is killed on the way (``layer_of``). Raises AtlasError if the
    folder cannot be written.
    """
    part, place, old = folder / NEXT, folder / FOLDER, folder / LAST
    before = _said_in(Atlas(folder).tree)
    try:
        if layer_of(folder) == part and part.exists():  # an exchange that was interrupted
            os.rename(part, place)
        end_work(old)
        end_work(part)
        if layer.record["applied"] or layer.record["no_longer"]:
            begin_work(part)
            for name, table in layer.tables.items():
                write_table(part / f"{name}.parquet", table)
            for name, array in layer.arrays.items():
                write_array(part / f"{name}.npy", array)
            write_json(part / RECORD, layer.record)
        if place.exists():
            (place / MARK).touch()
            os.rename(place, old)
        if part.exists():
            os.rename(part, place)
            (place / MARK).unlink()
        end_work(old)
        if before != _said_in(layer.tables["tree"]):
            for card in folder.glob("report-card*"):  # it holds the names as they were
                card.unlink()
        (folder / PENDING).unlink(missing_ok=True)
    except OSError as error:
        raise AtlasError(f"{place}: cannot be written ({error.strerror or error}).") from error


def _said_in(tree: pl.DataFrame) -> list[tuple[Any, ...]]:
    return sorted(tree.select("group", "name", "description").rows(), key=str)
