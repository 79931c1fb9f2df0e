"""Who is known to have written what is published, and what is assumed of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from clioscope.errors import AtlasError

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

Known = Literal["all", "some", "none"]
Counted = Literal["each", "rest", "together"]

_SAID: dict[Counted, str] = {  # the page has the same in its own words (explorer/src/words)
    "each": "Counted as if every conversation were another person.",
    "rest": "Counted as if every conversation without a user id were another person.",
    "together": "Conversations without a user id are counted as one person together.",
}


def known_users(atlas: Atlas) -> Known:
    """Whether all records of the atlas have a user id, or some, or none."""
    unknown = atlas.occurrences["user"].null_count()
    if unknown == 0:
        return "all"
    return "some" if unknown < atlas.occurrences.height else "none"


def check_people(atlas: Atlas, known: Known, each_a_user: bool) -> None:
    """Raise AtlasError, with what to do, where people would have to be counted and nothing is known of them."""
    if known == "none" and not each_a_user:
        raise AtlasError(
            f"{atlas.path}: its conversations have no user ids, so those of one person could pass as those of many; "
            "build it again with --user-column NAME (the column or field of the input that holds them), or publish "
            "with --each-a-user if every conversation is another person."
        )


def counted_as(manifest: Mapping[str, Any]) -> Counted | None:
    """How a published atlas counted conversations without a user id: ``each`` as another person where there was no
    user id at all, the ``rest`` as another person each, or ``together`` as one. None where all are known, and for an
    atlas that is not published."""
    if not manifest.get("published"):
        return None
    if manifest.get("each_a_user"):
        return "each" if manifest.get("users") == "none" else "rest"
    return "together" if manifest.get("users") == "some" else None


def said_of_people(manifest: Mapping[str, Any]) -> str | None:
    """The sentence that the reader of a published atlas needs about how people were counted; None for none."""
    counted = counted_as(manifest)
    return None if counted is None else _SAID[counted]
