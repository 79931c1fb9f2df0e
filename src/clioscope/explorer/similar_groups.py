"""For each group, the most similar groups of its own level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.unit import unit_rows

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

MOST = 5


def group_centroids(atlas: Atlas) -> NDArray[np.float32]:
    """Unit centroids in the order of ``atlas.tree``, shape (groups, d).

    A base group has its stored centroid; a group of groups has the mean of those below it, weighted by their
    distinct conversations. Raises AtlasError where the atlas holds none.
    """
    tree = atlas.tree
    place = {group: index for index, group in enumerate(tree["group"])}
    stored = atlas.centroids
    sums = np.zeros((tree.height, stored.shape[1]))
    sizes = tree["conversations"].to_numpy()
    for group, vector in zip(atlas.manifest["base_groups"], stored, strict=True):
        if group not in place:  # the analyst has hidden it
            continue
        sums[place[group]] = vector * sizes[place[group]]
    for index in np.argsort(tree["level"].to_numpy(), kind="stable"):  # children before their parents
        parent = tree["parent"][int(index)]
        if parent is not None:
            sums[place[parent]] += sums[index]
    return unit_rows(sums)


def nearest_groups(levels: NDArray[Any], vectors: NDArray[np.floating[Any]]) -> list[list[int]]:
    """For each group the other groups of its level that are nearest, nearest first, at most five.

    ``vectors`` (groups, d) are compared by Euclidean distance (for unit vectors the order of the cosine).
    """
    similar: list[list[int]] = [[] for _ in levels]
    for level in np.unique(levels):
        mine = np.flatnonzero(levels == level)
        block = vectors[mine].astype(np.float64)
        squares = (block * block).sum(axis=1)
        for start in range(0, len(mine), 1024):
            rows = slice(start, start + 1024)
            distance = squares[rows, None] + squares[None, :] - 2 * block[rows] @ block.T
            for row, line in enumerate(distance, start):
                line[row] = np.inf
                near = np.arange(len(line))
                if len(line) > MOST:  # to sort all of thousands takes seconds
                    near = np.flatnonzero(line <= np.partition(line, MOST - 1)[MOST - 1])
                order = near[np.argsort(line[near], kind="stable")][:MOST]
                similar[mine[row]] = [int(mine[column]) for column in order if np.isfinite(line[column])]
    return similar
