"""Which group took the place of one that a new build has lost."""

from __future__ import annotations

from clioscope.atlas import Atlas
from clioscope.edits.log import Log

_TABLE = "lineage"


def successors_of(atlas: Atlas, log: Log) -> dict[str, str]:
    """The groups that edits name and the build has lost, each with its successor, where there is exactly one; of a
    pinned group the one that holds most of it.

    ``lineage.parquet`` says what became of each group: ``before`` lists the old groups that a group came from, and
    ``after`` the new ones that an old group went to. Empty for an atlas without it.
    """
    if not (atlas.path / f"{_TABLE}.parquet").exists():
        return {}
    there, followed = set(atlas.tree["group"]), log.followed
    named = {group for one in log.operations for group in one.groups}
    pinned = {str(one.details["group"]) for one in log.standing if one.op == "pin" and one.details["on"]}
    after: dict[str, set[str]] = {}
    held: dict[tuple[str, str], int] = {}
    table = atlas.table(_TABLE)
    for row in table.iter_rows(named=True):
        new = {row["group"], *(row.get("after") or ())} - {None}
        for old in row["before"] or ():
            after.setdefault(old, set()).update(new)
            if row["group"] is not None:
                held[old, row["group"]] = int(row.get("common") or 0)
    found = {}
    for group in sorted(named):
        at, seen = group, {group}
        while at in followed and followed[at] not in seen:
            at = followed[at]
            seen.add(at)
        fitting = after.get(at, set()) & there
        if at not in there and (len(fitting) == 1 or (fitting and at in pinned)):
            found[at] = max(sorted(fitting), key=lambda new: held.get((at, new), 0))
    return found
