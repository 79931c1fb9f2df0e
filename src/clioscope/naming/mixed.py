"""The label of a mixed group: it says that the group is mixed, and names no common subject."""

from __future__ import annotations

from collections.abc import Sequence

from clioscope.naming.candidates import Label
from clioscope.naming.wording import wording

_NAMED = 2  # parts in the name
_DESCRIBED = 5  # and in the description


def mixed_labels(labels: Sequence[Label], mixed: Sequence[bool], language: str = "English") -> list[Label]:
    """The labels, with those of ``mixed`` groups replaced.

    The new name holds two of the group's phrases ("Mixed topics: recipes, travel"), so that two mixed groups have
    different names. A group without phrases is called mixed only. ``language`` is the English name of the language of
    the atlas.
    """
    return [
        mixed_label(label.phrases, language) if found else label for label, found in zip(labels, mixed, strict=True)
    ]


def mixed_label(phrases: Sequence[str], language: str = "English") -> Label:
    """The label of one mixed group with these distinguishing phrases, best first."""
    say = wording(language)
    if not phrases:
        return Label(say["mixed"], say["little"], (), True)
    return Label(
        say["mixed_of"].format(parts=", ".join(phrases[:_NAMED])),
        say["little_of"].format(parts=", ".join(phrases[:_DESCRIBED])),
        tuple(phrases),
        True,
    )
