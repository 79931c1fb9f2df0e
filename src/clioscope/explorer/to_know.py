"""The things to know of an atlas, for whoever does not show its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from clioscope.explorer.view import view_parts

if TYPE_CHECKING:
    from clioscope.atlas import Atlas


def things_to_know(atlas: Atlas) -> Mapping[str, Any]:
    """The header of a view of ``atlas`` that holds only what is counted, with at most three things to know as ``knows``
    (``knows.find``); ``knows.sentences`` writes them out. Raises AtlasError if a table cannot be read."""
    return view_parts(atlas, counts_only=True)[0]
