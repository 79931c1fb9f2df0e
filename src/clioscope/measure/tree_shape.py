"""The shape of the tree: can a reader find the way through it?

A tree is ``parents`` (m,): the place of each group's parent among the m groups, -1 for those at the top.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.figure import UNDEFINED, Figure, around, jackknife
from clioscope.measure.metric import metric
from clioscope.vectors.unit import unit_rows

Parents = NDArray[np.integer[Any]]
_MOST = 800  # groups whose pairs are compared


def depths(parents: Parents) -> NDArray[np.int64]:
    """How deep each group lies, 1 for those at the top. Raises ValueError where parents go in a circle."""
    result = np.zeros(len(parents), dtype=np.int64)
    above = np.arange(len(parents))
    for _ in range(len(parents) + 1):
        inside = above >= 0
        if not inside.any():
            return result
        result[inside] += 1
        above = np.where(inside, parents[np.maximum(above, 0)], -1)
    raise ValueError("the parents go in a circle")


def children_counts(parents: Parents) -> NDArray[np.int64]:
    """How many children each group has."""
    return np.bincount(parents[parents >= 0], minlength=len(parents)).astype(np.int64)


@metric(
    "tree",
    low=1,
    high=np.inf,
    better="neither",
    meaning="How many groups a reader chooses from at each step down the tree.",
    source="counting",
)
def fan_out(parents: Parents) -> Figure:
    """Mean number of children of groups that have any. ``groups``: the number of each. Undefined for a flat tree."""
    children = children_counts(parents)
    inner = children > 0
    if not inner.any():
        return UNDEFINED
    each = np.where(inner, children, np.nan).astype(np.float64)
    return Figure(float(children[inner].mean()), None, None, int(inner.sum()), each)


@metric(
    "tree",
    low=0,
    high=1,
    better="lower",
    meaning="Share of inner groups with a single child: a step without a choice.",
    source="counting",
)
def single_children(parents: Parents) -> Figure:
    """Share of groups with children that have just one. Undefined for a flat tree."""
    children = children_counts(parents)
    inner = children[children > 0]
    return Figure(float((inner == 1).mean()), None, None, len(inner)) if len(inner) else UNDEFINED


@metric(
    "tree",
    low=1,
    high=np.inf,
    better="neither",
    meaning="Steps from the top to a base group.",
    source="counting",
)
def depth(parents: Parents) -> Figure:
    """Mean number of groups on the way from the top to a leaf, both counted; 1 for a flat tree."""
    leaves = children_counts(parents) == 0
    if not len(parents):
        return UNDEFINED
    return Figure(float(depths(parents)[leaves].mean()), None, None, int(leaves.sum()))


@metric(
    "tree",
    low=0,
    high=1,
    better="lower",
    meaning="Share of all conversations in the largest base group; a large one usually hides several topics.",
    source="counting",
)
def largest_leaf(parents: Parents, sizes: NDArray[Any]) -> Figure:
    """Size of the largest group without children divided by the sizes of all such."""
    leaves = np.asarray(sizes, dtype=np.float64)[children_counts(parents) == 0]
    if not leaves.sum() > 0:
        return UNDEFINED
    return Figure(float(leaves.max() / leaves.sum()), None, None, len(leaves))


@metric(
    "tree",
    low=0,
    high=1,
    better="neither",
    meaning="How unequal the base groups are in size (0: all have the same size).",
    source="Gini 1912",
)
def size_gini(parents: Parents, sizes: NDArray[Any]) -> Figure:
    """Gini coefficient of the sizes of groups without children: mean difference over twice the mean."""
    leaves = np.sort(np.asarray(sizes, dtype=np.float64)[children_counts(parents) == 0])
    if not leaves.sum() > 0:
        return UNDEFINED
    rank = 2 * np.arange(1, len(leaves) + 1) - len(leaves) - 1
    return Figure(float((rank * leaves).sum() / (len(leaves) * leaves.sum())), None, None, len(leaves))


@metric(
    "tree",
    low=-1,
    high=1,
    better="higher",
    meaning="Whether groups that are close in the tree have names that mean similar things.",
    source="CSC, Wullschleger et al. 2025 (arXiv 2505.11470)",
)
def semantic_tree(name_vectors: NDArray[Any], parents: Parents, seed: int = 0) -> Figure:
    """Spearman correlation, over pairs of groups, of the cosine of their names' vectors with their Wu-Palmer
    similarity, 2 depth(lowest common ancestor) / (depth a + depth b), 0 across top groups.

    ``name_vectors`` (m, d). Above 800 groups a random 800 are compared. Interval: groups left out by turns.
    Undefined where one side is constant, as in a flat tree.
    """
    rows = np.arange(len(parents))
    if len(rows) > _MOST:
        rows = np.sort(np.random.default_rng(seed).choice(rows, _MOST, replace=False))
    if len(rows) < 4:
        return UNDEFINED
    near = wu_palmer(parents, rows)
    unit = unit_rows(np.asarray(name_vectors)[rows]).astype(np.float64)
    alike = unit @ unit.T

    def correlation(kept: NDArray[np.intp]) -> float:
        from scipy.stats import rankdata

        upper = np.triu_indices(len(kept), 1)
        pair = (kept[upper[0]], kept[upper[1]])
        near_ranks, alike_ranks = rankdata(near[pair]), rankdata(alike[pair])
        if near_ranks.std() < 1e-12 or alike_ranks.std() < 1e-12:
            return float("nan")
        return float(np.corrcoef(near_ranks, alike_ranks)[0, 1])

    every = np.arange(len(rows))
    value = correlation(every)
    return around(value, jackknife(correlation, every, folds=10, seed=seed), len(rows))


def wu_palmer(parents: Parents, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Wu-Palmer similarity of all pairs of the groups in ``rows`` (s,), shape (s, s); 1 on the diagonal."""
    deep = depths(parents)
    paths = np.full((len(rows), int(deep.max(initial=0))), -1, dtype=np.int64)  # from the top down
    above = rows.copy()
    for _ in range(paths.shape[1]):
        inside = np.flatnonzero(above >= 0)
        paths[inside, deep[above[inside]] - 1] = above[inside]
        above = np.where(above >= 0, parents[np.maximum(above, 0)], -1)
    common = np.zeros((len(rows), len(rows)))
    for level in range(paths.shape[1]):
        column = paths[:, level]
        common += (column[:, None] == column) & (column >= 0)
    return 2 * common / (deep[rows][:, None] + deep[rows])
