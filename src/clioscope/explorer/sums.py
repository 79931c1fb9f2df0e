"""What the page shows before it has read a single row: counts of all conversations, and the bounds of the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Arrays = dict[str, "NDArray[Any]"]
_FAR = 0.004  # the share of points at either end that may lie outside the first view
_FEW = 200  # of so few points all lie inside


def add_sums(header: dict[str, Any], arrays: Arrays) -> None:
    """Give the header of a full atlas ``sums``, and each of its columns its own; both follow from the arrays.

    ``sums``: ``groups`` (conversations of each group, copies too), ``days`` (of each day), ``totals`` (count, mass,
    distinct, users, rows), ``bounds`` (left, low, right and high end of the map, -1 to 1). Of segments also ``masses``
    and ``day_masses``, which shares are taken of. Of a column: ``counts`` of each value and, last, of what is not
    known; ``squares``, the sum of squares of what conversations weigh; of segments also ``touched``, the
    conversations with each value. The numbers are those that the page counts over all rows
    (``explorer/src/logic/tally.ts``).
    """
    rows = _Rows(header, arrays)
    groups, totals = rows.of_groups(), rows.totals()
    sums: dict[str, Any] = {"groups": groups[0], "totals": totals}
    if rows.whole is not None:
        sums["masses"] = groups[1]
    if header["days"] is not None:
        touched, masses = rows.of_days(int(header["days"]["last"]))
        sums["days"] = touched
        if rows.whole is not None:
            sums["day_masses"] = masses
    if header["map"]:
        sums["bounds"] = bounds(arrays["x"], arrays["y"])
    header["sums"] = sums
    for column in header["columns"]:
        column["sums"] = rows.of_column(arrays[column["array"]], len(column["values"]))


def bounds(x: NDArray[np.uint16], y: NDArray[np.uint16]) -> list[float]:
    """Left, low, right and high end of nearly all points: a handful far out should not make the rest small.

    ``x`` and ``y`` are steps (``places.steps``); the ends lie between -1 and 1.
    """
    ends = []
    for axis in (x, y):
        cut = int(len(axis) * _FAR) if len(axis) > _FEW else 0
        order = np.partition(axis, (cut, len(axis) - 1 - cut)) if len(axis) else np.array([0, 65_535])
        ends.append([round(float(order[place]) / 65_535 * 2 - 1, 5) for place in (cut, len(order) - 1 - cut)])
    return [ends[0][0], ends[1][0], ends[0][1], ends[1][1]]


class _Rows:
    """The rows of a view: how often each occurs, what it weighs in shares, and its whole conversation."""

    def __init__(self, header: dict[str, Any], arrays: Arrays) -> None:
        self.n = int(header["rows"])
        self.group = arrays["group"]
        self.parents = [row["parent"] for row in header["groups"]]
        self.levels = [row["level"] for row in header["groups"]]
        self.count = arrays["count"].astype(np.float64) if "count" in arrays else None
        self.whole = arrays.get("whole")
        self.user, self.day = arrays.get("user"), arrays.get("day")
        self.mass = self.count
        if self.whole is not None:
            part = arrays["part"].astype(np.float64)
            self.mass = part if self.count is None else part * self.count

    def _summed(self, codes: NDArray[Any], size: int, weights: NDArray[np.float64] | None) -> NDArray[np.float64]:
        return np.bincount(codes, weights, size).astype(np.float64)

    def _touched(self, codes: NDArray[Any], size: int, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """Conversations with each code, each counted as often as it occurs; ``rows`` are those of the codes."""
        assert self.whole is not None
        whole = self.whole if rows is None else self.whole[rows]
        _, first = np.unique(whole.astype(np.int64) * size + codes, return_index=True)
        count = None if self.count is None else self.count[first if rows is None else rows[first]]
        return self._summed(codes[first], size, count)

    def of_groups(self) -> tuple[list[float], list[float]]:
        """Conversations that touch each group, and the sum of what they weigh there."""
        size = len(self.parents)
        masses = self._summed(self.group, size, self.mass)
        for index in np.argsort(self.levels, kind="stable"):  # children before their parents
            parent = self.parents[int(index)]
            if parent is not None:
                masses[parent] += masses[index]
        if self.whole is None:
            return _numbers(masses), []
        above = np.array([-1 if parent is None else parent for parent in self.parents], np.int64)
        codes, rows = self.group.astype(np.int64), np.arange(self.n)
        held, of = [codes], [rows]
        while len(rows):
            up = above[codes]
            codes, rows = up[up >= 0], rows[up >= 0]
            held.append(codes)
            of.append(rows)
        return _numbers(self._touched(np.concatenate(held), size, np.concatenate(of))), _numbers(masses)

    def of_days(self, last: int) -> tuple[list[float], list[float]]:
        """Conversations of each day, and what they weigh."""
        assert self.day is not None
        rows = np.flatnonzero(self.day <= last)
        days = self.day[rows]
        masses = self._summed(days, last + 1, None if self.mass is None else self.mass[rows])
        if self.whole is None:
            return _numbers(masses), []
        return _numbers(self._touched(days.astype(np.int64), last + 1, rows)), _numbers(masses)

    def of_column(self, codes: NDArray[Any], width: int) -> dict[str, Any]:
        """Counts of the values of a column."""
        counts = self._summed(codes, width + 1, self.mass)
        if self.whole is None:
            squares = float(self.n if self.mass is None else (self.mass**2).sum())
            return {"counts": _numbers(counts), "squares": squares}
        assert self.mass is not None
        squares = float((np.bincount(self.whole, self.mass) ** 2).sum())
        touched = self._touched(codes.astype(np.int64), width + 1)
        return {"counts": _numbers(counts), "touched": _numbers(touched), "squares": squares}

    def totals(self) -> dict[str, Any]:
        """Conversations with copies, what they weigh, distinct ones, users (None without any), and rows."""
        whole = np.arange(self.n) if self.whole is None else np.unique(self.whole, return_index=True)[1]
        users = None if self.user is None else int(np.count_nonzero(np.bincount(self.user[whole])[1:]))
        count = len(whole) if self.count is None else self.count[whole].sum()
        mass = self.n if self.mass is None else self.mass.sum()
        return {"count": int(count), "mass": float(mass), "distinct": len(whole), "users": users, "rows": self.n}


def _numbers(values: NDArray[np.float64]) -> list[float]:
    return [int(one) if one.is_integer() else one for one in values.tolist()]
