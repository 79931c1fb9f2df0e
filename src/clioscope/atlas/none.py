"""The group of what fits no other group."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas


def none_groups(tree: pl.DataFrame) -> list[str]:
    """The ids of the groups of a tree that gather what fits no other group: one or none; none in an older atlas."""
    if "none" not in tree.columns:
        return []
    return tree.filter(tree["none"].fill_null(False))["group"].to_list()


def all_none_groups(atlas: Atlas) -> list[str]:
    """``none_groups`` of an atlas, hidden ones too."""
    return list(dict.fromkeys([*none_groups(atlas.tree), *none_groups(atlas.built.tree)]))


def outside(atlas: Atlas) -> pl.Series:
    """Whether each conversation (a row of ``atlas.clusters``) fits no group."""
    return atlas.clusters["group"].is_in(all_none_groups(atlas))
