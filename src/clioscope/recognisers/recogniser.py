"""The recogniser protocol, and the registry of recognisers: name to a function that opens one.

Another package offers its own in the entry-point group ``clioscope.recognisers``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from clioscope.registry import Registry

Kind = Literal["identifier", "address", "person", "organisation", "place"]
KINDS: tuple[Kind, ...] = ("identifier", "address", "person", "organisation", "place")


class Found(NamedTuple):
    """A part of a text, from ``start`` to before ``end``, and what it is.

    An "identifier" is an e-mail address, a phone number, an account and the like; an "address" has a street and a
    number; a "place" is any other place.
    """

    start: int
    end: int
    kind: Kind


@runtime_checkable
class Recogniser(Protocol):
    """Finds parts of short texts that may point to a person.

    ``id`` names the recogniser and its weights. ``find`` returns one list per text, sorted, without overlaps; the same
    text gives the same list in every batch.
    """

    id: str

    def find(self, texts: Sequence[str]) -> list[list[Found]]: ...


recognisers: Registry[Callable[[str], Recogniser]] = Registry(
    "recogniser",
    "clioscope.recognisers",
    {
        "patterns": "clioscope.recognisers.patterns",
        "slovnet": "clioscope.recognisers.russian",
        "spacy": "clioscope.recognisers.pipelines",
    },
)
