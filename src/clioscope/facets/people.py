"""The names that a model writes into facets: those of people do not stay, unless many wrote them.

The prompt asks the model to leave names out; a small model does not always obey. A recogniser finds names, and counting
tells a private person from a topic: a name that enough people wrote (Shakespeare, Docker) stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.facets.scrub import REMOVED

if TYPE_CHECKING:
    import polars as pl

    from clioscope.facets.facet import Facet
    from clioscope.recognisers.recogniser import Found, Recogniser
    from clioscope.recognisers.writers import Writers

# Recognisers often take a rare name of a person for one of an organisation. One to three words in capitals may be a
# person; what has digits, or capitals elsewhere (KeyBERT, LCD), is none.
_PART = r"(?:[A-Z]\.|(?:[A-Z]['’]|Ma?c)?[A-Z][a-zà-ÿ]+(?:-[A-Z][a-zà-ÿ]+)?)"
_LIKE_A_PERSON = re.compile(rf"{_PART}(?: {_PART}){{0,2}}")


class Hidden(NamedTuple):
    """A table of facets without names of people. ``read`` values were searched, ``values`` of them were changed, and
    ``parts`` of them were replaced."""

    table: pl.DataFrame
    read: int
    values: int
    parts: int


def hide_people(
    table: pl.DataFrame, facets: Sequence[Facet], recogniser: Recogniser, writers: Writers, least: int
) -> Hidden:
    """The text facets that the model answered, with ``[removed]`` in place of what may point to a person.

    Replaced are addresses, identifiers, and names of people that fewer than ``least`` people wrote (in a smaller
    collection: that not everybody wrote). A value of which nothing else is left becomes null.
    """
    import polars as pl

    columns = [one.name for one in facets if one.asked and one.type == "text" and one.name in table.columns]
    values = [*dict.fromkeys(value for name in columns for value in table[name].drop_nulls().to_list())]
    found = dict(zip(values, recogniser.find(values), strict=True)) if values else {}
    people = writers.people(
        {value[one.start : one.end] for value, parts in found.items() for one in parts if names_someone(value, one)}
    )
    enough = writers.least(least)
    private = {}
    for value, parts in found.items():
        private[value] = [
            one
            for one in parts
            if one.kind in ("address", "identifier")
            or (names_someone(value, one) and people[value[one.start : one.end]] < enough)
        ]
    changed = {value: _without(value, parts) for value, parts in private.items() if parts}
    given = [value for name in columns for value in table[name].drop_nulls().to_list()]
    hidden = table.with_columns(
        pl.Series(name, [changed.get(value, value) for value in table[name].to_list()], dtype=table.schema[name])
        for name in columns
    )
    counts = [len(private[value]) for value in given if private[value]]
    return Hidden(hidden, read=len(given), values=len(counts), parts=sum(counts))


def said_of_hidden(stages: Mapping[str, Mapping[str, Any]]) -> str:
    """What the stages of a build did about names of people in facets, as one sentence; empty without facets."""
    from clioscope.recognisers import ready_recognisers

    records = [record["people"] for record in stages.values() if "people" in record]
    read, values, parts = (sum(record[key] for record in records) for key in ("read", "values", "parts"))
    if not read:
        return ""
    by = records[0]["recogniser"]
    if not by:
        return "No recogniser looked for names of people in facets (privacy.recognisers), so they may hold some."
    if by == "patterns-1":  # with the extra there, patterns alone were chosen, and nothing need be said
        missing = (
            f"Only addresses and identifiers were looked for in the {read:,} values of text facets; names of people "
            "may stay (pip install 'clioscope[people]')."
        )
        return missing if ready_recognisers() == ("patterns",) else ""
    return (
        f"Names of people and the like were looked for in {read:,} values of text facets and replaced in {values:,} "
        f"of them ({parts:,} parts, by {by})."
    )


def names_someone(value: str, one: Found) -> bool:
    """Whether a part of a text is, or may be, the name of a person."""
    return one.kind == "person" or (
        one.kind == "organisation" and bool(_LIKE_A_PERSON.fullmatch(value[one.start : one.end]))
    )


def _without(value: str, parts: Sequence[Found]) -> str | None:
    pieces, end = [], 0
    for one in parts:
        pieces += [value[end : one.start], REMOVED]
        end = one.end
    left = "".join([*pieces, value[end:]])
    return left if any(map(str.isalnum, left.replace(REMOVED, ""))) else None
