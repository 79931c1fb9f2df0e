"""The place of a group among others of its name, in words: "the second largest part"."""

from __future__ import annotations

from clioscope.naming.wording import tag_of, wording


def size_rank(place: int, count: int, language: str = "English") -> str:
    """The part of a subject that is the ``place``-th largest (from 1) of ``count`` parts, as a phrase without digits.

    ``language`` is the English name of the language of the phrase; English for one that labels have no phrases in.
    """
    from icu4py.messageformat import MessageFormat

    say = wording(language)
    if count == 2:
        return say["larger"] if place == 1 else say["smaller"]
    if place == 1:
        return say["largest"]
    rank = MessageFormat(f"{{rank,spellout,%spellout-{say['ordinal']}}}", tag_of(language)).format({"rank": place})
    return say["ranked"].format(rank=rank)
