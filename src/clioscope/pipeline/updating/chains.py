"""Where the base groups of an updated atlas stand in its tree.

Only what changed is placed anew: groups that were born, split, merged or promoted. A parent is split where its groups
held together before and do so no more. All others keep their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy.tree import Level
from clioscope.vectors.unit import unit_rows

if TYPE_CHECKING:
    from clioscope.naming.candidates import Label
    from clioscope.settings import Category

_FARTHEST = 0.1  # share of groups that lie farther from their parent than a group may to be put under it
_MARGIN = 0.05  # a part of a split group leaves its parent for one that is nearer by this cosine
_FEWEST = 3  # children of a parent that is split


class Bases(NamedTuple):
    """The base groups of an updated atlas (k of them).

    ``was`` (k,): the label that each had before, -1 for one that was added; ``centroids`` (k, d), a zero row for what
    fits nothing; ``old`` (k,): how many conversations of the atlas each holds; ``codes`` (k): the given category of
    each, None for none; ``mixed`` (k,): groups without a theme, which nothing is put beside.
    """

    was: NDArray[np.int64]
    centroids: NDArray[np.float32]
    old: NDArray[np.int64]
    codes: Sequence[str | None]
    mixed: NDArray[np.bool_]


class Shape(NamedTuple):
    """``levels`` above the base; ``was``: per level above the base, the number of each group there before, None for a
    new one; ``codes``: per level above the base, the given category that each group is, None for none."""

    levels: list[Level]
    was: list[list[int | None]]
    codes: list[list[str | None]]


def kept_shape(levels: Sequence[Level], named: Sequence[Sequence[Label]]) -> Shape:
    """The shape of a tree in which nothing changed."""
    above = named[1:]
    return Shape(
        list(levels), [list(range(len(own))) for own in above], [[label.code for label in own] for own in above]
    )


class Chains:
    """The groups above each base group, one per level.

    ``levels`` and ``named`` (labels of every level, base first) are the tree before, ``before`` (k0, d) the centroids
    of its base groups; ``bases`` are the base groups now. ``moving`` are those to be placed; each of the others must
    have been there before. ``categories`` are the given ones.
    """

    def __init__(
        self,
        levels: Sequence[Level],
        named: Sequence[Sequence[Label]],
        before: NDArray[np.float32],
        bases: Bases,
        moving: Sequence[int],
        categories: Sequence[Category] = (),
    ) -> None:
        self.bases, self.height = bases, len(levels)
        self.code_of = [[label.code for label in own] for own in named[1:]]
        self.up = [dict(enumerate(level.parent_of.tolist())) for level in levels[1:]]
        self._ways = {one.code: _way(one, categories) for one in categories}
        self.given = max(map(len, self._ways.values()), default=0)  # levels of categories, at the top
        self._first = [len(own) for own in named[1:]]  # the number of the first group that is made here
        self._count = list(self._first)
        chain: NDArray[np.integer] = np.arange(len(named[0]))
        columns = []
        for level in levels:
            chain = level.parent_of[chain]
            columns.append(chain)
        self._chain_before = np.stack(columns, axis=1) if columns else np.zeros((len(named[0]), 0), np.int64)
        self._before = before
        self.chain = np.full((len(bases.was), self.height), -1, np.int64)
        there = bases.was >= 0
        self.chain[there] = self._chain_before[bases.was[there]]
        self._touched: set[tuple[int, int]] = {
            (level, node)
            for group in set(range(len(named[0]))) - set(bases.was[there].tolist())
            for level, node in enumerate(self._chain_before[group].tolist())
        }
        self._earlier = self.chain.copy()
        for group in moving:
            self._touched |= {(level, node) for level, node in enumerate(self.chain[group].tolist()) if node >= 0}
            self.chain[group] = -1
        self._least = [self._usual_fit(level) for level in range(self.height)]
        self._gaps = [self._usual_gap(level) for level in range(self.height)]

    def place(self, group: int, beside: int | None = None) -> None:
        """Put a base group under the nearest group of each level that it fits, or under a new one.

        The parent that it had is preferred, or that of ``beside``, the other part of a group that was split.
        """
        own = self._earlier[group if beside is None else beside]
        found: list[int] = []
        for level in range(self.height):
            node = self._parent_for(group, level, int(own[level]))
            if node is None:
                node = self._new(level)
            if found:
                self.up[level - 1].setdefault(found[-1], node)
            found.append(node)
            if level + 1 < self.height and node in self.up[level]:
                while len(found) < self.height:
                    found.append(self.up[len(found) - 1][found[-1]])
                break
        self.chain[group] = found
        self._touched |= set(enumerate(found))

    def stand_alone(self, group: int) -> None:
        """Put a base group at the top, by itself."""
        self.chain[group] = [self._new(level) for level in range(self.height)]
        for level in range(self.height - 1):
            self.up[level][int(self.chain[group, level])] = int(self.chain[group, level + 1])

    def split_parents(self) -> None:
        """Split each parent that changed and whose groups no longer hold together."""
        for level in range(self.height - self.given):
            for node in sorted(node for at, node in self._touched if at == level):
                parts = self._parts(level, node, self._gaps[level])
                if parts is not None:
                    self._split(level, node, parts)

    def shape(self) -> Shape:
        """The levels, in the order that they had; new groups last, and none that is empty."""
        levels, was, codes = [], [], []
        below = np.arange(len(self.chain))
        for level in range(self.height):
            nodes, number = np.unique(self.chain[:, level], return_inverse=True)
            parents = np.empty(int(below.max()) + 1, np.int32)
            parents[below] = number
            levels.append(Level(parents))
            was.append([node if node < self._first[level] else None for node in nodes.tolist()])
            codes.append([self.code_of[level][node] for node in nodes.tolist()])
            below = number
        return Shape(levels, was, codes)

    def _new(self, level: int, code: str | None = None) -> int:
        self._count[level] += 1
        self.code_of[level].append(code)
        return self._count[level] - 1

    def _parent_for(self, group: int, level: int, preferred: int) -> int | None:
        """The group of a level that a base group belongs under; None where it fits none that is there."""
        code = self.bases.codes[group]
        if level >= self.height - self.given:
            way, depth = self._ways[code] if code is not None else [], self.height - level
            return self._category(level, way[depth - 1]) if len(way) >= depth else None
        alike = [other for other in self._settled(level) if self.bases.codes[other] == code]
        if not alike:
            return None
        nodes, sums, counts = self._sums(level, alike)
        cosines = unit_rows(sums) @ self.bases.centroids[group]
        fits = sums @ self.bases.centroids[group] / counts >= self._least[level]
        best = int(cosines.argmax())
        for own in np.flatnonzero(nodes == preferred).tolist():
            if fits[own] and cosines[own] >= cosines[best] - _MARGIN:
                return preferred
        return int(nodes[best]) if fits[best] else None

    def _category(self, level: int, code: str) -> int:
        return self.code_of[level].index(code) if code in self.code_of[level] else self._new(level, code)

    def _settled(self, level: int) -> list[int]:
        """Base groups that have a place at a level, and beside which something may be put."""
        usual = (self.chain[:, level] >= 0) & ~self.bases.mixed & self.bases.centroids.any(axis=1)
        return [int(group) for group in np.flatnonzero(usual)]

    def _sums(
        self, level: int, groups: Sequence[int]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """The groups of a level above some base groups, the sums of the centroids of these, and their numbers."""
        nodes, place = np.unique(self.chain[list(groups), level], return_inverse=True)
        sums = np.zeros((len(nodes), self.bases.centroids.shape[1]))
        np.add.at(sums, place, self.bases.centroids[list(groups)].astype(np.float64))
        return nodes, sums, np.bincount(place)

    def _usual_fit(self, level: int) -> float:
        """The mean cosine with the others under its parent that nine tenths of the base groups reach."""
        settled = self._settled(level)
        if not settled:
            return np.inf
        nodes, sums, counts = self._sums(level, settled)
        place = np.searchsorted(nodes, self.chain[settled, level])
        several = counts[place] > 1
        own = self.bases.centroids[settled][several]
        place = place[several]
        cosines = np.einsum("ij,ij->i", sums[place] - own, own) / (counts[place] - 1)
        return float(np.quantile(cosines, _FARTHEST)) if len(cosines) else np.inf

    def _usual_gap(self, level: int) -> float:
        """The cosine of a group of a level with the nearest other one, as it is usual."""
        settled = self._settled(level)
        centres = unit_rows(self._sums(level, settled)[1]) if settled else np.zeros((0, 1), np.float32)
        if len(centres) < 2:
            return -1.0
        cosines = centres @ centres.T
        np.fill_diagonal(cosines, -1)
        return float(np.median(cosines.max(axis=1)))

    def _parts(self, level: int, node: int, apart: float) -> NDArray[np.bool_] | None:
        """Which base groups (k,) leave a parent with one of its two parts; None where it holds together, as it was or
        still."""
        inside = np.flatnonzero((self.chain[:, level] == node) & ~self.bases.mixed)
        old = np.flatnonzero(self._chain_before[:, level] == node)
        now = _halves(self._below(self.chain, level, inside), self.bases.centroids[inside])
        then = _halves(self._below(self._chain_before, level, old), self._before[old])
        if now is None or then is None or now[1] > apart or then[1] <= apart:
            return None
        first = np.bincount(now[0], weights=self.bases.old[inside], minlength=2)
        leaving = np.zeros(len(self.chain), bool)
        leaving[inside] = now[0] == first.argmin()
        return leaving

    def _below(self, chain: NDArray[np.int64], level: int, groups: NDArray[np.integer]) -> NDArray[np.int64]:
        """The child of a group of a level that each base group is in."""
        return np.asarray(chain[groups, level - 1] if level else groups, np.int64)

    def _split(self, level: int, node: int, leaving: NDArray[np.bool_]) -> None:
        new = self._new(level)
        if level + 1 < self.height:
            self.up[level][new] = self.up[level][node]
        if level:
            for child in np.unique(self.chain[leaving, level - 1]).tolist():
                self.up[level - 1][child] = new
        self.chain[leaving, level] = new


def _halves(children: NDArray[np.int64], centroids: NDArray[np.float32]) -> tuple[NDArray[np.int64], float] | None:
    """The half (k,) of a parent that each of its base groups is in, 0 or 1, and the cosine of the two; None for a
    parent of fewer than three children. ``children`` (k,) says which child each is in."""
    from scipy.cluster.hierarchy import cut_tree, linkage

    nodes, place = np.unique(children, return_inverse=True)
    if len(nodes) < _FEWEST:
        return None
    sums = np.zeros((len(nodes), centroids.shape[1]))
    np.add.at(sums, place, centroids.astype(np.float64))
    points = unit_rows(sums).astype(np.float64)
    half = cut_tree(linkage(points, "ward"), 2)[:, 0]
    both = unit_rows(np.stack([points[half == one].sum(axis=0) for one in range(2)]))
    return np.asarray(half[place], np.int64), float(both[0] @ both[1])


def _way(category: Category, categories: Sequence[Category]) -> list[str]:
    """The codes of the categories from the top down to one, itself the last."""
    by_code = {one.code: one for one in categories}
    way = [category.code]
    while (above := by_code[way[0]].parent) is not None:
        way.insert(0, above)
    return way
