"""How a published atlas counts people: by user id, and by an assumption for conversations without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from clioscope.errors import AtlasError

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

Known = Literal["all", "some", "none"]
Counted = Literal["each", "rest", "together"]

_SAID: dict[Counted, str] = {  # the page says the same in its own words (explorer/src/words)
    "each": "Counted as if every conversation were another person.",
    "rest": "Counted as if every conversation without a user id were another person.",
    "together": "Conversations without a user id are counted as one person together.",
}


def known_users(atlas: Atlas) -> Known:
    """Whether all, some or none of the records of the atlas have a user id."""
    unknown = atlas.occurrences["user"].null_count()
    if unknown == 0:
        return "all"
    return "some" if unknown < atlas.occurrences.height else "none"


def check_people(atlas: Atlas, known: Known, each_a_user: bool) -> None:
    """Raise AtlasError, with what to do, if no record has a user id and that was not allowed."""
    if known == "none" and not each_a_user:
        raise AtlasError(
            f"{atlas.path}: its conversations have no user ids, so one person could count as many; build it again with "
            "--user-column NAME (the column or field of the input that holds them), or publish with --each-a-user if "
            "every conversation is from a different person."
        )


def counted_as(manifest: Mapping[str, Any]) -> Counted | None:
    """How a published atlas counts conversations without a user id: ``each`` as a different person, if no conversation
    has an id; the ``rest`` each as a different person, if some have one; or ``together`` as one person. None if all
    have an id, and for an atlas that is not published."""
    if not manifest.get("published"):
        return None
    if manifest.get("each_a_user"):
        return "each" if manifest.get("users") == "none" else "rest"
    return "together" if manifest.get("users") == "some" else None


def said_of_people(manifest: Mapping[str, Any]) -> str | None:
    """The sentence for readers of a published atlas about how people were counted; None if none is needed."""
    counted = counted_as(manifest)
    return None if counted is None else _SAID[counted]


def said_of_withheld(atlas: Atlas) -> str:
    """The sentence for readers of a published atlas about conversations that are counted in no group; empty if there
    are none."""
    count = atlas.manifest["counts"].get("withheld_conversations", 0) if atlas.published else 0
    return f"{count:,} conversations are withheld or in no group that is shown." if count else ""
