"""Counts of the groups of a view, of which the things to know are told: what each weighs, and by value and by half."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.statistics.intervals import Floats, effective

Arrays = Mapping[str, NDArray[Any]]


def sums(codes: NDArray[Any], mass: Floats, size: int = 0) -> Floats:
    """What each code weighs."""
    return np.bincount(codes, mass, size).astype(np.float64, copy=False)


class Table(NamedTuple):
    """Of g groups and v values: ``counts`` (g, v) and ``rest`` (g, v) in all other groups; ``own`` and ``others`` (g,)
    are what shares are parts of, ``size`` and ``rest_size`` (g,) effective sizes. ``hidden`` (g,): what of the others
    is withheld, so may have any value."""

    counts: Floats
    own: Floats
    size: Floats
    rest: Floats
    others: Floats
    rest_size: Floats
    hidden: Floats


class Rows:
    """Rows of a full view: their group, what they weigh in shares, and the whole conversation of each."""

    def __init__(self, parents: Sequence[int | None], levels: Sequence[int], arrays: Arrays) -> None:
        self.parents, self.order = parents, np.argsort(levels, kind="stable")  # children before their parents
        self.group = arrays["group"].astype(np.int64)
        self.mass = np.ones(len(self.group))
        for name in ("count", "part"):
            if name in arrays:
                self.mass = self.mass * arrays[name].astype(np.float64)
        self.whole = arrays["whole"].astype(np.int64) if "whole" in arrays else None
        self.user = arrays.get("user")
        self.day = arrays.get("day")

    def rolled(self, table: Floats) -> Floats:
        """A table with a row per group, to which what is below each group is added."""
        for index in self.order:
            parent = self.parents[int(index)]
            if parent is not None:
                table[parent] += table[index]
        return table

    def counts(self, codes: NDArray[Any], width: int, rows: NDArray[np.bool_] | None = None) -> Floats:
        """What the rows with each code weigh in each group, (groups, width)."""
        size = len(self.parents)
        chosen = slice(None) if rows is None else rows
        keys = self.group[chosen] * width + codes[chosen].astype(np.int64)
        return self.rolled(sums(keys, self.mass[chosen], size * width).reshape(size, width))

    @cached_property
    def own(self) -> Floats:
        """What each group weighs, (groups,)."""
        return self.counts(np.zeros(len(self.group), np.int64), 1)[:, 0]

    @cached_property
    def held(self) -> Floats:
        """What each whole conversation weighs."""
        return self.mass if self.whole is None else sums(self.whole, self.mass)

    @cached_property
    def squares(self) -> tuple[Floats, Floats, float]:
        """Sums of squares of what conversations weigh: in each group, in all others, and in all."""
        total = float((self.held**2).sum())
        size = len(self.parents)
        if self.whole is None:
            own = self.rolled(sums(self.group, self.mass**2, size))
            return own, total - own, total
        groups, rows = self.upward()
        keys, at = np.unique(self.whole[rows] * size + groups, return_inverse=True)
        inside = sums(at, self.mass[rows])
        group = keys % size
        own = sums(group, inside**2, size)
        both = sums(group, inside * self.held[keys // size], size)
        return own, total - 2 * both + own, total

    def upward(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs of a group and a row that it holds, at every level."""
        above = np.array([-1 if one is None else one for one in self.parents], np.int64)
        codes, rows = self.group, np.arange(len(self.group))
        groups, held = [codes], [rows]
        while len(rows):
            up = above[codes]
            codes, rows = up[up >= 0], rows[up >= 0]
            groups.append(codes)
            held.append(rows)
        return np.concatenate(groups), np.concatenate(held)

    def within(self, group: int) -> NDArray[np.bool_]:
        """The rows (n,) of a group."""
        mine = np.zeros(len(self.parents), bool)
        mine[group] = True
        for index in self.order[::-1]:  # parents before their children
            parent = self.parents[int(index)]
            if parent is not None and mine[parent]:
                mine[index] = True
        found: NDArray[np.bool_] = mine[self.group]
        return found

    def table(self, codes: NDArray[Any], width: int) -> Table:
        """The values of a column in every group and in all others; the last code is what is not known."""
        counts = self.counts(codes, width + 1)
        whole = sums(codes.astype(np.int64), self.mass, width + 1)
        own, rest, _ = self.squares
        others = np.maximum(0.0, self.held.sum() - self.own)
        return Table(
            counts[:, :width],
            self.own,
            effective(self.own, own),
            np.maximum(0.0, whole - counts)[:, :width],
            others,
            effective(others, rest),
            np.zeros(len(self.own)),
        )

    def most_of_one(self, rows: NDArray[np.bool_]) -> tuple[int, float]:
        """How many people some rows are of, and the largest share of one. Every row without a known user is a person's
        of its own."""
        mass = self.mass[rows]
        if self.user is None:
            return len(mass), 0.0
        users = self.user[rows]
        named = sums(users, mass)[1:] if len(users) else np.zeros(0)
        unnamed = mass[users == 0]
        most = max(named.max(initial=0.0), unnamed.max(initial=0.0))
        return int((named > 0).sum() + len(unnamed)), float(most / max(mass.sum(), 1e-12))


def published_table(
    groups: Sequence[Mapping[str, Any]], cells: NDArray[Any], values: Sequence[Any], total: int
) -> Table:
    """The same from the cells of a published atlas (groups × values), whose value None is withheld, unknown or other.

    What is published in no cell of the other groups may have any value: ``hidden``.
    """
    counts = cells.reshape(len(groups), len(values)).astype(np.float64)
    own = np.array([one["count"] for one in groups], np.float64)
    whole = counts[[index for index, one in enumerate(groups) if one["parent"] is None]].sum(axis=0)
    others = np.maximum(0.0, total - own)
    rest = np.maximum(0.0, whole - counts)
    shown = [place for place, value in enumerate(values) if value is not None]
    hidden = np.maximum(0.0, others - rest[:, shown].sum(axis=1))
    return Table(counts, own, own, rest, others, others, hidden)
