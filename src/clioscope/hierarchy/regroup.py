"""Parents that do not stand: their children go to other parents, or to the top.

A parent whose conversations have too little in common is split. A parent that says no more than its largest child,
which holds nearly all of it, gives its other children away and is then left out of the tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.centroids import centroids_of

if TYPE_CHECKING:
    from clioscope.naming.candidates import Label
    from clioscope.naming.context import NamingContext

_NEARLY_ALL = 0.8  # share of a parent's conversations


def split_parents(
    parent_of: NDArray[np.int32], split: NDArray[np.bool_], centroids: NDArray[np.float32], sizes: NDArray[np.integer]
) -> NDArray[np.int32]:
    """The parent (k,) of each child after the parents marked in ``split`` (p,) have given up theirs.

    ``centroids`` (k, d) are unit rows of the children, ``sizes`` (k,) their conversations. A child of at least average
    size becomes a parent of its own; any other goes to the nearest parent that is not split. Nothing changes where
    fewer than two parents would stay. Parents are numbered 0..p-1 again, with every number in use.
    """
    staying = np.flatnonzero(~split)
    if not split.any() or len(staying) < 2:
        return parent_of
    centres = centroids_of(centroids, parent_of, len(split))[staying]
    moved, number = parent_of.copy(), len(split)
    for child in np.flatnonzero(split[parent_of]):
        if sizes[child] >= sizes.mean():
            moved[child], number = number, number + 1
        else:
            moved[child] = staying[int((centres @ centroids[child]).argmax())]
    return np.unique(moved, return_inverse=True)[1].reshape(-1).astype(np.int32)


def merge_repeats(
    context: NamingContext,
    parent_of: NDArray[np.int32],
    above: NDArray[np.int32] | None,
    children: Sequence[Label],
    parents: Sequence[Label],
    child_labels: NDArray[np.integer],
) -> tuple[NDArray[np.int32], list[Label]]:
    """The parent (k,) of each child, and the labels of the parents, after merging.

    A parent is merged with its largest child if that holds at least four fifths of its conversations (mixed children
    apart), and their names are near-duplicates. Then its other children go to the nearest parent that is not mixed
    (under the same group of ``above`` (p,), the level above, where there is one), and it takes over the child's label.
    Where there is no other parent to go to, nothing changes. ``child_labels`` (n,) is the child group of each
    conversation.
    """
    from clioscope.naming.distinct import near_duplicates

    sizes = np.bincount(child_labels, minlength=len(children))
    sizes[[child.mixed for child in children]] = 0
    moved, labels = parent_of.copy(), list(parents)
    centroids: NDArray[np.float32] | None = None
    merged: set[int] = set()
    for parent in range(len(parents)):
        own = np.flatnonzero(parent_of == parent)
        largest = int(own[sizes[own].argmax()])
        if len(own) < 2 or not sizes[largest] or sizes[largest] < _NEARLY_ALL * sizes[own].sum():
            continue
        names = [parents[parent].name, children[largest].name]
        if not near_duplicates(names, context.encode(names), context.settings.duplicate):
            continue
        family = np.arange(len(parents)) if above is None else np.flatnonzero(above == above[parent])
        others = [
            other for other in family.tolist() if other != parent and other not in merged and not parents[other].mixed
        ]
        if not others:
            continue
        if centroids is None:
            centroids = centroids_of(context.vectors, child_labels, len(children))
        centres = centroids_of(centroids, parent_of, len(parents))[others]
        for child in own[own != largest]:
            moved[child] = others[int((centres @ centroids[child]).argmax())]
        labels[parent] = children[largest]
        merged.add(parent)
    return moved, labels
