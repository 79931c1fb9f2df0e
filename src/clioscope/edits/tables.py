"""The tables of an edited atlas, of the same columns as those of the build."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.segments import masses, segments_of
from clioscope.edits.draft import Draft
from clioscope.edits.labels import Labelled, Rows
from clioscope.edits.material import Material

if TYPE_CHECKING:
    import polars as pl

_OWN: dict[str, Any] = {"pinned": False, "note": "", "colour": "", "edited": False}  # columns that edits add


class Grouping(NamedTuple):
    """``base_groups`` in the order of their labels, hidden ones last; ``labels`` (n,) and ``visible`` (n,), whether a
    conversation is in a group that is not hidden."""

    base_groups: list[str]
    labels: NDArray[np.int32]
    visible: NDArray[np.bool_]


def grouping(draft: Draft) -> Grouping:
    """The base groups of a draft, numbered anew from 0: those of the build first, in their order."""
    order = sorted(draft.numbers, key=lambda group: draft.numbers[group])
    number = np.full(max(draft.numbers.values()) + 1, -1, dtype=np.int32)
    number[[draft.numbers[group] for group in order]] = np.arange(len(order))
    labels = number[draft.base]
    shown = np.array([not draft.is_hidden(draft.nodes[group]) for group in order], dtype=bool)
    return Grouping(order, labels, shown[labels])


def same(rows: NDArray[np.intp], others: NDArray[np.intp] | None) -> bool:
    """Whether two groups hold the same conversations; None is no group."""
    return others is not None and np.array_equal(rows, others)


def tree_table(
    draft: Draft, material: Material, parents: Mapping[str, str | None], members: Rows, labelled: Labelled
) -> pl.DataFrame:
    """One row per visible group, with the columns of the built tree and ``pinned``, ``note``, ``colour``, ``edited``
    (whether edits made the group or its name)."""
    import polars as pl

    built = material.atlas.tree
    sizes = _sizes(material, members)
    rows = []
    for group in members:
        node, label = draft.nodes[group], labelled.labels[group]
        score, first, action = labelled.verdicts[group]
        changed = node.row.get("group") != group or (label.name, label.description) != (
            node.row["name"],
            node.row["description"] or "",
        )
        rows.append(
            {
                **node.row,
                "group": group,
                "level": node.level,
                "parent": parents[group],
                "name": label.name,
                "description": label.description,
                "phrases": list(label.phrases),
                "mixed": label.mixed,
                **sizes[group],
                "score": score,
                "first_score": first,
                "action": action,
                "pinned": node.pinned,
                "note": node.note,
                "colour": node.colour,
                "edited": changed,
            }
        )
    schema = dict(built.schema) | {name: pl.String if value == "" else pl.Boolean for name, value in _OWN.items()}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    flags = [name for name, kind in built.schema.items() if kind == pl.Boolean]
    table = table.with_columns(pl.col(name).fill_null(False) for name in flags)
    table = table.sort(["level", "count", "group"], descending=[True, True, False], maintain_order=True)
    if "unbacked" in table.columns:
        table = table.with_columns(unbacked=_unbacked(draft, material, table))
    return _with_vacant(draft, parents, table)


def _with_vacant(draft: Draft, parents: Mapping[str, str | None], table: pl.DataFrame) -> pl.DataFrame:
    """The tree with the given categories that hold nothing, as the build has them: after the others of their level."""
    import polars as pl

    there = set(table["group"])
    rows = [
        {
            **draft.nodes[group].row,
            "parent": above,
            "pinned": draft.nodes[group].pinned,
            "note": draft.nodes[group].note,
            "colour": draft.nodes[group].colour,
            "edited": False,
        }
        for group, above in parents.items()
        if draft.nodes[group].vacant and group not in there
    ]
    if not rows:
        return table
    whole = pl.concat([table, pl.DataFrame(rows, schema=table.schema, orient="row")])
    return whole.sort(["level", "count", "group"], descending=[True, True, False], maintain_order=True)


def _sizes(material: Material, members: Rows) -> dict[str, dict[str, Any]]:
    """How many conversations and users each group holds."""
    import polars as pl

    atlas = material.atlas
    ids = atlas.clusters["conversation"]
    place = pl.DataFrame(
        {
            "group": [group for group, rows in members.items() for _ in range(len(rows))],
            "conversation": ids.gather(np.concatenate(list(members.values()))),
        }
    )
    segments, whole = segments_of(atlas), "conversation"
    sized = atlas.conversations.select("conversation", "count")
    if segments is None:
        per_group = place.join(sized, on="conversation", how="inner").group_by("group")
        counted = per_group.agg(pl.len().alias("conversations"), pl.col("count").sum())
    else:  # as in the build: a conversation counts once in each group that one of its segments belongs to
        whole = "whole"
        told = segments.select("weight", whole="conversation", conversation="segment")
        place = place.join(told, on="conversation", how="inner")
        once = place.join(sized, on="conversation", how="inner").group_by("group", "whole")
        touched = once.agg(pl.col("count").first(), (pl.col("weight") * pl.col("count")).sum())
        counted = touched.group_by("group").agg(
            pl.len().alias("conversations"), pl.col("count").sum(), pl.col("weight").sum().round(6)
        )
    users = (
        place.join(atlas.occurrences.select("conversation", "user"), on="conversation", how="inner")
        .group_by("group")
        .agg(
            pl.col("user").drop_nulls().n_unique().alias("users"),
            pl.col(whole).filter(pl.col("user").is_null()).n_unique().alias("anonymous"),
        )
    )
    return {str(row.pop("group")): row for row in counted.join(users, on="group", how="left").iter_rows(named=True)}


def _unbacked(draft: Draft, material: Material, table: pl.DataFrame) -> pl.Series:
    """Whether each name depends on people without a user id (see ``privacy.backing``)."""
    import polars as pl

    from clioscope.privacy.backing import Backing

    built = dict(zip(material.atlas.tree["group"], material.atlas.tree["unbacked"], strict=True))
    users = material.atlas.occurrences["user"]
    if 0 < users.null_count() < len(users):
        texts, owners, copies = material.known
        held = grouping(draft)
        shown = np.flatnonzero(held.visible).tolist()
        backing = Backing(
            [texts[row] for row in shown],
            [owners[row] for row in shown],
            material.settings.naming.support,
            [copies[row] for row in shown],
        )
        base = [held.base_groups[held.labels[row]] for row in shown]
        return pl.Series(backing.unbacked(table, base), dtype=pl.Boolean)
    return pl.Series([built.get(group, False) for group in table["group"]], dtype=pl.Boolean)


def audit_table(material: Material, tree: pl.DataFrame) -> pl.DataFrame:
    """As in the build: what was proposed for each group, and the verdict. A text that edits gave stands as it is."""
    import polars as pl

    built = material.atlas.table("audit")
    own = tree.filter(pl.col("edited")).select(
        "group",
        raw_name="name",
        raw_description="description",
        score="score",
        first_score="first_score",
        action="action",
    )
    kept = built.join(tree.filter(~pl.col("edited")), on="group", how="semi")
    return pl.concat([kept, own.select(kept.columns).cast(kept.schema)])  # type: ignore[arg-type]


def cluster_tables(material: Material, held: Grouping) -> tuple[pl.DataFrame, NDArray[np.float32]]:
    """The table ``clusters`` and the centroids of the base groups (k, d)."""
    import polars as pl

    from clioscope.clustering import rare
    from clioscope.vectors.centroids import centroids_of, nearest_centroid

    built = material.atlas.clusters
    centroids = centroids_of(material.vectors, held.labels, len(held.base_groups))
    _, margins = nearest_centroid(material.vectors, centroids, own=held.labels)
    table = built.with_columns(
        pl.Series("group", [held.base_groups[label] for label in held.labels], dtype=pl.String),
        pl.Series("label", held.labels).cast(built.schema["label"]),
        pl.Series("margin", margins).cast(built.schema["margin"]),
        pl.Series("rare", rare(margins, material.settings.clustering.rare), dtype=pl.Boolean),
    )
    return table, centroids


def share_tables(
    material: Material, held: Grouping, tree: pl.DataFrame, members: Rows, built: Rows
) -> dict[str, pl.DataFrame]:
    """The tables ``shares`` and ``predicted_groups``: made anew for groups whose members changed, and for the whole if
    something is hidden; none where the atlas has no shares."""
    import polars as pl

    from clioscope.atlas.shares import WHOLE
    from clioscope.prediction.share_table import Known, predicted_groups, share_table

    atlas = material.atlas
    if not (atlas.path / "shares.parquet").exists():
        return {}
    tables = [atlas.table(name) for name in ("facets", "probabilities", "values")]
    known = Known(tables[0], tables[1], tables[2], atlas.array("chances"), atlas.array("said"))
    parents: dict[str, str | None] = dict(tree.select("group", "parent").iter_rows())
    changed = [group for group, rows in members.items() if not same(rows, built.get(group))]
    inside: dict[str, list[int]] = {group: [] for group in changed}
    for number, group in enumerate(held.base_groups):
        above: str | None = group if group in parents else None
        while above is not None:
            if above in inside:
                inside[above].append(number)
            above = parents[above]
    kept = [group for group in tree["group"] if group not in inside]
    shown = np.unique(held.labels[held.visible]).tolist()
    counted = atlas.clusters.join(atlas.conversations, on="conversation", how="left", maintain_order="left")
    weight = masses(counted, segments_of(atlas))
    fresh = share_table(known, material.facets, held.labels, {"shown": shown, **inside}, weight.to_numpy())
    if held.visible.all():
        kept.append(WHOLE)
        fresh = fresh.filter(~pl.col("group").is_in(["shown", WHOLE]))
    else:
        fresh = fresh.filter(pl.col("group") != WHOLE).with_columns(pl.col("group").replace({"shown": WHOLE}))
    told = atlas.table("prediction")["facet"].unique().to_list()
    predicted = predicted_groups(known, held.labels, inside, told)
    return {
        name: pl.concat([atlas.table(name).filter(pl.col("group").is_in(kept)), new], how="vertical_relaxed")
        for name, new in (("shares", fresh), ("predicted_groups", predicted))
    }
