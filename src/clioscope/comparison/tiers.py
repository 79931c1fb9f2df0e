"""The groups of two trees that are compared with each other, level by level."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl


class Tier(NamedTuple):
    """Groups of the earlier and the later tree, each of which together hold every conversation once (or, where one tree
    is higher than the other, all that stand above the base).

    A tree leaves out a group of one child, so a lower group may stand for a higher one: it is among ``old`` or ``new``,
    and not among ``own``, the groups that are of this tier itself.
    """

    level: int
    old: list[str]
    new: list[str]
    own: frozenset[str]

    def holds(self, before: str | None, after: str | None) -> bool:
        """Whether a pair belongs here: one of its groups does, by itself."""
        return before in self.own or after in self.own


def tiers(before: pl.DataFrame, after: pl.DataFrame) -> list[Tier]:
    """The tiers of two trees (group, level, parent), base groups first."""
    heights = [int(tree["level"].max() or 0) for tree in (before, after)]  # type: ignore[arg-type]
    levels = [[0], *([level] for level in range(1, heights[0] + 1))]
    if heights[0] != heights[1]:
        levels = [[0], [*range(1, max(heights) + 1)]]
    found = []
    for inside in levels:
        own = [tree.filter(tree["level"].is_in(inside))["group"].sort().to_list() for tree in (before, after)]
        if not own[0] and not own[1]:
            continue
        sides = [groups + _standing(tree, min(inside)) for groups, tree in zip(own, (before, after), strict=True)]
        found.append(Tier(max(inside), sides[0], sides[1], frozenset([*own[0], *own[1]])))
    return found


def _standing(tree: pl.DataFrame, level: int) -> list[str]:
    """The groups below a level that stand for themselves at it: their parent lies above it, or they have none."""
    levels: dict[str, int] = dict(tree.select("group", "level").iter_rows())
    parents: dict[str, str | None] = dict(tree.select("group", "parent").iter_rows())
    return sorted(
        group
        for group, own in levels.items()
        if own < level and (parents[group] is None or levels[str(parents[group])] > level)
    )
