"""How sure the shares of groups are, from who wrote what: people and not records are what was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from clioscope.comparison.intervals import Share, wilson, worth_of
from clioscope.comparison.sides import Side, Units, held_by

if TYPE_CHECKING:
    import polars as pl


def unit_shares(side: Side, units: Units) -> dict[str, Share]:
    """The share of every unit (a group, or several together) of a side, with its interval.

    The variance of a share is that of a ratio of sums over people (linearisation: Cochran 1977, 11.7). A published
    atlas does not tell who wrote what, so each of its records counts as another person; its ends allow for rounding.
    """
    if side.rows is None:
        slack = side.step / 2 / side.total if side.total else 0.0
        shares = {unit: min(1.0, size_of(side, groups) / max(side.total, 1)) for unit, groups in units.items()}
        return {unit: wilson(share, side.total, slack * len(units[unit])) for unit, share in shares.items()}
    people = side.rows.group_by("person").agg(_part())
    count, squares = people.height, float((people["part"] ** 2).sum())
    kish = side.total**2 / squares if squares else 0.0
    held = held_by(side.atlas, side.rows, "person", units).join(people.rename({"part": "all"}), on="person", how="left")
    sums = {
        group: (own, mixed)
        for group, own, mixed in held.group_by("group")
        .agg(_squares("part", "part"), _squares("part", "all"))
        .iter_rows()
    }
    found = {}
    for unit, groups in units.items():
        share = size_of(side, groups) / side.total if side.total else 0.0
        own, mixed = sums.get(unit, (0.0, 0.0))
        variance = max(0.0, own - 2 * share * mixed + share**2 * squares) / max(side.total, 1) ** 2
        variance *= count / max(count - 1, 1)
        found[unit] = wilson(share, worth_of(share, variance, kish, side.total))
    return found


def size_of(side: Side, groups: Sequence[str]) -> float:
    """How many records (or parts of them) some groups of a side hold together."""
    return sum(side.sizes[group] for group in groups)


def kish_by_group(side: Side) -> dict[str, float]:
    """How many independent records those of each group are worth, if each person is always alike (Kish 1965)."""
    import polars as pl

    if side.rows is None:
        return dict(side.sizes)
    held = held_by(side.atlas, side.rows, "person")
    rows = held.group_by("group").agg((pl.col("part").sum() ** 2 / (pl.col("part") ** 2).sum()).alias("worth"))
    whole = side.rows.group_by("person").agg(_part())["part"]
    return {"": float(whole.sum()) ** 2 / float((whole**2).sum()), **dict(rows.iter_rows())}


def likenesses(before: Side, after: Side, units: tuple[Units, Units]) -> dict[str, float]:
    """The correlation of the shares of each unit that both sides have, since people or conversations may be in both.

    Two periods of one atlas have people in common; two atlases know each other's conversations only. Pairs without a
    correlation are left out.
    """

    if before.rows is None or after.rows is None:
        return {}
    key = "person" if before.atlas is after.atlas else "conversation"
    sides = (before.atlas, before.rows), (after.atlas, after.rows)
    wholes = [rows.group_by(key).agg(_part()) for _, rows in sides]
    wholes = [one.join(other, on=key, how="semi") for one, other in (wholes, wholes[::-1])]
    if wholes[0].is_empty():
        return {}
    held = [
        held_by(atlas, rows, key, own).join(wholes[0], on=key, how="semi")
        for (atlas, rows), own in zip(sides, units, strict=True)
    ]
    joint = held[0].rename({"part": "a"}).join(held[1].rename({"part": "b"}), on=["group", key], how="inner")
    both = dict(joint.group_by("group").agg(_squares("a", "b")).iter_rows())
    crossing = []
    for mine, other in ((held[0], wholes[1]), (held[1], wholes[0])):
        rows = mine.join(other.rename({"part": "all"}), on=key, how="inner")
        crossing.append(dict(rows.group_by("group").agg(_squares("part", "all")).iter_rows()))
    of_all = float(wholes[0].join(wholes[1].rename({"part": "all"}), on=key).select(_squares("part", "all")).item())
    errors = _variances(before, units[0], key), _variances(after, units[1], key)
    found = {}
    for unit in units[0]:
        if unit not in units[1]:
            continue
        p, r = (size_of(side, own[unit]) / side.total for side, own in zip((before, after), units, strict=True))
        covariance = (
            both.get(unit, 0.0) - r * crossing[0].get(unit, 0.0) - p * crossing[1].get(unit, 0.0) + p * r * of_all
        )
        scale = np.sqrt(errors[0][unit] * errors[1][unit])
        if scale > 0:
            found[unit] = float(np.clip(covariance / scale, -1, 1))
    return found


def _variances(side: Side, units: Units, key: str) -> dict[str, float]:
    """The sums of squared deviations of each unit over people (at least those over ``key``)."""
    assert side.rows is not None
    found = dict.fromkeys(units, 0.0)
    for by in {key, "person"}:
        wholes = side.rows.group_by(by).agg(_part())
        squares = float((wholes["part"] ** 2).sum())
        held = held_by(side.atlas, side.rows, by, units).join(wholes.rename({"part": "all"}), on=by, how="left")
        for unit, own, mixed in (
            held.group_by("group").agg(_squares("part", "part"), _squares("part", "all")).iter_rows()
        ):
            share = size_of(side, units[unit]) / side.total
            found[unit] = max(found[unit], own - 2 * share * mixed + share**2 * squares)
    return found


def _part() -> pl.Expr:
    import polars as pl

    return pl.col("part").sum()


def _squares(one: str, other: str) -> pl.Expr:
    import polars as pl

    return (pl.col(one) * pl.col(other)).sum().alias(f"{one}_{other}")
