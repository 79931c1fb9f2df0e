"""The names that a model writes into facets: those of people do not stay, unless many wrote them.

The prompt asks the model to leave names out; a small model does not always obey. A recogniser finds names, and counting
tells a private person from a topic: a name that enough people wrote (Shakespeare, Docker) stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from clioscope.facets.scrub import REMOVED

if TYPE_CHECKING:
    import polars as pl

    from clioscope.facets.facet import Facet
    from clioscope.recognisers.recogniser import Found, Recogniser
    from clioscope.recognisers.writers import Writers

NAMED = ("person", "organisation", "place")  # recognisers often take a rare name of a person for another kind


class Hidden(NamedTuple):
    """A table of facets without names of people. ``values`` is how many values were changed, ``names`` how many parts
    of them were replaced, and ``read`` how many values were searched."""

    table: pl.DataFrame
    values: int
    names: int
    read: int


def hide_people(
    table: pl.DataFrame, facets: Sequence[Facet], recogniser: Recogniser | None, writers: Writers, least: int
) -> Hidden:
    """The text facets that the model answered, with ``[removed]`` in place of what may point to a person.

    Replaced are addresses and identifiers, and names of people, organisations and places that fewer than ``least``
    people wrote. A value of which nothing else is left becomes null. Without a recogniser nothing changes.
    """
    import polars as pl

    columns = [one.name for one in facets if one.asked and one.type == "text" and one.name in table.columns]
    values = [*dict.fromkeys(value for name in columns for value in table[name].drop_nulls().to_list())]
    if recogniser is None or not values:
        return Hidden(table, 0, 0, 0)
    found = dict(zip(values, recogniser.find(values), strict=True))
    told = {value[one.start : one.end] for value, parts in found.items() for one in parts if one.kind in NAMED}
    people = writers.people(told)
    private = {
        value: [one for one in parts if one.kind not in NAMED or people[value[one.start : one.end]] < least]
        for value, parts in found.items()
    }
    changed = {value: _without(value, parts) for value, parts in private.items() if parts}
    given = [value for name in columns for value in table[name].to_list()]
    hidden = table.with_columns(
        pl.Series(name, [changed.get(value, value) for value in table[name].to_list()], dtype=table.schema[name])
        for name in columns
    )
    return Hidden(
        hidden,
        values=sum(value in changed for value in given),
        names=sum(len(private[value]) for value in given if value in changed),
        read=sum(value is not None for value in given),
    )


def _without(value: str, parts: Sequence[Found]) -> str | None:
    pieces, end = [], 0
    for one in parts:
        pieces += [value[end : one.start], REMOVED]
        end = one.end
    left = "".join([*pieces, value[end:]])
    return left if any(map(str.isalnum, left.replace(REMOVED, ""))) else None
