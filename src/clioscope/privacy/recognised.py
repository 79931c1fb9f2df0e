"""What a recogniser objects to in names of groups, before the auditor reads them."""

from __future__ import annotations

from collections.abc import Sequence

from clioscope.recognisers.recogniser import Recogniser
from clioscope.recognisers.writers import Writers

_SCORES = {"identifier": 1, "person": 1, "address": 1, "organisation": 2, "place": 2}
_HARMLESS = 5


def recognised_scores(
    labels: Sequence[tuple[str, str]], recogniser: Recogniser, writers: Writers, least: int
) -> list[int]:
    """A score on each (name, description): 1 for an identifier, an address or a person, 2 for an organisation or a
    place, 5 if there is none of them.

    A name of a person, organisation or place counts only if fewer than ``least`` people wrote it (in a smaller
    collection: if not everybody wrote it). What many wrote is a topic, as Shakespeare or Berlin.
    """
    texts = [f"{name}. {description}" for name, description in labels]
    found = recogniser.find(texts)
    people = writers.people(
        {text[one.start : one.end] for text, parts in zip(texts, found, strict=True) for one in parts}
    )
    enough = writers.least(least)
    return [
        min(
            (
                _SCORES[one.kind]
                for one in parts
                if one.kind in ("identifier", "address") or people[text[one.start : one.end]] < enough
            ),
            default=_HARMLESS,
        )
        for text, parts in zip(texts, found, strict=True)
    ]
