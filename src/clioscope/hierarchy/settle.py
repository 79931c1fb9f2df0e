"""After a cut, points that clearly lie nearer to another group move there.

A linkage never takes a merge back, so a point that was merged early may end in a group whose middle has moved away
from it. Moving it is one step of k-means from the cut. On CLINC150 (150 base groups) the share of base groups that lie
nearer to another parent falls from .043 to .004. The AMI of the top level with the labels stays as it is: changes of
−.001 to +.003 on CLINC150 and labelled ShareGPT (``benchmarks/tree.py``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MARGIN = 0.05  # a move must lower the cost by this share
_ROUNDS = 10


def settle(
    labels: NDArray[np.int32], above: NDArray[np.int32], sums: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.int32]:
    """The group (k,) of each point, after moves that lower Ward's cost by at least 5 %.

    ``labels`` (k,) are the groups before, ``above`` (k,) their parents: a point moves only within its parent. ``sums``
    (k, d) are the points times their ``weights`` (k,). Every group keeps two points, so none becomes empty, and a point
    that is alone stays alone.
    """
    labels, groups = labels.copy(), int(labels.max()) + 1
    total = np.zeros((groups, sums.shape[1]))
    np.add.at(total, labels, sums)
    mass = np.bincount(labels, weights=weights, minlength=groups)
    counts = np.bincount(labels, minlength=groups)
    parent = np.empty(groups, dtype=np.int32)
    parent[labels] = above
    points = sums / weights[:, None]
    for _ in range(_ROUNDS):
        moved = False
        for point, weight in enumerate(weights):
            own = labels[point]
            others = np.flatnonzero((parent == above[point]) & (counts > 1))
            others = others[others != own]
            if counts[own] < 3 or not len(others):
                continue
            rest = mass[own] - weight
            stay = rest / mass[own] * _gap((total[own] - sums[point]) / rest, points[point])
            means = total[others] / mass[others, None]
            costs = mass[others] / (mass[others] + weight) * _gap(means, points[point])
            # Both are the costs of adding the point to a group without it, per unit of its weight.
            if costs.min() >= (1 - _MARGIN) * stay:
                continue
            to = others[int(costs.argmin())]
            for group, sign in ((own, -1), (to, 1)):
                total[group] += sign * sums[point]
                mass[group] += sign * weight
                counts[group] += sign
            labels[point], moved = to, True
        if not moved:
            break
    return labels


def _gap(means: NDArray[np.float64], point: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(((means - point) ** 2).sum(axis=-1))
