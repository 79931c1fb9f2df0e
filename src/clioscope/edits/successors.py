"""Which group took the place of one that a new build has lost."""

from __future__ import annotations

from clioscope.atlas import Atlas
from clioscope.edits.log import Log

_TABLE = "lineage"


def successors_of(atlas: Atlas, log: Log) -> dict[str, str]:
    """The groups that edits name and the build has lost, each with its successor, where there is exactly one.

    ``lineage.parquet`` says what became of each group: a row per group of the build, ``before`` lists those that it
    came from. Empty for an atlas without it.
    """
    if not (atlas.path / f"{_TABLE}.parquet").exists():
        return {}
    there, followed = set(atlas.tree["group"]), log.followed
    named = {group for one in log.operations for group in one.groups}
    after: dict[str, set[str]] = {}
    for group, before in atlas.table(_TABLE).select("group", "before").iter_rows():
        for old in before or ():
            if group is not None:
                after.setdefault(old, set()).add(group)
    found = {}
    for group in sorted(named):
        at, seen = group, {group}
        while at in followed and followed[at] not in seen:
            at = followed[at]
            seen.add(at)
        new = after.get(at, set()) & there
        if at not in there and len(new) == 1:
            found[at] = next(iter(new))
    return found
