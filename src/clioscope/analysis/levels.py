"""The groups of one level of the tree, which hold every conversation once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.errors import AtlasError, ClioscopeError

if TYPE_CHECKING:
    from clioscope.atlas import Atlas


def groups_at(atlas: Atlas, level: int | None, within: str | None = None) -> dict[str, str]:
    """For each base group the group at ``level`` that holds it. Level 0 is the base; None is the top.

    A group whose parent lies above the level, or that has none, stands for itself. Groups that the analyst has hidden
    are left out. With ``within`` only what that group holds is there, and the top is the level of its own children.

    Raises AtlasError for an unknown group or a group that holds no other, ClioscopeError for a level that the tree does
    not have.
    """
    tree = atlas.tree
    parents: dict[str, str | None] = dict(tree.select("group", "parent").iter_rows())
    levels: dict[str, int] = dict(tree.select("group", "level").iter_rows())
    highest = max(levels.values(), default=0)
    if within is not None and within not in parents:
        raise AtlasError(
            f"{atlas.path}: there is no group {within!r}; clioscope show {atlas.path} --ids prints the ids."
        )
    if level is not None and not 0 <= level <= highest:
        raise ClioscopeError(f"{atlas.path}: there is no level {level}; the levels go from 0 (base) to {highest}.")
    found = {}
    for base in atlas.manifest["base_groups"]:
        if base not in parents:  # hidden by the analyst
            continue
        path = [base]
        while (above := parents.get(path[-1])) is not None:
            path.append(above)
        if within is not None:
            if within not in path[1:]:
                continue
            path = path[: path.index(within)]
        fit = [group for group in path if level is None or levels.get(group, 0) <= level]
        found[base] = fit[-1]
    if within is not None and not found:
        raise AtlasError(f"{atlas.path}: the group {within!r} holds no other groups, so nothing can be taken apart.")
    return found
