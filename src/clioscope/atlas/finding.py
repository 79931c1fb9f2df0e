"""A group as people call it: by its id, its name, or a part of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.errors import AtlasError
from clioscope.registry import suggestion

if TYPE_CHECKING:
    import polars as pl

_LISTED = 5  # groups that an error names


def group_called(tree: pl.DataFrame, said: str) -> str:
    """The id of the group that ``said`` names: by its id, its exact name, its name in any case, or a part of the name
    that no other group has. ``tree`` has the columns group and name as readers see them.

    Of several groups with exactly this name (a large one and the only one in it), it is the one that holds the others.
    Raises AtlasError that lists the groups which may be meant.
    """
    named: dict[str, str] = dict(tree.select("group", "name").iter_rows())
    if said in named:
        return said
    wanted = said.strip().casefold()
    levels: dict[str, int] = dict(tree.select("group", "level").iter_rows())
    for fits in (
        lambda name: name == said,
        lambda name: name.casefold() == wanted,
        lambda name: wanted in name.casefold(),
    ):
        found = [group for group, name in named.items() if wanted and fits(name)]
        top = [group for group in found if levels[group] == max(levels[one] for one in found)]
        if len(top) == 1 and len({named[group] for group in found}) == 1:
            return top[0]
        if found:
            listed = "; ".join(f"{named[group]} ({group})" for group in found[:_LISTED])
            more = f", and {len(found) - _LISTED:,} more" if len(found) > _LISTED else ""
            raise AtlasError(f"{said!r} may be any of {len(found):,} groups: {listed}{more}; give the id of one.")
    raise AtlasError(f"There is no group {said!r}{suggestion(said, named.values())}.")
