"""The explorer's page inside a notebook, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas.opening import opened
from clioscope.errors import ClioscopeError

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.notebook.widget import Explorer


def explore(atlas: Atlas | str | Path, *, title: str | None = None, texts: bool = False, height: int = 640) -> Explorer:
    """The explorer's page in a cell, with what is chosen in it as a frame (``selection``).

    The page is the one that ``clioscope export --html`` writes: it needs no server and no network, and it holds no
    transcript. ``texts`` adds facets that are sentences, ``height`` is in pixels. The page of a full atlas is in the
    notebook from then on, with one row per conversation: clear the output before you give the notebook to others.

    >>> import clioscope
    >>> explorer = clioscope.explore("atlas/")
    >>> explorer.selection.height  # choose a group or draw a line around points in the page first
    0

    Raises ClioscopeError without the package anywidget, AtlasError for an atlas of more than 200,000 rows.
    """
    try:
        from clioscope.notebook.widget import Explorer
    except ImportError as error:
        raise ClioscopeError(
            f"atlas.explore() needs the package {error.name}; install it with pip install 'clioscope[notebook]', or "
            f"write the page with clioscope export ATLAS --html FILE."
        ) from error
    return Explorer(opened(atlas), title=title, texts=texts, height=height)
