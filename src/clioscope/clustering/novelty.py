"""Whether the conversations of a new file differ from an atlas together, which each by itself may not show.

A text can lie near some member and still be of another kind. What kind, only the others of its file tell: a linear
classifier learns how the file differs from the members, and a conversation is new if it lies further on the side of
the file than nearly all members do. This is adaptive novelty detection (Marandon, Lei, Mary and Roquain, Annals of
Statistics 52(1), 2024, section 3): the classifier tells some members from the file *and the other members together*,
so the other members have the same chance of a high score as conversations of the atlas's own kind, and their scores
give valid p-values.

A file may have more of one subject than the atlas has; that makes the subject no news. So a group counts in the file
for at most three times as much as among the members, and scores are compared with those of the group's own members.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.fit import Fit
from clioscope.vectors.unit import unit_rows

FEWEST_NEW, FEWEST_MEMBERS = 20, 120  # with fewer, nothing is learnt that holds
_FOLDS = 3  # each is compared with the file by what was learnt without it
_MORE = 3.0  # times as much as among the members may a group count in the file
_STEADY = 5  # members with the mean score of all that are added to each group, since few say little about their mean
_RIDGE = 10.0  # of the mean variance: most directions of a vector tell nothing, and few examples would find some in all
_BLOCK = 1 << 14  # rows in double precision at once


def p_values_in_file(fit: Fit, vectors: NDArray[np.floating], labels: NDArray[np.integer]) -> NDArray[np.float32]:
    """The p-value (n,), in (0, 1], of each conversation of one file in the group that it would belong to.

    It is the smaller one of what the others of the file tell and of twice ``fit.p_values``: doubled, since either of
    two tests may err. In a small file, or with few members, it is ``fit.p_values``. ``vectors`` (n, d) are those of
    the raw texts, ``labels`` (n,) the groups.
    """
    alone = fit.p_values(vectors, labels)
    if len(vectors) < FEWEST_NEW or len(fit.vectors) < FEWEST_MEMBERS:
        return alone
    return np.minimum(np.minimum(2 * alone, 1), _p_values(fit, unit_rows(vectors), np.asarray(labels, np.int64)))


def _p_values(fit: Fit, new: NDArray[np.float32], groups: NDArray[np.int64]) -> NDArray[np.float32]:
    """What the others of the file tell: the mean over the folds of the share of members with as high a score."""
    members, of_members = fit.vectors, fit.labels[fit.labels >= 0].astype(np.int64)
    count = int(max(of_members.max(), groups.max())) + 1
    fold = np.random.default_rng(0).permutation(len(members)) % _FOLDS
    total = np.zeros(len(new))
    for one in range(_FOLDS):
        held = fold == one
        some, of_some = members[~held], of_members[~held]
        rest, of_rest = members[held], of_members[held]
        most = _most(of_some, groups, count)
        weights = most[np.concatenate([of_rest, groups])]
        own, file = np.split(weights / weights.sum(), [len(rest)])
        direction = _direction(some, [(rest, own), (new, file)])
        usual = _usual(some @ direction, of_some, count)
        scores = np.sort(rest @ direction - usual[of_rest])
        others = new @ direction - usual[groups]
        total += (1 + len(scores) - np.searchsorted(scores, others, "left")) / (1 + len(scores))
    return np.asarray(total / _FOLDS, np.float32)


def _most(members: NDArray[np.int64], new: NDArray[np.int64], groups: int) -> NDArray[np.float64]:
    """For how much a conversation of each group counts, from 0 to 1; the group's members count like the new ones."""
    share = (np.bincount(members, minlength=groups) + 1) / len(members)
    there = np.bincount(new, minlength=groups) / len(new)
    return np.asarray(np.minimum(1, _MORE * share / np.maximum(there, 1 / len(new))))


def _usual(scores: NDArray[np.float32], groups: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """The usual score (count,) of the members of each group, less that of all."""
    total = np.bincount(groups, scores - scores.mean(), minlength=count)
    return np.asarray(total / (np.bincount(groups, minlength=count) + _STEADY))


def _direction(
    members: NDArray[np.float32], others: Sequence[tuple[NDArray[np.float32], NDArray[np.float64]]]
) -> NDArray[np.float32]:
    """The direction (d,) in which the others differ most from the members: ridge regression, each side half of all.

    ``others``: parts of the file's side, each as rows and their weights, which sum to 1 over all parts.
    """
    width = members.shape[1]
    first, squares = np.zeros((2, width)), np.zeros((width, width))
    even = np.full(len(members), 1 / len(members))
    for side, rows, weights in ((0, members, even), *((1, *part) for part in others)):
        for start in range(0, len(rows), _BLOCK):
            block = rows[start : start + _BLOCK].astype(np.float64)
            weighed = block * weights[start : start + _BLOCK, None] / 2
            first[side] += weighed.sum(axis=0)
            squares += weighed.T @ block
    mean = first.sum(axis=0)
    covariance = squares - np.outer(mean, mean)
    covariance += _RIDGE * np.trace(covariance) / width * np.eye(width)
    difference = first[1] - first[0]  # half of the difference of the means of both sides
    return np.asarray(np.linalg.solve(covariance, difference), np.float32)
