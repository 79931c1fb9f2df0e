"""What stages keep of an earlier atlas: the ids of its groups, and their names.

A stage that calls these declares that it reads ``BEFORE``. Where a build has no predecessor, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.membership import members_of
from clioscope.lineage.matching import Match, kept_ids, match_groups
from clioscope.lineage.table import tiers
from clioscope.pipeline.job import Job

if TYPE_CHECKING:
    import polars as pl

    from clioscope.naming.candidates import Label


def base_ids(job: Job, conversations: Sequence[str], labels: NDArray[np.integer], ids: list[str]) -> list[str]:
    """The ``ids`` (k) of base groups, with those of the earlier atlas where it has the group.

    ``labels`` (n,) are the base groups 0..k-1 of the ``conversations`` (n).
    """
    if not job.has("before_clusters"):
        return ids
    old = job.table("before_clusters").select("conversation", "group")
    matches = match_groups(old, _table(conversations, labels))
    return kept_ids(ids, matches, list(range(len(ids))), set(job.table("before_tree")["group"]))


def base_labels(job: Job, conversations: Sequence[str], labels: NDArray[np.integer]) -> dict[int, Label]:
    """The names of base groups that keep theirs, as the stage ``names`` gave them, by label.

    A group that was mixed has no name to keep.
    """
    from clioscope.naming import labels_from

    if not job.has("before_names"):
        return {}
    old, named = job.table("before_clusters"), labels_from(job.table("before_names"))
    mixed = set(job.table("before_tree").filter("mixed")["group"])
    clear = old.filter(~old["group"].is_in(list(mixed)))
    return {
        group: named[match.old]
        for group, match in _staying(clear.select("conversation", group="label"), conversations, labels).items()
    }


def level_labels(job: Job, conversations: Sequence[str]) -> Any:
    """A function of a level and the groups (n,) there that gives the names of those that keep theirs, by group.

    These are the names as the stage ``tree`` gave them.
    """
    from clioscope.hierarchy.tree import levels_from, memberships

    if not job.has("before_levels"):
        return None
    clusters = job.table("before_clusters")
    levels, named = levels_from(job.table("before_levels"))
    member = memberships(clusters["label"].to_numpy(), levels)

    def kept(level: int, groups: NDArray[np.integer]) -> dict[int, Label]:
        if level >= len(named):
            return {}
        old = _table(clusters["conversation"], member[level])
        found = _staying(old, conversations, groups)
        return {group: named[level][match.old] for group, match in found.items()}

    return kept


class KeptTree:
    """The groups of a tree that are those of the earlier atlas: their ids, and which of them keep their names."""

    def __init__(self, before: pl.DataFrame, matches: Mapping[str, Match]) -> None:
        self._before = {row["group"]: row for row in before.iter_rows(named=True)}
        self._matches = matches

    def ids(self, ids: list[str]) -> list[str]:
        """The ids of groups, with the earlier ones."""
        return kept_ids(ids, dict(self._matches), list(ids), set(self._before))

    def label(self, group: str, label: Label) -> Label | None:
        """The label that a group keeps, None where it gets ``label``. Neither a name for a mixed group stays, nor the
        name of a mixed one for another."""
        match = self._matches.get(group)
        if match is None or match.moved:
            return None
        row = self._before[match.old]
        if row["raw_name"] is None or bool(row["mixed"]) != label.mixed:
            return None
        return label._replace(name=row["raw_name"], description=row["raw_description"])


def kept_tree(job: Job, clusters: pl.DataFrame, tree: pl.DataFrame) -> KeptTree | None:
    """What a finished tree has of the earlier one; None without a predecessor.

    ``clusters`` (conversation, group) and ``tree`` (group, level, parent) hold the ids that the groups have by
    themselves.
    """
    if not job.has("before_tree"):
        return None
    before = job.table("before_tree")
    old_members = members_of(job.table("before_clusters"), before)
    matches: dict[str, Match] = {}
    for old, new in tiers(before, tree, old_members, members_of(clusters, tree)):
        matches |= match_groups(old, new)
    return KeptTree(before, matches)


def _staying(old: pl.DataFrame, conversations: Sequence[str], labels: NDArray[np.integer]) -> dict[int, Match]:
    matches = match_groups(old, _table(conversations, labels))
    return {int(group): match for group, match in matches.items() if not match.moved}


def _table(conversations: Any, labels: NDArray[np.integer]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame({"conversation": conversations, "group": labels})
