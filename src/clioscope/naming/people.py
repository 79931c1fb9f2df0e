"""How many people stand behind some conversations: distinct authors of distinct texts.

One person may have many accounts, and many accounts may send copies of one text. So neither accounts nor texts are
counted alone. The number of people is the largest number of pairs of an author and a text that the author wrote, in
which no author and no text occurs twice (a maximum matching: Hopcroft and Karp 1973; here by augmenting paths).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence


def count_people(written: Iterable[tuple[Collection[Hashable], Hashable]], most: int) -> int:
    """How many people wrote some conversations, at most ``most``.

    ``written``: for each conversation its authors and its text, where near copies have the same text. A conversation
    without authors adds nobody.
    """
    authors_of: dict[Hashable, set[Hashable]] = {}
    text_of: dict[Hashable, Hashable] = {}  # of each author in a pair
    paired: set[Hashable] = set()
    if most <= 0:
        return 0
    for authors, text in written:
        authors_of.setdefault(text, set()).update(authors)
        free = None if text in paired else next((one for one in authors if one not in text_of), None)
        if free is not None:  # the first pairs that come, which are nearly always enough
            text_of[free] = text
            paired.add(text)
            if len(text_of) >= most:
                return most
    for text in authors_of:
        if text not in paired and _pair(text, authors_of, text_of, set()):
            paired.add(text)
            if len(text_of) >= most:
                return most
    return len(text_of)


class Authors:
    """Who wrote each of n conversations, as it counts before something is published.

    ``owners`` (n) are the users that wrote each. Where some conversations have a user, those without one count as
    written by one person together; where none has one, each as written by another person. ``copies`` (n) are equal for
    near copies of one text; None where nobody knows any.
    """

    def __init__(self, owners: Sequence[Collection[Hashable]], copies: Sequence[Hashable] | None) -> None:
        self._owners, self._together = owners, any(owners)
        self._copies = range(len(owners)) if copies is None else copies

    def of(self, row: int) -> Collection[Hashable]:
        """Who wrote a conversation."""
        return self._owners[row] or (("nobody", 0 if self._together else row),)

    def people(self, rows: Iterable[int], most: int) -> int:
        """How many people wrote some conversations, at most ``most``."""
        return count_people(((self.of(row), self._copies[row]) for row in rows), most)


def _pair(
    text: Hashable,
    authors_of: dict[Hashable, set[Hashable]],
    text_of: dict[Hashable, Hashable],
    tried: set[Hashable],
) -> bool:
    """Find an author for a text, if need be by finding another one for a text that has one."""
    for author in authors_of[text]:
        if author in tried:
            continue
        tried.add(author)
        if author not in text_of or _pair(text_of[author], authors_of, text_of, tried):
            text_of[author] = text
            return True
    return False
