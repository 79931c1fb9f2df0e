"""How many people are behind the names of an edited tree: all words are counted that no analyst wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clioscope.atlas.segments import segments_of, whole_ids
from clioscope.edits.draft import Draft
from clioscope.edits.labels import Rows
from clioscope.edits.material import Material
from clioscope.edits.tables import Grouping, same
from clioscope.privacy.public_names import TABLE, public_names
from clioscope.vectors.spaced import evenly_spaced

if TYPE_CHECKING:
    import polars as pl

_READ = 5_000  # conversations of a group that are read at most; fewer people are counted then, never more


def counted_names(
    draft: Draft, material: Material, held: Grouping, tree: pl.DataFrame, members: Rows, built: Rows
) -> dict[str, pl.DataFrame]:
    """The table ``public_names`` of an edited tree, by name; empty where the build has none.

    What the analyst wrote counts as everybody's. All else is counted as in a build: names and descriptions that a model
    or phrases made for an edit, and those of groups that hold other conversations than in the build.
    """
    import polars as pl

    path = material.atlas.path / f"{TABLE}.parquet"
    if not path.exists():
        return {}
    counted = pl.read_parquet(path, glob=False)
    nodes = [draft.nodes[group] for group in tree["group"]]
    own = [not node.kept for node in nodes]
    named = pl.Series([free and node.name is not None for free, node in zip(own, nodes, strict=True)], dtype=pl.Boolean)
    told = pl.Series(
        [free and node.description is not None for free, node in zip(own, nodes, strict=True)], dtype=pl.Boolean
    )
    stayed = {group for group, rows in members.items() if same(rows, built.get(group))}
    unchanged = tree.filter(~named & ~told & pl.col("group").is_in(list(stayed)))
    kept = counted.join(unchanged, on=["group", "name", "description"], how="semi", nulls_equal=True)
    fresh = [group for group in tree["group"] if group in members and group not in set(kept["group"])]
    if not fresh:
        return {TABLE: kept}
    asked = tree.with_columns(
        name=pl.when(named).then(pl.lit("")).otherwise("name"),
        description=pl.when(told).then(pl.lit("")).otherwise("description"),
    )
    found = _count(material, held, asked, members, fresh)
    given = tree.select("group", "name", "description", named=named, told=told)
    found = found.drop("name", "description").join(given, on="group", how="left", maintain_order="left")
    lacks = pl.col("spare_name").is_null()
    found = found.with_columns(
        spare_name=pl.when(lacks | ~pl.col("named")).then("spare_name").otherwise("name"),
        spare_description=pl.when(lacks | ~pl.col("told")).then("spare_description").otherwise("description"),
    )
    return {TABLE: pl.concat([kept, found.select(kept.columns).cast(dict(kept.schema))])}  # type: ignore[arg-type]


def _count(material: Material, held: Grouping, tree: pl.DataFrame, members: Rows, groups: list[str]) -> pl.DataFrame:
    from clioscope.facets.language import language_name

    read = [members[group][evenly_spaced(len(members[group]), _READ)] for group in groups]
    rows = np.unique(np.concatenate(read)).tolist()
    texts, owners, copies = material.known
    if (segments := segments_of(material.atlas)) is not None and not any(owners):
        owners = [[one] for one in whole_ids(material.atlas.clusters, segments)]  # segments of one are by one person
    settings = material.settings
    return public_names(
        tree,
        [held.base_groups[held.labels[row]] for row in rows],
        [texts[row] for row in rows],
        [owners[row] for row in rows],
        [copies[row] for row in rows],
        least=settings.privacy.word_users,
        words=settings.naming.max_words,
        language=language_name(settings.facets.language),
        only=groups,
    )
