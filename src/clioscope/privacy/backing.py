"""Names that have enough support only if every conversation without a user id comes from another person.

In your own atlas, a conversation without a user id counts as a person of its own (``naming/support.py``). But where
other conversations have ids, one person may have written all those without. A name that depends on them is not
published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.naming.people import count_people
from clioscope.naming.ready import counted_words

if TYPE_CHECKING:
    import polars as pl

_NOBODY = "nobody known"


class Backing(NamedTuple):
    """Who wrote what the names of groups say.

    ``texts`` (n) are everything known of each conversation, ``owners`` (n) the users that wrote each, empty where no
    user is known. ``least`` people must have written what a name says. ``copies`` (n) are equal for near copies of one
    text, which count once; without them every text counts.
    """

    texts: Sequence[str]
    owners: Sequence[Sequence[Any]]
    least: int
    copies: Sequence[int] | None = None

    @property
    def mixed(self) -> bool:
        """Whether some conversations have a user and others have none."""
        known = sum(bool(users) for users in self.owners)
        return 0 < known < len(self.owners)

    def unbacked(self, tree: pl.DataFrame, base: Sequence[str]) -> list[bool]:
        """Whether the name or description of each group depends on people without a user id, one bool per row.

        It does if it holds a word that enough people wrote only if every conversation without a user id comes from
        another person. ``tree`` has the columns group, parent, name and description; ``base`` (n) are the ids of the
        conversations' base groups.
        """
        if not self.mixed:
            return [False] * tree.height
        parents: dict[str, str | None] = dict(tree.select("group", "parent").iter_rows())
        rows_of: dict[str, list[int]] = {group: [] for group in parents}
        for row, group in enumerate(base):
            above: str | None = group
            while above is not None:
                rows_of.setdefault(above, []).append(row)
                above = parents[above]
        texts = [text.casefold() for text in self.texts]
        return [
            any(
                self._depends([row for row in rows_of[group] if word in texts[row]], rows_of[group])
                for word in _words(f"{counted_words(name)} {description}")
            )
            for group, name, description in tree.select("group", "name", "description").iter_rows()
        ]

    def _depends(self, rows: Sequence[int], members: Sequence[int]) -> bool:
        """Whether enough people wrote ``rows`` only if each conversation without a user id counts as another person.

        ``rows`` are the conversations that hold a word, ``members`` those of the whole group.
        """
        if len(rows) < self.least:
            return False  # the build cannot have counted enough people in so few
        needed = self._people(members, together=True)
        return self._people(rows, together=False) >= self.least and self._people(rows, together=True) < needed

    def _people(self, rows: Sequence[int], *, together: bool) -> int:
        """How many people wrote ``rows``, at most ``least``; all conversations without a user id count as one person
        ``together``, or each as another one."""
        return count_people(
            (
                (
                    self.owners[row] or [_NOBODY if together else (_NOBODY, row)],
                    self.copies[row] if self.copies else row,
                )
                for row in rows
            ),
            self.least,
        )


def _words(label: str) -> set[str]:
    import re

    return {word for word in re.findall(r"\w+", label.casefold()) if len(word) > 1}
