"""What the name of a group owes to people whom nobody knows.

In one's own atlas a conversation without a user id is somebody (``naming/support.py``). In an atlas of which other
conversations have ids, all those without may be one person's: a name that rests on them is not published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import polars as pl


class Backing(NamedTuple):
    """``texts`` (n), all that is known of each conversation; ``owners`` (n), the users that wrote each, none where
    nobody is known; ``least`` people must back what a name says."""

    texts: Sequence[str]
    owners: Sequence[Sequence[Any]]
    least: int

    @property
    def mixed(self) -> bool:
        """Whether some conversations have a user and others have none."""
        known = sum(bool(one) for one in self.owners)
        return 0 < known < len(self.owners)

    def unbacked(self, tree: pl.DataFrame, base: Sequence[str]) -> list[bool]:
        """For each row of ``tree``: whether its name or description holds a word that enough people wrote only if
        every conversation without a user id is another person's. ``base`` (n) has the base group of each."""
        if not self.mixed:
            return [False] * tree.height
        parents: dict[str, str | None] = dict(tree.select("group", "parent").iter_rows())
        rows_of: dict[str, list[int]] = {}
        for row, group in enumerate(base):
            above: str | None = group
            while above is not None:
                rows_of.setdefault(above, []).append(row)
                above = parents[above]
        texts = [one.casefold() for one in self.texts]
        return [
            any(
                self._lost([row for row in rows_of[group] if word in texts[row]], rows_of[group])
                for word in _words(f"{name} {description}")
            )
            for group, name, description in tree.select("group", "name", "description").iter_rows()
        ]

    def _lost(self, rows: Sequence[int], members: Sequence[int]) -> bool:
        """Whether what ``rows`` hold has its people only by counting each conversation of nobody known."""
        if len(rows) < self.least:
            return False  # the build did not count on so few
        users = {user for row in rows for user in self.owners[row]}
        nobody = sum(not self.owners[row] for row in rows)
        everyone = {user for row in members for user in self.owners[row]}
        needed = min(self.least, len(everyone) + any(not self.owners[row] for row in members))
        return len(users) + nobody >= self.least and len(users) + min(1, nobody) < needed


def _words(label: str) -> set[str]:
    import re

    return {word for word in re.findall(r"\w+", label.casefold()) if len(word) > 1}
