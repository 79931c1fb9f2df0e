"""The map of an atlas as a picture of matplotlib."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas.export import shown_tree
from clioscope.atlas.opening import opened
from clioscope.errors import AtlasError, ClioscopeError
from clioscope.files.plain import line
from clioscope.notebook.dots import colours_of, dots_of, hearts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from clioscope.atlas import Atlas

_MOST_TITLES = 12
_CIRCLE = 900.0  # square points of the largest group of a published atlas


def plot(atlas: Atlas | str | Path, *, title: str | None = None, width: float = 9.0, height: float = 6.0) -> Figure:
    """The map as a picture: a point per conversation, coloured by its top group, with the names of the largest ones.

    Of a published atlas a circle per base group is drawn. ``width`` and ``height`` are in inches. A notebook shows the
    figure; its method ``savefig`` writes it to a file.

    >>> import clioscope
    >>> figure = clioscope.plot("atlas/", title="March")
    >>> figure.savefig("map.pdf")

    Raises AtlasError for an atlas without a map, ClioscopeError without the package matplotlib.
    """
    try:
        from matplotlib.figure import Figure
        from matplotlib.patheffects import withStroke
    except ImportError as error:
        raise ClioscopeError(
            "atlas.plot() needs the package matplotlib; install it with pip install 'clioscope[notebook]'."
        ) from error

    class Picture(Figure):
        """A figure that a notebook shows without pyplot, so once only."""

        def _repr_png_(self) -> bytes:
            held = io.BytesIO()
            self.savefig(held, format="png", dpi=110)
            return held.getvalue()

    atlas = opened(atlas)
    dots = dots_of(atlas)
    if dots is None:
        raise AtlasError(f"{atlas.path}: was built without a map, so there is none to plot.")
    picture = Picture(figsize=(width, height), layout="constrained")
    axes = picture.add_subplot()
    colours = colours_of(atlas)
    sizes = dots["size"] * _CIRCLE if "size" in dots.columns else min(12.0, max(0.5, 20_000 / dots.height))
    shades = dots["group"].replace_strict(colours).to_list()
    axes.scatter(dots["x"], dots["y"], s=sizes, c=shades, alpha=0.6, linewidths=0, rasterized=dots.height > 5_000)
    names: dict[str, str] = dict(shown_tree(atlas).select("group", "name").iter_rows())
    halo = [withStroke(linewidth=3, foreground="white")]
    for group, (x, y) in hearts(atlas, dots)[:_MOST_TITLES]:
        name = line(names[group]).replace("$", r"\$")  # a pair of dollars would be a formula
        axes.text(x, y, name, ha="center", va="center", fontsize=9, fontweight="semibold", path_effects=halo)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_axis_off()
    if title is not None:
        axes.set_title(line(title).replace("$", r"\$"))
    return picture
