"""The label of a mixed group: it says that the group is mixed, and names no common subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.naming.candidates import Label
from clioscope.naming.wording import wording

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clioscope.naming.context import NamingContext

_NAMED = 2  # parts in the name
_DESCRIBED = 5  # and in the description
_FIELD = "field"


def mixed_label(
    context: NamingContext, members: NDArray[np.integer], phrases: Sequence[str], taken: Sequence[str] = ()
) -> Label:
    """The label of a mixed group: "Mixed topics: cooking, travel".

    ``members`` are the rows of its conversations, ``phrases`` what sets it apart, best first. The parts are its
    commonest fields that enough people wrote about; where there are not two, or the name is among those ``taken``, its
    phrases. Without phrases the group is called mixed only.
    """
    say = wording(context.language_of(members.tolist()))
    fields = _fields(context, members)
    for parts in (fields if len(fields) >= _NAMED else (), phrases):
        name = say["mixed_of"].format(parts=", ".join(parts[:_NAMED]))
        if parts and name not in taken:
            return Label(name, say["little_of"].format(parts=", ".join(parts[:_DESCRIBED])), tuple(phrases), True)
    return Label(say["mixed"], say["little"], tuple(phrases), True)


def mixed_labels(
    context: NamingContext, labels: Sequence[Label], mixed: Sequence[bool], groups: NDArray[np.integer]
) -> list[Label]:
    """The ``labels`` (k) of the base groups, with those of ``mixed`` groups replaced.

    ``groups`` (n,) is the base group of each conversation.
    """
    import numpy as np

    found = list(labels)
    for group in np.flatnonzero(np.asarray(mixed, dtype=bool)).tolist():
        taken = [label.name for label in found]
        found[group] = mixed_label(context, np.flatnonzero(groups == group), labels[group].phrases, taken)
    return found


def none_label(language: str) -> Label:
    """The label of the group of what fits no other group, in the ``language`` of the atlas (its English name)."""
    say = wording(language)
    return Label(say["none"], say["none_about"], (), True)


def keep_mixed(before: Sequence[Sequence[Label]], after: Sequence[Sequence[Label]]) -> list[list[Label]]:
    """The labels of a tree ``after`` names were told apart, but mixed groups keep the names of ``before``.

    A name that two mixed groups of a level had before stays changed. On different levels, a group may stand alone.
    """
    counts: Counter[str] = Counter()
    for level in before:
        counts |= Counter(label.name for label in level if label.mixed)
    return [
        [old if old.mixed and counts[old.name] == 1 else new for old, new in zip(*levels, strict=True)]
        for levels in zip(before, after, strict=True)
    ]


def _fields(context: NamingContext, members: NDArray[np.integer]) -> list[str]:
    """The commonest fields of the members, written by enough people, most frequent first."""
    values = context.traits.get(_FIELD, ())
    if not values:
        return []
    rows = members.tolist()
    counts = Counter(value for row in rows if (value := values[row]))
    return [
        value
        for value, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        if context.support.backed((row for row in rows if values[row] == value), rows)
    ]
