"""Three things to know of an atlas, found without a model: how large, what changed, and who differs.

Each thing is an object for the page: ``kind``, the ``group``, ``column``, ``value`` (places) and ``day`` that it comes
from, and ``text`` with its sentence in English (``en``) and Russian (``ru``). In a sentence, ``{group}``, ``{column}``
and ``{value}`` stand for names, which every reader writes as elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.explorer import knows_words as words
from clioscope.explorer.knows_counts import Arrays, Rows, Table, published_table, sums
from clioscope.explorer.shares import SCALE, UNKNOWN
from clioscope.statistics.intervals import Z95, Ends, Floats, between, effective, newcombe, wilson
from clioscope.statistics.significance import corrected, erfc, two_proportions

MOST = 3
ALPHA = 0.05  # of the findings, at most this share is false by expectation
LEAST = 10  # conversations with the value that a group must have
LEAST_PEOPLE = 3  # of whom they must be
MOST_OF_ONE = 0.5  # share of these conversations that one person may have written
_NO_FINDING = ("confidence", "tag")  # tags made the groups, so they differ by them in any case
_LATE = ("language", "number", "hour")  # of a conversation's form; what it says and what became of it come first
_FORM = ("language", "length", "turns", "hour", "rare")

Groups = Sequence[Mapping[str, Any]]
Thing = dict[str, Any]


def find(header: Mapping[str, Any], arrays: Arrays, *, noisy: bool = False) -> list[Thing]:
    """At most three things to know of a view, most general first.

    The largest of the top groups, with Wilson's interval. The group whose share changed most between the two halves of
    the time: pooled z-tests of all groups, corrected by Benjamini and Hochberg over the groups of its level and over
    all groups (q < .05 in both), Newcombe's interval. The group that differs most from all others in one value of a
    facet or of the metadata: the same tests over all groups, columns and values. Of what is significant, that is taken
    whose interval lies farthest from 0: of facets that a model told and of metadata before language and length, and of
    values that are more frequent before those that are less.
    It must be of 10 conversations and 3 people, at most half of one person. Effective sizes are Kish's, so copies and
    segments are no new evidence. Where nothing is beyond chance, the sentence says so.

    In a published atlas, a difference must hold also if all that is withheld elsewhere had the value. With ``noisy``
    counts (a release with a guarantee) nothing is tested.
    """
    groups: Groups = header["groups"]
    named = np.array([one["name"] is not None and not one["mixed"] and not one["none"] for one in groups], bool)
    rows = (
        None
        if header["published"]
        else Rows([one["parent"] for one in groups], [one["level"] for one in groups], arrays)
    )
    found = [*_largest(header, named, rows, noisy)]
    if not noisy:
        if rows is not None and header["days"] is not None and header["days"]["last"] > 0:
            found += _changed(header, named, rows)
        found += _differing(header, arrays, named, rows)
    return found[:MOST]


def _largest(header: Mapping[str, Any], named: NDArray[np.bool_], rows: Rows | None, noisy: bool) -> Iterator[Thing]:
    groups: Groups = header["groups"]
    children = [index for index, one in enumerate(groups) if one["parent"] is None]
    while len(children) == 1:
        inside = [index for index, one in enumerate(groups) if one["parent"] == children[0]]
        if not inside:
            break
        children = inside
    known = [index for index in children if named[index]]
    if not known or not header["total"]:
        return
    sizes = {index: groups[index].get("weight", groups[index]["count"]) for index in known}
    top = max(known, key=lambda index: sizes[index])
    share = min(1.0, sizes[top] / header["total"])
    number = float(header["total"]) if rows is None else float(effective(rows.held.sum(), rows.squares[2]))
    ends = None if noisy else wilson(share, number)
    text = words.largest(
        len(children), groups[top]["count"], header["total"], share, ends, cut=header["segments"] is not None
    )
    yield {"kind": "largest", "group": top, "text": text}


def median_day(masses: Floats) -> int:
    """The day that splits conversations into two halves of about one size, at least 1 (``medianDay`` of the page)."""
    below = np.concatenate([[0.0], np.cumsum(masses)])
    at = int(np.argmax(below >= masses.sum() / 2))
    return max(1, at if at < len(masses) else len(masses) - 1)


def _changed(header: Mapping[str, Any], named: NDArray[np.bool_], rows: Rows) -> Iterator[Thing]:
    assert rows.day is not None
    groups: Groups = header["groups"]
    last = int(header["days"]["last"])
    dated = rows.day <= last
    split = median_day(sums(rows.day[dated], rows.mass[dated], last + 1))
    side = (rows.day >= split).astype(np.int64)
    counts = rows.counts(side, 2, dated)
    totals = sums(side[dated], rows.mass[dated], 2)
    if not totals.all():
        return
    sizes = [_size_of(rows, dated & (side == half)) for half in (0, 1)]
    before, after = counts[:, 0] / totals[0], counts[:, 1] / totals[1]
    p = two_proportions(after, sizes[1], before, sizes[0])
    ends = newcombe(after, sizes[1], before, sizes[0])
    clear = (corrected(p) < ALPHA) & (_by_level(groups, p) < ALPHA) & named & (counts.sum(axis=1) >= LEAST)
    about = {"day": split, "start": header["days"]["start"]}
    for group in _by_reach(ends, clear):
        grew = after[group] > before[group]
        people, most = rows.most_of_one(rows.within(group) & dated & (side == int(grew)))
        if people < LEAST_PEOPLE or most > MOST_OF_ONE:
            continue
        text = words.changed(
            about, (before[group], after[group]), counts[group], (ends.low[group], ends.high[group]), len(groups)
        )
        yield {"kind": "changed", "group": int(group), "level": groups[group]["level"], "day": split, "text": text}
        return
    yield {"kind": "steady", "group": None, "day": split, "text": words.steady(about, len(groups))}


def _size_of(rows: Rows, chosen: NDArray[np.bool_]) -> float:
    """The effective size of some rows: the segments of a conversation weigh together."""
    mass = rows.mass[chosen] if rows.whole is None else sums(rows.whole[chosen], rows.mass[chosen])
    return float(effective(mass.sum(), (mass**2).sum()))


def _by_level(groups: Groups, p: Floats) -> Floats:
    """q-values over the groups of each level; a group without a parent stands for itself at the levels above."""
    levels = np.array([one["level"] for one in groups])
    alone = np.array([one["parent"] is None for one in groups], bool)
    q = np.ones(len(p))
    for level in np.unique(levels):
        mine = np.flatnonzero((levels == level) | (alone & (levels < level)))
        own = levels[mine] == level
        q[mine[own]] = corrected(p[mine])[own]
    return q


def _by_reach(ends: Ends, clear: NDArray[np.bool_]) -> list[int]:
    """The places (flat) of what is clear and whose interval excludes 0, the farthest from 0 first."""
    nearest = np.where(ends.low > 0, ends.low, np.where(ends.high < 0, -ends.high, 0.0)) * clear
    order = np.argsort(-nearest, axis=None, kind="stable")
    return [int(place) for place in order[: int((nearest > 0).sum())]]


class _Tested(NamedTuple):
    """Of a column: its place, shares in a group and elsewhere, their difference's ends, p, and what is told of."""

    column: int
    share: Floats
    other: Floats
    ends: Ends
    p: Floats
    table: Table
    allowed: NDArray[np.bool_]


def _differing(
    header: Mapping[str, Any], arrays: Arrays, named: NDArray[np.bool_], rows: Rows | None
) -> Iterator[Thing]:
    columns = header["columns"]
    tested = [
        _tested(header, place, arrays, rows)
        for place, column in enumerate(columns)
        if column["type"] not in _NO_FINDING and column["name"] != "rare"
    ]
    tested = [one for one in tested if one.p.size]
    if not tested:
        return
    q = np.split(
        corrected(np.concatenate([one.p.ravel() for one in tested])), np.cumsum([one.p.size for one in tested])[:-1]
    )
    number = sum(int(one.p.size) for one in tested)
    ranked: list[tuple[bool, bool, float, int, int]] = []
    for index, (one, values) in enumerate(zip(tested, q, strict=True)):
        column = columns[one.column]
        late = column["name"] in _FORM or column["type"] in _LATE
        clear = (values.reshape(one.p.shape) < ALPHA) & named[:, None] & one.allowed
        for place in _by_reach(one.ends, clear)[:50]:
            low, high = one.ends.low.flat[place], one.ends.high.flat[place]
            ranked.append((late, bool(high < 0), -float(max(low, -high)), index, place))
    taken: set[tuple[str, int]] = set()
    for *_, index, place in sorted(ranked):
        one = tested[index]
        group, value = divmod(place, one.p.shape[1])
        column = columns[one.column]
        if ("column", one.column) in taken or ("group", group) in taken:
            continue
        if rows is not None and not _of_several(rows, group, arrays[column["array"]] == value, one, place):
            continue
        taken |= {("column", one.column), ("group", group)}
        text = words.differs(
            (float(one.share.flat[place]), float(one.other.flat[place])),
            (float(one.table.counts[group, value]), float(one.table.own[group])),
            (float(one.ends.low.flat[place]), float(one.ends.high.flat[place])),
            number,
            estimated="shares" in column and not header["published"],
        )
        yield {"kind": "differs", "group": group, "column": column["name"], "value": value, "text": text}
        if len(taken) >= 2 * MOST:
            return
    if not taken:
        yield {"kind": "alike", "group": None, "text": words.alike(number)}


def _of_several(rows: Rows, group: int, with_value: NDArray[np.bool_], one: _Tested, place: int) -> bool:
    """Whether a difference is not the work of one or two people: of a value that is more frequent, those who have it in
    the group; of one that is rarer, those of the group."""
    chosen = rows.within(group)
    if one.share.flat[place] > one.other.flat[place]:
        chosen &= with_value
    people, most = rows.most_of_one(chosen)
    return people >= LEAST_PEOPLE and most <= MOST_OF_ONE


def _tested(header: Mapping[str, Any], place: int, arrays: Arrays, rows: Rows | None) -> _Tested:
    column = header["columns"][place]
    values = column["values"]
    cells = arrays[column["array"]]
    table = (
        rows.table(cells, len(values)) if rows else published_table(header["groups"], cells, values, header["total"])
    )
    own, others = np.maximum(table.own, 1e-12)[:, None], np.maximum(table.others, 1e-12)[:, None]
    share, other = np.minimum(1.0, table.counts / own), np.minimum(1.0, table.rest / others)
    size, rest = table.size[:, None], table.rest_size[:, None]
    estimates = arrays.get(column["shares"]) if "shares" in column else None
    if estimates is not None:
        share, other, ends, p = _estimated(estimates.reshape(-1, len(values), 3), table, float(header["total"]))
    else:
        ends, p = newcombe(share, size, other, rest), two_proportions(share, size, other, rest)
    known = [value is not None for value in values]
    allowed = np.broadcast_to(known, p.shape) & (table.own >= LEAST)[:, None] & (table.others >= LEAST)[:, None]
    allowed &= np.where(share > other, table.counts, table.rest) >= LEAST
    if rows is None:  # also if all that is withheld elsewhere, or here, had the value
        most = np.minimum(1.0, (table.rest + table.hidden[:, None]) / others)
        allowed &= (share > other) & (newcombe(share, size, most, rest).low > 0)
    p = np.where(allowed, p, 1.0)
    return _Tested(place, share, other, ends, p, table, allowed)


def _estimated(found: NDArray[Any], table: Table, total: float) -> tuple[Floats, Floats, Ends, Floats]:
    """Shares in groups and elsewhere as the build estimated them, since not every conversation was asked."""
    known = (found[:-1] != UNKNOWN).all(axis=2) & (found[-1] != UNKNOWN).all(axis=1) & (table.others > 0)[:, None]
    share, low, high = (found[:-1, :, step] / SCALE for step in range(3))
    whole, least, most = (found[-1, :, step] / SCALE for step in range(3))
    wider = total / np.maximum(table.others, 1e-12)[:, None]  # the same error in a smaller number
    other = np.clip(wider * whole - share * table.own[:, None] / np.maximum(table.others, 1e-12)[:, None], 0, 1)
    others = Ends(np.clip(other - wider * (whole - least), 0, 1), np.clip(other + wider * (most - whole), 0, 1))
    ends = between(share, Ends(low, high), other, others)
    error = np.maximum(ends.high - ends.low, 1e-9) / (2 * Z95)
    p = np.where(known, erfc(np.abs(share - other) / error / np.sqrt(2)), 1.0)
    return share, other, ends, p


def sentences(header: Mapping[str, Any]) -> list[str]:
    """The things to know of a view as English sentences, as the page writes them."""
    return [words.filled(thing, header) for thing in header["knows"]]
