"""Which group of one side is which group of the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.none import none_groups
from clioscope.comparison.landed import LEAST, Landed
from clioscope.comparison.likeness import NEAR, EncoderMissingError, Space, name_space, vector_space
from clioscope.comparison.sides import Side
from clioscope.comparison.tiers import Tier, tiers
from clioscope.lineage.fates import what_happened
from clioscope.lineage.overlap import overlap

if TYPE_CHECKING:
    import polars as pl

By = Literal["groups", "members", "vectors", "names", "exact names"]
How = Literal["same", "code", "members", "vectors", "names"]
Kind = Literal["matched", "new", "gone", "split", "merged"]
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
    """By what the groups of two atlases are matched that have few conversations in common: distances in a ``space``,
    and where conversations landed (None where only names are known)."""

    by: By
    space: Space
    landed: Landed | None


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
    space = vector_space(before.atlas, after.atlas)
    if space is not None:
        return Ground("vectors", space, Landed.of(before.atlas, after.atlas))
    try:
        return Ground("names", name_space(before.atlas, after.atlas), None)
    except EncoderMissingError:
        return Ground("exact names", name_space(before.atlas, after.atlas, exact=True), None)


def pairs_on(ground: Ground, before: Side, after: Side, near: float = NEAR, least: float = LEAST) -> list[Pair]:
    """The pairs of all tiers. ``near`` and ``least`` are what benchmarks/comparison.py measures."""
    found = tiers(before.atlas.tree, after.atlas.tree)
    return [pair for tier in found for pair in _by_space(tier, before, after, ground, near, least)]


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


def _by_space(tier: Tier, before: Side, after: Side, ground: Ground, within: float, least: float) -> list[Pair]:
    """The pairs of one tier: the same ids and codes first, then the nearest ones, each group once.

    A match is nearer than the next group of either atlas. What is left is a part of a group of the other side if that
    side has conversations there too (``landed``); where names are all that is known, if it lies within the reach of it.
    """
    old, new = tier.old, tier.new
    space, landed = ground.space, ground.landed
    how: How = "vectors" if ground.by == "vectors" else "names"
    away = space.distances(old, new)
    limits = [
        np.array([one[group] for group in groups])
        for one, groups in ((space.limits(0, old, within), old), (space.limits(1, new, within), new))
    ]
    near, reach = (away <= join.outer(limits[0], limits[1]) for join in (np.minimum, np.maximum))
    matched: dict[tuple[int, int], tuple[How, float]] = {}
    for row, column, same in _known(before, after, old, new):
        matched[row, column] = same, 1.0
        near[row], near[:, column] = False, False
    for row, column in _assigned(away, near):
        matched[row, column] = how, space.likeness(away[row, column])
    of = {row: (row, column) for row, column in matched}, {column: (row, column) for row, column in matched}
    parts = {pair: ([old[pair[0]]], [new[pair[1]]]) for pair in matched}
    found: list[Pair] = []
    for side, groups, others in ((1, new, old), (0, old, new)):
        for place, group in enumerate(groups):
            if place in of[side]:
                continue
            if landed is not None:
                whole = landed.whole(side, group, others, least)
            else:
                line = away[:, place] if side else away[place]
                nearest = int(line.argmin()) if len(line) else -1
                inside = nearest >= 0 and bool(reach[nearest, place] if side else reach[place, nearest])
                whole = others[nearest] if inside else None
            if whole is not None and (pair := of[1 - side].get(others.index(whole))) is not None:
                parts[pair][side].append(group)
            kind: Kind = ("gone", "new")[side] if whole is None else ("merged", "split")[side]  # type: ignore[assignment]
            empty: list[str] = []
            listed = [] if whole is None else [whole]
            of_which = (listed, empty) if side else (empty, listed)
            found.append(Pair(tier.level, None if side else group, group if side else None, kind, None, None, of_which))
    found += [
        Pair(tier.level, old[pair[0]], new[pair[1]], "matched", same, likeness, parts[pair])
        for pair, (same, likeness) in matched.items()
    ]
    return [pair for pair in found if tier.holds(pair.before, pair.after)]


def _known(before: Side, after: Side, old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, How]]:
    """Groups (places) with the same id, or the same code of a given category; and the two of what fits no group."""
    place = {group: row for row, group in enumerate(old)}
    found: list[tuple[int, int, How]] = [(place[one], column, "same") for column, one in enumerate(new) if one in place]
    used = {row for row, _, _ in found}, {column for _, column, _ in found}
    keys = [_keys(side) for side in (before, after)]
    by_key = {keys[0][group]: row for row, group in enumerate(old) if group in keys[0] and row not in used[0]}
    for column, group in enumerate(new):
        key = keys[1].get(group)
        if column not in used[1] and key in by_key:
            found.append((by_key.pop(key), column, "code"))
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
