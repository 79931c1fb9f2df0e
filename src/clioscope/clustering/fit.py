"""Whether a new conversation fits its group: a conformal test, calibrated on the members.

Compared are vectors of raw texts. They are made alike for members and for new conversations. The vectors that decide
the groups are not: those of members were smoothed with one another and learnt from.

Three things count against a conversation. ``far`` is the distance to its nearest members. ``rest`` is the part of its
vector that no mix of the members around it makes up. ``sparse`` is the distance to its nearest members compared with
the distances that these have among themselves, in vectors less their mean. Each becomes the share of members that
deviate as much, each member measured without itself. The share of ``far`` is multiplied by the smaller one of the
others: ``rest`` finds texts of another kind, ``sparse`` other subjects. How usual the product is among the members is
the p-value: the share of members that would be refused with the conversation (docs/fits-nothing.md has the
measurements).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.neighbours import Neighbours, knn, nearest
from clioscope.vectors.spaced import evenly_spaced
from clioscope.vectors.unit import unit_rows

LEVEL = 0.05  # share of members that may be refused
MOST = 20_000  # members that others are compared with
_FAR, _SPARSE, _REST = 5, 10, 50  # neighbours
_AROUND = 0.5  # how much of the distances around is taken off: in full, every place would count as equally dense
_RIDGE = 0.1  # keeps a mix from giving its parts large weights of both signs, which could make up nearly any vector
_POOLED = 150  # as much as so many members of its own do the members of all groups count in a group
_NEAREST = 0.01  # distances below count as this one, or a single near copy would make its surroundings infinitely dense
_TINY = 1e-9
_SCORES = 3
COLUMNS = _SCORES + 1  # of what ``calibrate`` keeps; files of earlier versions have fewer
_BLOCK = 1 << 22  # floats of neighbours held at once


class Fit(NamedTuple):
    """What tells whether a new conversation fits.

    ``vectors`` (m, d): unit rows of members that a new conversation is compared with; ``mean`` (d,): their mean;
    ``spread`` (m,): log of the mean distance of each to its nearest ones; ``deviations`` (r, 3): ``far``, ``rest`` and
    ``sparse`` of r members, each without itself; ``labels`` (r,): their groups, -1 for one that fits none.
    """

    vectors: NDArray[np.float32]
    mean: NDArray[np.float32]
    spread: NDArray[np.float32]
    deviations: NDArray[np.float32]
    labels: NDArray[np.int32]

    def p_values(self, vectors: NDArray[np.floating], labels: NDArray[np.integer]) -> NDArray[np.float32]:
        """The p-value (n,), in (0, 1], of each new conversation in the group that it would belong to.

        ``vectors`` (n, d) are those of its raw text, ``labels`` (n,) the groups. Where there are too few members to
        tell, it is 1. A conversation gets the same value alone or among others.
        """
        if len(self.vectors) <= _SPARSE or not len(vectors):
            return np.ones(len(vectors), np.float32)
        own, others = _shares(self.deviations, self.labels), self._shares_of(vectors, labels)
        return _bounded(1 + np.searchsorted(np.sort(own), others, "right"), len(own))

    def own_p_values(self) -> NDArray[np.float32]:
        """The p-value (r,) of each member that counts, in its own group and without itself.

        About a share p of them has a p-value of p or less: it says which ones fit worst, not that they fit badly.
        """
        if len(self.vectors) <= _SPARSE:
            return np.ones(len(self.labels), np.float32)
        own = _shares(self.deviations, self.labels)
        return _bounded(np.searchsorted(np.sort(own), own, "right"), len(own))

    def deviations_of(self, vectors: NDArray[np.floating]) -> NDArray[np.float32]:
        """``far``, ``rest`` and ``sparse`` (n, 3) of new conversations: the more, the less they are like members."""
        unit = unit_rows(vectors)
        near = nearest(unit - self.mean, unit_rows(self.vectors - self.mean), _SPARSE)
        return _deviations(unit, nearest(unit, self.vectors, _REST), self.vectors, near, self.spread)

    def _shares_of(self, vectors: NDArray[np.floating], labels: NDArray[np.integer]) -> NDArray[np.float64]:
        new = self.deviations_of(vectors)
        return _product([_share(new[:, one], labels, self.deviations[:, one], self.labels) for one in range(_SCORES)])


def calibrate(
    vectors: NDArray[np.floating], outside: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """What an atlas keeps: the members that count (r,) as rows, and their far, rest, sparse and spread, shape (r, 4).

    ``vectors`` (n, d) are those of the raw texts. ``outside`` (n,) marks conversations that fit no group: nothing is
    compared with them, but they are counted. Of more than 20,000 rows, evenly spaced ones stand for all.
    """
    rows = evenly_spaced(len(vectors), MOST).astype(np.int32)
    unit = unit_rows(vectors[rows])
    inside = np.ones(len(rows), bool) if outside is None else ~outside[rows]
    kept = np.zeros((len(rows), COLUMNS), np.float32)
    if inside.sum() <= _SPARSE:
        return rows, kept
    among, others = unit[inside], unit[~inside]
    mean = _mean(among)
    centred = unit_rows(among - mean)
    near = knn(centred, _SPARSE, exact=MOST)
    spread = _log_distance(near)
    kept[inside, :_SCORES] = _deviations(among, knn(among, _REST, exact=MOST), among, near, spread)
    kept[inside, _SCORES] = spread
    if len(others):
        near = nearest(others - mean, centred, _SPARSE)
        kept[~inside, :_SCORES] = _deviations(others, nearest(others, among, _REST), among, near, spread)
    return rows, kept


def is_current(kept: NDArray[np.float32]) -> bool:
    """Whether ``kept`` is what ``calibrate`` gives today; earlier versions kept fewer figures per member."""
    return kept.ndim == 2 and kept.shape[1] == COLUMNS


def fit_from(
    vectors: NDArray[np.floating],
    labels: NDArray[np.integer],
    rows: NDArray[np.integer],
    kept: NDArray[np.float32],
    outside: NDArray[np.bool_] | None = None,
) -> Fit:
    """The ``Fit`` of an atlas from what ``calibrate`` gave; ``labels`` (n,) are the groups."""
    inside = np.ones(len(rows), bool) if outside is None else ~outside[rows]
    members = unit_rows(vectors[rows][inside])
    known = np.where(inside, labels[rows], -1).astype(np.int32)
    return Fit(members, _mean(members), kept[inside, _SCORES], kept[:, :_SCORES], known)


def member_p_values(vectors: NDArray[np.floating], labels: NDArray[np.integer]) -> NDArray[np.float32]:
    """The p-value (n,) of each member in its own group, without itself (``Fit.own_p_values``)."""
    rows, kept = calibrate(vectors)
    return of_members(fit_from(vectors, labels, rows, kept), vectors, labels, rows)


def of_members(
    fit: Fit, vectors: NDArray[np.floating], labels: NDArray[np.integer], rows: NDArray[np.integer]
) -> NDArray[np.float32]:
    """``member_p_values`` where the ``fit`` is known, of which ``rows`` (r,) are the members that count."""
    result = np.empty(len(vectors), np.float32)
    result[rows] = fit.own_p_values()
    rest = np.setdiff1d(np.arange(len(vectors)), rows)
    result[rest] = fit.p_values(vectors[rest], labels[rest])
    return result


def _shares(deviations: NDArray[np.float32], labels: NDArray[np.int32]) -> NDArray[np.float64]:
    """What ``_shares_of`` gives for a new conversation, of each member without itself."""
    return _product(
        [_share(deviations[:, one], labels, deviations[:, one], labels, itself=1) for one in range(_SCORES)]
    )


def _share(
    values: NDArray[np.floating],
    groups: NDArray[np.integer],
    known: NDArray[np.float32],
    labels: NDArray[np.int32],
    itself: int = 0,
) -> NDArray[np.float64]:
    """The share of members that deviate at least as much as each of ``values`` (n,) in its one of ``groups`` (n,).

    Members of the same group count one each, those of all groups together ``_POOLED``: a small group has too few
    of its own. ``itself`` is 1 where the values are those of the members.
    """
    pooled = np.sort(known)
    everywhere = (len(known) + 1 - itself - np.searchsorted(pooled, values, "left")) / (len(known) + 1 - itself)
    order = np.lexsort((known, labels))
    sorted_labels, sorted_known = labels[order], known[order]
    own, size = np.zeros(len(values)), np.zeros(len(values))
    for group in np.unique(groups[groups >= 0]):
        start, end = np.searchsorted(sorted_labels, [group, group + 1])
        here = groups == group
        own[here] = end - start - np.searchsorted(sorted_known[start:end], values[here], "left")
        size[here] = end - start
    own, size = np.maximum(own - itself, 0), np.maximum(size - itself, 0)
    return np.asarray((own + _POOLED * everywhere) / (size + _POOLED))


def _product(shares: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The logarithm of the first share times the smaller one of the others, rounded, so that the same shares have the
    same one."""
    far, rest, sparse = (np.log(np.maximum(share, _TINY)) for share in shares)
    return np.asarray(np.round(far + np.minimum(rest, sparse), 9))


def _bounded(counts: NDArray[np.integer], members: int) -> NDArray[np.float32]:
    """The p-values from how many members fit as badly, two standard errors added: few members may err by chance."""
    share = np.minimum(counts / (members + 1), 1)
    return np.asarray(np.minimum(share + 2 * np.sqrt(share * (1 - share) / (members + 1)), 1), np.float32)


def _deviations(
    unit: NDArray[np.float32],
    near: Neighbours,
    among: NDArray[np.float32],
    centred: Neighbours,
    spread: NDArray[np.float32],
) -> NDArray[np.float32]:
    """``far``, ``rest`` and ``sparse`` (n, 3) of the rows ``unit`` (n, d).

    ``near`` are their neighbours among the members ``among`` (m, d), ``centred`` those in vectors less their mean.
    """
    far = _log_distance(Neighbours(near.indices[:, :_FAR], near.similarities[:, :_FAR]))
    there = centred.indices >= 0
    around = (spread[centred.indices] * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    sparse = _log_distance(centred) - _AROUND * around
    return np.stack([far, _rest(unit, near, among), sparse], axis=1).astype(np.float32)


def _rest(unit: NDArray[np.float32], near: Neighbours, among: NDArray[np.float32]) -> NDArray[np.float64]:
    """The share (n,) of each row that no mix of its neighbours makes up, from 0 to 1.

    It is the variance that a linear Gaussian process on the neighbours leaves. Every row is computed by itself, so it
    has the same value alone and among others.
    """
    rest = np.empty(len(unit))
    width = near.indices.shape[1]
    step = max(1, _BLOCK // max(1, width * unit.shape[1]))
    for start in range(0, len(unit), step):
        places = near.indices[start : start + step]
        around = among[places] * (places >= 0)[:, :, None]
        products = (around @ unit[start : start + step, :, None]).astype(np.float64)
        inner = (around @ around.transpose(0, 2, 1)).astype(np.float64) + _RIDGE * np.eye(width)
        rest[start : start + step] = 1 - (products * np.linalg.solve(inner, products)).sum(axis=(1, 2))
    return rest


def _log_distance(near: Neighbours) -> NDArray[np.float32]:
    """The logarithm (n,) of the mean distance to the neighbours that there are; distances are 1 less the cosine."""
    there = near.indices >= 0
    cosines = (near.similarities * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    return np.asarray(np.log(np.maximum(1 - cosines, _NEAREST)), np.float32)


def _mean(unit: NDArray[np.float32]) -> NDArray[np.float32]:
    if not len(unit):
        return np.zeros(unit.shape[1], np.float32)
    mean: NDArray[np.float32] = unit.mean(axis=0, dtype=np.float64).astype(np.float32)
    return mean
