"""What a recogniser objects to in names of groups, before the auditor reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from clioscope.naming.ready import without_ready_name
from clioscope.recognisers.recogniser import Recogniser
from clioscope.recognisers.writers import Writers

if TYPE_CHECKING:
    from clioscope.privacy.audit import Recognise
    from clioscope.settings import PrivacySettings

_SCORES = {"identifier": 1, "person": 1, "address": 1, "organisation": 2, "place": 2}
_HARMLESS = 5


def recognise_by(
    settings: PrivacySettings, texts: Callable[[], tuple[Sequence[str], Sequence[Iterable[str]] | None]]
) -> Recognise | None:
    """What scores names before the auditor reads them (``recognised_scores``); None where names are not audited or no
    recogniser is chosen.

    ``texts`` gives all that is known to be written (n), and the users that wrote each (n), None where nobody knows
    them; it is called once, when the first names are scored.
    """
    from clioscope.recognisers import recogniser_for

    recogniser = recogniser_for(settings.recognisers) if settings.audit else None
    if recogniser is None:
        return None
    writers = cache(lambda: Writers(*texts()))
    return lambda labels: recognised_scores(labels, recogniser, writers(), settings.topic_people) if labels else []


def recognised_scores(
    labels: Sequence[tuple[str, str]], recogniser: Recogniser, writers: Writers, least: int
) -> list[int]:
    """A score on each (name, description): 1 for an identifier, an address or a person, 2 for an organisation or a
    place, 5 if there is none of them. What is ready-made in a name (``naming.ready``) is not looked at.

    A name of a person, organisation or place counts only if fewer than ``least`` people wrote it (in a smaller
    collection: if not everybody wrote it). What many wrote is a topic, as Shakespeare or Berlin.
    """
    texts = [f"{without_ready_name(name)}. {description}" for name, description in labels]
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
