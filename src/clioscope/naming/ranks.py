"""The place of a group among others of its name, in words: "the second largest part"."""

from __future__ import annotations

_ENGLISH = ("the larger part", "the smaller part", "the largest part", "the {rank} largest part")
_RUSSIAN = ("большая часть", "меньшая часть", "самая большая часть", "{rank} по величине часть")


def size_rank(place: int, count: int, language: str = "English") -> str:
    """The part of a subject that is the ``place``-th largest (from 1) of ``count`` parts, as a phrase without digits.

    In Russian for an atlas in Russian, else in English.
    """
    from icu4py.messageformat import MessageFormat

    larger, smaller, largest, ranked = _RUSSIAN if language == "Russian" else _ENGLISH
    if count == 2:
        return larger if place == 1 else smaller
    if place == 1:
        return largest
    code, kind = ("ru", "ordinal-feminine") if language == "Russian" else ("en", "ordinal")
    rank = MessageFormat(f"{{rank,spellout,%spellout-{kind}}}", code).format({"rank": place})
    return ranked.format(rank=rank)
