"""Parts of texts, brought into order."""

from __future__ import annotations

from collections.abc import Iterable

from clioscope.recognisers.recogniser import KINDS, Found


def in_order(found: Iterable[Found]) -> list[Found]:
    """The parts sorted and without overlaps.

    Of parts that overlap, the kind that comes first in ``KINDS`` stays, then the longer one.
    """
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (KINDS.index(one.kind), one.start - one.end, one.start)):
        if one.end > one.start and all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept)
