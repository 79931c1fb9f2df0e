"""Which values of a facet may be shown in which groups: no sum or difference of counts describes too few people.

The rule is that of cell suppression in statistical tables: a small cell is withheld (primary suppression), and further
cells with it, so that no withheld cell can be had by subtraction (secondary suppression; Cox 1980, Fischetti and
Salazar 2000). A best choice takes integer programming. Here the choice is made from the top of the tree to its base, by
a rule that is safe for tables of any size:

- In a group, the values that are not shown are "withheld or other" together. They meet the thresholds, or are none.
- The children of a group show the same values, or nothing. Those that show nothing are a pool. In the pool, each value
  that the others show, and all other values together, meet the thresholds, or are none.

So the rows fall into parts that meet the thresholds, and every count that is shown is a sum of such parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from clioscope.privacy.crowd import Crowd, Rows

Cells = dict[tuple[str, str], Rows]  # by group and value
_NONE = np.zeros(0, np.intp)


def shown_cells(
    children: Mapping[str, Sequence[str]],
    members: Mapping[str, Rows],
    values: Sequence[str | None],
    crowd: Crowd,
    root: str = "",
) -> Cells:
    """The cells of a facet that may be shown: the rows of each group that have a value.

    ``children``: the groups below each group and below ``root``. ``members``: the rows of each group, those of its
    children among them. ``values`` (n): the value of each row, None for an unknown one, which is never shown.
    """
    cells: Cells = {}
    for group in children[root]:
        parts = _parts(members[group], values)
        shown = _own_values(parts, crowd)
        _show(group, shown, parts, cells)
        _descend(group, shown, children, members, values, crowd, cells)
    return cells


def _parts(rows: Rows, values: Sequence[str | None]) -> dict[str | None, Rows]:
    """The rows of each value."""
    found: dict[str | None, list[int]] = {}
    for row in rows.tolist():
        found.setdefault(values[row], []).append(row)
    return {value: np.array(own, np.intp) for value, own in found.items()}


def _ordered(parts: Mapping[str | None, Rows], crowd: Crowd) -> list[str]:
    """The known values, the most frequent first."""
    known = [value for value in parts if value is not None]
    return sorted(known, key=lambda value: (-crowd.size(parts[value]), value))


def _own_values(parts: Mapping[str | None, Rows], crowd: Crowd) -> list[str]:
    """The values that a group shows whose parent shows nothing."""
    shown = [value for value in _ordered(parts, crowd) if crowd.enough(parts[value])]
    while shown and not crowd.safe(_others(parts, shown)):
        shown.pop()
    return shown


def _others(parts: Mapping[str | None, Rows], shown: Sequence[str]) -> Rows:
    return np.concatenate([_NONE, *(rows for value, rows in parts.items() if value not in shown)])


def _show(group: str, shown: Sequence[str], parts: Mapping[str | None, Rows], cells: Cells) -> None:
    cells.update({(group, value): parts[value] for value in shown if value in parts})


def _descend(
    group: str,
    shown: Sequence[str],
    children: Mapping[str, Sequence[str]],
    members: Mapping[str, Rows],
    values: Sequence[str | None],
    crowd: Crowd,
    cells: Cells,
) -> None:
    """Show what may be shown below a group that shows the values ``shown``, the most frequent first."""
    below = {child: _parts(members[child], values) for child in children[group]}
    if not shown or not below:
        return
    inside = np.concatenate([_NONE, *(members[child] for child in below)])
    rest = _parts(np.setdiff1d(members[group], inside), values)  # in no child that is shown
    best: tuple[int, list[str], list[str]] = (0, [], [])
    for width in range(len(shown), 0, -1):
        first = list(shown[:width])
        open_ = _open(below, rest, first, crowd)
        gain = sum(value in below[child] for child in open_ for value in first)
        if gain > best[0]:
            best = (gain, first, open_)
    _, first, open_ = best
    for child in open_:
        own = [value for value in first if value in below[child]]
        _show(child, own, below[child], cells)
        _descend(child, own, children, members, values, crowd, cells)


def _open(
    below: Mapping[str, Mapping[str | None, Rows]],
    rest: Mapping[str | None, Rows],
    shown: Sequence[str],
    crowd: Crowd,
) -> list[str]:
    """The children that may show the values ``shown``: as many as leave a pool of the others that is safe."""

    def columns(parts: Mapping[str | None, Rows]) -> list[Rows]:
        return [*(parts.get(value, _NONE) for value in shown), _others(parts, shown)]

    table = {child: columns(parts) for child, parts in below.items()}
    open_ = [child for child, own in table.items() if any(map(len, own[:-1])) and all(crowd.safe(rows) for rows in own)]
    open_.sort(key=lambda child: (-sum(map(len, table[child])), child))
    pool = [columns(rest), *(table[child] for child in table if child not in open_)]
    while open_:
        joint = [np.concatenate(column) for column in zip(*pool, strict=True)]
        small = [place for place, rows in enumerate(joint) if not crowd.safe(rows)]
        if not small:
            break
        helps = [child for child in open_ if len(table[child][small[0]])]
        taken = (helps or open_)[-1]  # the smallest
        open_.remove(taken)
        pool.append(table[taken])
    return open_
