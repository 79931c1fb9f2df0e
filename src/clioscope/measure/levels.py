"""The groups of an atlas as arrays: one row of labels a level, and the tree as parents."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from clioscope.atlas import Atlas


class Levels(NamedTuple):
    """``labels``: for each level, base first, the group 0..k-1 of every conversation (n,); ``groups``: their ids."""

    labels: list[NDArray[np.int64]]
    groups: list[list[str]]


def levels_of(atlas: Atlas) -> Levels:
    """The groups that hold each conversation at every level, in the order of ``atlas.clusters``.

    A group without a parent, and one that the analyst has hidden, stands for itself at the levels above its own.
    """
    parents: dict[str, str | None] = dict(zip(atlas.tree["group"], atlas.tree["parent"], strict=True))
    groups = [list(atlas.manifest["base_groups"])]
    labels = [atlas.clusters["label"].to_numpy().astype(np.int64)]
    while any(parents.get(group) is not None for group in groups[-1]):
        above = [parents.get(group) or group for group in groups[-1]]
        ids = list(dict.fromkeys(above))
        place = {group: number for number, group in enumerate(ids)}
        up = np.array([place[group] for group in above])
        labels.append(up[labels[-1]])
        groups.append(ids)
    return Levels(labels, groups)


def parents_of(atlas: Atlas) -> NDArray[np.int64]:
    """The place in ``atlas.tree`` of each group's parent, -1 for those at the top."""
    place = {group: number for number, group in enumerate(atlas.tree["group"])}
    return np.array([-1 if parent is None else place[parent] for parent in atlas.tree["parent"]], dtype=np.int64)
