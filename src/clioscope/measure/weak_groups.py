"""The groups that a reader of the atlas should check first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from clioscope.atlas.reading import POOR

if TYPE_CHECKING:
    import polars as pl


class WeakGroup(NamedTuple):
    """A group to check: its id, its name, its number of conversations, and the reasons."""

    group: str
    name: str
    conversations: int
    reasons: tuple[str, ...]


_POORLY = "is poorly read: in half of its conversations, only part of the text reached the"
_WEAK = (
    ("stability_jaccard", 0.5, True, "falls apart in other samples of the data"),
    ("misplaced", 0.3, False, "many of its conversations lie nearer to another group"),
    ("mixed", 0.5, False, "is mixed: its conversations have too little in common"),
    ("duplicate_names", 0.5, False, "has the name of another group"),
    ("read_characters", POOR, True, f"{_POORLY} model"),
    ("encoded_characters", POOR, True, f"{_POORLY} encoder"),
)


def weak_groups(table: pl.DataFrame, tree: pl.DataFrame) -> list[WeakGroup]:
    """Base groups with a weak figure; groups with the most reasons come first, then the largest."""
    import polars as pl

    from clioscope.atlas.shown import shown_name

    reasons: dict[str, list[str]] = {}
    for name, limit, higher, why in _WEAK:
        rows = table.filter(
            (pl.col("metric") == name) & pl.col("group").is_not_null() & pl.col("level").fill_null(0).eq(0)
        )
        for group, value in rows.select("group", "value").iter_rows():
            if (value < limit) == higher and value != limit:
                reasons.setdefault(group, []).append(f"{why} ({value:.2f})")
    weak = [
        WeakGroup(row["group"], shown_name(row), row["count"], tuple(reasons[row["group"]]))
        for row in tree.iter_rows(named=True)
        if row["group"] in reasons
    ]
    return sorted(weak, key=lambda group: (-len(group.reasons), -group.conversations, group.group))
