"""Which group of one side is which group of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.none import none_groups
from clioscope.comparison.landed import LEAST, Landed
from clioscope.comparison.likeness import NEAR, EncoderMissingError, Space, name_space, same_space
from clioscope.comparison.sides import Side
from clioscope.comparison.tiers import Tier, tiers
from clioscope.lineage.fates import what_happened
from clioscope.lineage.overlap import overlap

if TYPE_CHECKING:
    import polars as pl

By = Literal["groups", "members", "vectors", "names", "exact names"]
How = Literal["same", "code", "members", "vectors", "names"]
Kind = Literal["matched", "new", "gone", "split", "merged"]
Matched = dict[tuple[int, int], tuple[How, float]]  # places of an earlier and a later group: how, and how alike
SHARED = 0.5  # of the smaller atlas must be in the other as well for groups to be matched by what they hold


class Pair(NamedTuple):
    """A group of either side or of both, at a ``level``.

    ``kind``: *matched*; *new* or *gone*; *split*, a part of a group of before (or a group of before that is now
    several); *merged*, a part of a group of after (or a group of after that was several).
    ``parts``: the groups on either side that are the same together; one each for a match without parts. For a group
    that is a part, they are those that it is a part of. ``how`` a match was found; ``likeness``, 0 to 1 (the same).
    """

    level: int
    before: str | None
    after: str | None
    kind: Kind
    how: How | None
    likeness: float | None
    parts: tuple[list[str], list[str]]


class Ground(NamedTuple):
    """By what the groups of two atlases are matched that have few conversations in common: where conversations
    ``landed``, or else the distances of ``names``."""

    by: By
    landed: Landed | None
    names: Space | None


def pairs_of(before: Side, after: Side) -> tuple[list[Pair], By]:
    """All groups of both sides, in pairs where they are the same, and by what they were matched.

    Periods of one atlas have the same groups. Two atlases with enough conversations in common are matched by these, as
    ``lineage`` does. All others are matched by their ids (``--after`` keeps them), the codes of given categories, and
    then by vectors of one encoder: those of their conversations, or those of their names.
    """
    if before.atlas is after.atlas:
        rows = after.atlas.tree.select("level", "group").iter_rows()
        return [Pair(level, one, one, "matched", "same", 1.0, ([one], [one])) for level, one in rows], "groups"
    trees = before.atlas.tree, after.atlas.tree
    if before.rows is not None and after.rows is not None:
        ids = [side.atlas.membership["conversation"].unique() for side in (before, after)]
        if ids[0].is_in(ids[1].implode()).sum() >= SHARED * min(map(len, ids)):
            members = before.atlas.membership, after.atlas.membership
            return [pair for tier in tiers(*trees) for pair in _by_members(tier, *members)], "members"
    ground = ground_of(before, after)
    return pairs_on(ground, before, after), ground.by


def ground_of(before: Side, after: Side) -> Ground:
    """By what the groups of two atlases can be matched: vectors of what they hold, else their names."""
    if same_space(before.atlas, after.atlas):
        return Ground("vectors", Landed.of(before.atlas, after.atlas), None)
    try:
        return Ground("names", None, name_space(before.atlas, after.atlas))
    except EncoderMissingError:
        return Ground("exact names", None, name_space(before.atlas, after.atlas, exact=True))


def pairs_on(ground: Ground, before: Side, after: Side, *, least: float = LEAST, near: float = NEAR) -> list[Pair]:
    """The pairs of all tiers. ``least`` is the limit where conversations landed, ``near`` that of names
    (benchmarks/comparison.py measures them)."""
    found = []
    for tier in tiers(before.atlas.tree, after.atlas.tree):
        known = _known(before, after, tier.old, tier.new)
        if ground.landed is not None:
            found += _by_landing(tier, known, ground.landed, least)
        elif ground.names is not None:
            found += _by_names(tier, known, ground.names, near)
    return found


def _by_members(tier: Tier, then: pl.DataFrame, now: pl.DataFrame) -> list[Pair]:
    """The pairs of one tier, as ``what_happened`` finds them. A part counts to the one group that it is a part of."""
    found: list[Pair] = []
    old, new = (
        members.filter(members["group"].is_in(groups)) for members, groups in ((then, tier.old), (now, tier.new))
    )
    happened = what_happened(overlap(old, new))
    parts: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    of: tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]] = {}, {}
    for one in happened:
        if one.old is not None and one.new is not None:
            key = str(one.old), str(one.new)
            parts[key] = [key[0]], [key[1]]
            of[0][key[0]] = of[1][key[1]] = key
    for one in happened:
        groups = (None if one.old is None else str(one.old)), (None if one.new is None else str(one.new))
        if groups[0] is not None and groups[1] is not None:
            found.append(Pair(tier.level, *groups, "matched", "members", one.overlap, parts[groups[0], groups[1]]))
            continue
        side = 0 if groups[1] is None else 1
        whole = [str(group) for group in (one.after, one.before)[side]] if one.fate in ("split", "merged") else []
        if len(whole) == 1 and whole[0] in of[1 - side]:
            parts[of[1 - side][whole[0]]][side].append(str(groups[side]))
        kind: Kind = one.fate if whole else ("gone", "new")[side]  # type: ignore[assignment]
        found.append(Pair(tier.level, *groups, kind, None, None, (whole, []) if side else ([], whole)))
    return [pair for pair in found if tier.holds(pair.before, pair.after)]


def _by_landing(tier: Tier, known: Matched, landed: Landed, least: float) -> list[Pair]:
    """The pairs of one tier: the same ids and codes first, then what has most conversations in common.

    A group in whose place the other side has next to nothing (``least``) is new or gone. Two others are the same if
    each is what the other has most in common with. What is left is a part of the match that it has most in common with,
    itself or through another part of it.
    """
    old, new = tier.old, tier.new
    shared = landed.shared(old, new)
    alone = landed.alone(0, old, new, least), landed.alone(1, new, old, least)
    sums = shared.sum(axis=1, keepdims=True), shared.sum(axis=0, keepdims=True)
    overlap = np.divide(shared, sums[0] + sums[1] - shared, out=np.zeros_like(shared), where=shared > 0)
    free = shared.copy()
    free[alone[0]], free[:, alone[1]] = 0, 0
    for row, column in known:
        free[row], free[:, column] = 0, 0
    best = (free == free.max(axis=1, keepdims=True, initial=0)) & (free == free.max(axis=0, initial=0))
    matched = dict(known)
    for row, column in _assigned(-overlap, best & (free > 0)):
        matched[row, column] = "vectors", float(overlap[row, column])
    rows = {(0, pair[0]): pair for pair in matched} | {(1, pair[1]): pair for pair in matched}
    waiting = [(side, place) for side in (0, 1) for place in np.flatnonzero(~alone[side]).tolist()]
    while waiting := [one for one in waiting if one not in rows]:
        fresh = {}
        for side, place in waiting:
            line = shared[:, place] if side else shared[place]
            held = [other for other in np.flatnonzero(line > 0).tolist() if (1 - side, other) in rows]
            if held:
                fresh[side, place] = rows[1 - side, max(held, key=lambda other: float(line[other]))]
        if not fresh:
            break
        rows |= fresh
    return _told(tier, matched, rows)


def _by_names(tier: Tier, known: Matched, space: Space, within: float) -> list[Pair]:
    """The pairs of one tier where names are all that is known: the same ids and codes first, then the nearest names.

    A match is nearer than the next group of either atlas. What is left is a part of the nearest match that it lies
    within the reach of.
    """
    old, new = tier.old, tier.new
    away = space.distances(old, new)
    limits = [
        np.array([one[group] for group in groups])
        for one, groups in ((space.limits(0, old, within), old), (space.limits(1, new, within), new))
    ]
    matched = dict(known)
    for join in (np.minimum, np.maximum):  # within the limits of both; then, of what is left, of either
        allowed = away < join.outer(limits[0], limits[1])
        for row, column in matched:
            allowed[row], allowed[:, column] = False, False
        for row, column in _assigned(away, allowed):
            matched[row, column] = "names", space.likeness(away[row, column])
    rows = {(0, pair[0]): pair for pair in matched} | {(1, pair[1]): pair for pair in matched}
    reached = np.where(away < np.maximum.outer(limits[0], limits[1]), away, np.inf)
    for side, lines in ((0, reached), (1, reached.T)):
        others = sorted({pair[1 - side] for pair in matched})
        for place, line in enumerate(lines[:, others]):
            if (side, place) not in rows and np.isfinite(line).any():
                rows[side, place] = rows[1 - side, others[int(line.argmin())]]
    return _told(tier, matched, rows)


def _told(tier: Tier, matched: Matched, rows: Mapping[tuple[int, int], tuple[int, int]]) -> list[Pair]:
    """The pairs of a tier: ``matched`` ones, and what is left. ``rows``: the match that each group (side, place) is a
    part of; a group without one is new or gone."""
    sides = tier.old, tier.new
    parts = {pair: ([tier.old[pair[0]]], [tier.new[pair[1]]]) for pair in matched}
    found: list[Pair] = []
    for side, groups in enumerate(sides):
        for place, group in enumerate(groups):
            pair = rows.get((side, place))
            if pair is not None and pair[side] == place:
                continue
            kind: Kind = ("gone", "new")[side] if pair is None else ("merged", "split")[side]  # type: ignore[assignment]
            of_which: tuple[list[str], list[str]] = [], []
            if pair is not None:
                parts[pair][side].append(group)
                of_which[1 - side].append(sides[1 - side][pair[1 - side]])
            before, after = (None, group) if side else (group, None)
            found.append(Pair(tier.level, before, after, kind, None, None, of_which))
    found += [
        Pair(tier.level, tier.old[pair[0]], tier.new[pair[1]], "matched", same, likeness, parts[pair])
        for pair, (same, likeness) in matched.items()
    ]
    return [pair for pair in found if tier.holds(pair.before, pair.after)]


def _known(before: Side, after: Side, old: Sequence[str], new: Sequence[str]) -> Matched:
    """Groups (places) with the same id, or the same code of a given category; and the two of what fits no group."""
    place = {group: row for row, group in enumerate(old)}
    found: Matched = {(place[one], column): ("same", 1.0) for column, one in enumerate(new) if one in place}
    used = {row for row, _ in found}, {column for _, column in found}
    keys = [_keys(side) for side in (before, after)]
    by_key = {keys[0][group]: row for row, group in enumerate(old) if group in keys[0] and row not in used[0]}
    for column, group in enumerate(new):
        key = keys[1].get(group)
        if column not in used[1] and key in by_key:
            found[by_key.pop(key), column] = "code", 1.0
    return found


def _keys(side: Side) -> dict[str, str]:
    tree = side.atlas.tree
    codes = {group: f"code {code}" for group, code in tree.select("group", "code").iter_rows() if code is not None}
    return codes | dict.fromkeys(none_groups(tree), "none")


def _assigned(away: NDArray[np.float64], allowed: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The pairs (row, column) with the greatest sum of nearness among those allowed, each row and column once."""
    from scipy.optimize import linear_sum_assignment

    if not allowed.any():
        return []
    gains = np.where(allowed, 2.0 + float(away[allowed].max()) - np.where(allowed, away, 0.0), 0.0)
    rows, columns = linear_sum_assignment(gains, maximize=True)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True) if allowed[row, column]]
