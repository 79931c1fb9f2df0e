"""The map of an atlas as a picture of matplotlib."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas.opening import opened
from clioscope.pictures.map import Look, picture_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clioscope.atlas import Atlas

_DPI = 100  # of the picture in a cell


def plot(
    atlas: Atlas | str | Path,
    *,
    title: str | None = None,
    level: int | None = None,
    legend: bool = False,
    dark: bool = False,
    size: tuple[float, float] = (24.0, 17.0),
) -> Figure:
    """The map as a picture: a point per conversation in the colour of its group, with titles beside the groups.

    Of a published atlas a circle per group is drawn. ``level``: 1 for the top groups, 2 for those below (by default the
    finest with at most 30 groups); ``size``: width and height in centimetres. A notebook shows the figure, and its
    method ``savefig`` writes it to a file; ``clioscope export ATLAS map.pdf`` draws the same picture.

    >>> import clioscope
    >>> figure = clioscope.plot("atlas/", title="March")
    >>> figure.savefig("map.pdf")

    A warning (UserWarning) tells of titles that have no room, and of letters that no font has. Raises AtlasError for an
    atlas without a map, SettingsError for a size or a level that cannot be, and ClioscopeError without the packages of
    the extra ``notebook``.
    """
    look = Look(title=title, level=level, legend=legend, dark=dark, size=size, dpi=_DPI)
    _, figure = picture_of(opened(atlas), look, lambda text: warnings.warn(text, stacklevel=5))

    def png() -> bytes:
        held = io.BytesIO()
        figure.savefig(held, format="png", dpi=_DPI)
        return held.getvalue()

    vars(figure)["_repr_png_"] = png  # so a notebook shows it without pyplot, and once only
    return figure
