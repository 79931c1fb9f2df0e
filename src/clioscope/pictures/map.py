"""The map of an atlas as a picture: PNG, SVG or PDF."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.atlas.places import has_places
from clioscope.errors import ClioscopeError, SettingsError
from clioscope.files.modes import mode_for
from clioscope.files.replacing import saving
from clioscope.pictures.content import MapContent, map_content
from clioscope.pictures.lettering import safe, wrapped
from clioscope.pictures.palette import DARK, LIGHT, Theme, many
from clioscope.pictures.titles import place_titles

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas

FORMATS = (".png", ".svg", ".pdf")
LARGEST = 200.0  # centimetres
_CM = 2.54
_MANY = 4_000  # points from which on they are pixels within an SVG or PDF, which would take minutes to open otherwise
_TITLES = 30  # groups: the default level is the finest with at most so many
_BUBBLE = 30.0  # width of the largest circle of a published atlas, in points, on a picture of 17 cm


class Look(NamedTuple):
    """``level``: 1 for the top groups, 2 for those below, and so on; None for the finest with at most 30 groups.
    ``titles``: at most so many, the largest groups first; None for as many as have room. ``size``: width and height in
    centimetres. ``dpi``: pixels per inch (2.54 cm). ``font``: a font that is installed; letters that it lacks come from
    others. ``title``: a line above the map."""

    level: int | None = None
    titles: int | None = None
    legend: bool = False
    dark: bool = False
    size: tuple[float, float] = (24.0, 17.0)
    dpi: int = 300
    font: str | None = None
    title: str | None = None


def export_picture(
    atlas: Atlas, to: str | Path, look: Look | None = None, *, notice: Callable[[str], None] = lambda text: None
) -> Path:
    """Draw the map of ``atlas`` to ``to``; the suffix decides the format: .png, .svg or .pdf.

    Every conversation is a point in the colour of its group; of a published atlas every group is a circle, and nothing
    is drawn that was not published. Titles stand beside the groups with a line to them, over no point and no other
    title; one for which there is no such place is left out. ``notice`` gets a sentence about what could not be drawn
    as wished: titles without room, letters that no font has. The same atlas gives the same picture.

    Only you may read the file if the atlas is not published. Raises ClioscopeError without matplotlib (the extra
    ``plots``), for another suffix, and if the file cannot be written; AtlasError for an atlas without a map;
    SettingsError for a size, a resolution or a level that cannot be.
    """
    to, look = Path(to), look or Look()
    if to.suffix.lower() not in FORMATS:
        raise ClioscopeError(f"{to}: give a file that ends in {', '.join(FORMATS)}.")
    content, figure = picture_of(atlas, look, notice)
    with saving(to, mode_for(atlas.published)) as part, _drawing():
        figure.savefig(part, format=to.suffix[1:].lower(), dpi=look.dpi, metadata=_metadata(content, to.suffix.lower()))
    return to


def picture_of(
    atlas: Atlas, look: Look, notice: Callable[[str], None] = lambda text: None
) -> tuple[MapContent, Figure]:
    """What is on the picture, and the picture. Raises as ``export_picture`` does."""
    _check(look)
    content = map_content(atlas, _level(atlas, look.level))
    return content, draw_map(content, look, notice)


def _metadata(content: MapContent, suffix: str) -> dict[str, Any]:
    """What the picture shows, in words, for readers who cannot see it and for search; and no date, so that the same
    atlas gives the same file."""
    groups = "; ".join(f"{one.name} ({one.conversations:,})" for one in content.islands)
    words = f"Map of {len(content.islands)} groups of conversations, with their sizes: {groups}."
    found: dict[str, dict[str, Any]] = {
        ".png": {"Description": words},
        ".svg": {"Description": words, "Date": None},
        ".pdf": {"Subject": words, "CreationDate": None},
    }
    return found[suffix]


def can_draw(atlas: Atlas) -> bool:
    """Whether a picture of an atlas can be drawn: it has a map, and matplotlib and textalloc are installed."""
    from importlib.util import find_spec

    return has_places(atlas) and all(find_spec(name) is not None for name in ("matplotlib", "textalloc"))


def draw_map(content: MapContent, look: Look, notice: Callable[[str], None]) -> Figure:
    """The picture as a figure of matplotlib. Raises ClioscopeError without matplotlib."""
    try:
        import textalloc  # noqa: F401  (needed for the titles; told before anything is drawn)
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ClioscopeError(
            f"A picture needs the package {error.name}; install it with pip install 'clioscope[plots]'."
        ) from error
    from clioscope.pictures.fonts import fonts_for, said_of_missing

    theme = DARK if look.dark else LIGHT
    fonts = fonts_for([*(one.name for one in content.islands), look.title or ""], look.font)
    if look.font is not None and look.font not in fonts.families:
        notice(f"There is no font {look.font!r} here, so {fonts.families[0]} is used.")
    if fonts.missing:
        notice(said_of_missing(fonts.missing))
    width, height = (side / _CM for side in look.size)
    with _drawing():
        figure = Figure(figsize=(width, height), dpi=look.dpi, facecolor=theme.ground)
        share = 0.74 if look.legend else 1.0
        top = 1 - (0.5 / height if look.title else 0.0)
        axes = figure.add_axes((0.0, 0.0, share, top))
        colours = _colours(content, theme)
        _draw_points(axes, content, colours, look)
        left_out = place_titles(axes, content, colours, theme, fonts.families, look.titles, diameters(content, look))
        if look.legend:
            _draw_legend(figure, content, colours, theme, fonts.families, share, top)
        if look.title:
            figure.text(
                0.02,
                1 - 0.16 / height,
                safe(look.title),
                va="top",
                size=13,
                weight="bold",
                color=theme.ink,
                family=fonts.families,
            )
    if left_out:
        some = "1 title has" if left_out == 1 else f"{left_out} titles have"
        notice(f"{some} no room; a larger size (--size) shows more of them, and a legend (--legend) lists all.")
    return figure


def _drawing() -> Any:
    """The settings for a picture that is the same every time: outlines in SVG, real letters in PDF."""
    from contextlib import ExitStack

    import matplotlib

    stack = ExitStack()
    stack.enter_context(
        matplotlib.rc_context({"svg.hashsalt": "clioscope", "svg.fonttype": "path", "pdf.fonttype": 42})
    )
    stack.enter_context(warnings.catch_warnings())
    warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # said in a sentence of our own
    return stack


def _check(look: Look) -> None:
    if not all(2 <= side <= LARGEST for side in look.size):
        raise SettingsError(f"--size: a picture is 2 to {LARGEST:g} cm wide and high.")
    if not 30 <= look.dpi <= 1200:
        raise SettingsError("--dpi: a picture has 30 to 1200 pixels per inch.")
    if look.size[0] * look.size[1] * (look.dpi / _CM) ** 2 > 4e8:
        raise SettingsError("--size and --dpi: the picture would have more than 400 million pixels; give less of one.")


def _level(atlas: Atlas, wanted: int | None) -> int:
    """The level as the tree counts it, 0 for the base. Raises SettingsError."""
    top = int(atlas.tree["level"].max())  # type: ignore[arg-type]
    if wanted is not None:
        if not 1 <= wanted <= top + 1:
            raise SettingsError(f"--level: {atlas.path} has the levels 1 (top) to {top + 1} (base groups).")
        return top + 1 - wanted
    sizes = dict(atlas.tree.group_by("level").len().iter_rows())
    fits = [level for level in range(top + 1) if sizes.get(level, 0) and sizes[level] <= _TITLES]
    return min(fits, default=top)


def _colours(content: MapContent, theme: Theme) -> list[str]:
    usual = many(theme, len(content.islands))
    return [one.colour or usual[place] for place, one in enumerate(content.islands)]


def diameters(content: MapContent, look: Look) -> NDArray[np.floating[Any]]:
    """How wide the points or circles are, in typographic points (1/72 inch)."""
    import numpy as np

    inches = min(look.size) / _CM
    if content.size is not None:
        return np.asarray(np.maximum(3.5, _BUBBLE * inches / 6.7 * np.sqrt(content.size)))
    n = len(content.x)
    return np.full(n, float(np.clip(0.30 * inches * 72 / max(8.0, n**0.5), 0.7, 5.5)))


def _draw_points(axes: Axes, content: MapContent, colours: list[str], look: Look) -> None:
    import numpy as np

    n = len(content.x)
    sizes = diameters(content, look) ** 2
    alpha = 0.86 if content.size is not None else float(np.clip(1.45 - 0.21 * np.log10(n), 0.35, 0.9))
    order = np.argsort(-sizes, kind="stable") if content.size is not None else np.random.default_rng(0).permutation(n)
    shades = np.array(colours)[content.island]
    axes.scatter(
        content.x[order],
        content.y[order],
        s=sizes[order],
        c=list(shades[order]),
        alpha=alpha,
        linewidths=0,
        rasterized=n > _MANY,
        zorder=1,
    )
    axes.set_axis_off()


def _draw_legend(
    figure: Figure, content: MapContent, colours: list[str], theme: Theme, families: list[str], left: float, top: float
) -> None:
    """All groups with their counts, beside the map, in letters as large as there is room for. Lines are as high as the
    fonts of their scripts ask for."""
    axes = figure.add_axes((left, 0.0, 1 - left, top))
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    width, height = (float(side) * 72 for side in figure.get_size_inches())
    width, height = width * (1 - left), height * top
    size = 8.0
    while True:
        most = max(8, int((width - 3.2 * size) / (0.56 * size)))
        lines = [wrapped(f"{one.name}\u00a0({one.conversations:,})", most) for one in content.islands]
        texts = [
            axes.text(
                2.4 * size / width,
                1,
                safe("\n".join(one)),
                va="top",
                size=size,
                color=theme.ink,
                family=families,
                linespacing=1.25,
            )
            for one in lines
        ]
        heights = [one.get_window_extent().height * 72 / figure.dpi for one in texts]
        if sum(heights) + len(lines) * 0.65 * size <= 0.94 * height or size <= 3.5:
            break
        for one in texts:
            one.remove()
        size -= 0.5
    down = 1 - 0.03
    for text, tall, rows, colour in zip(texts, heights, lines, colours, strict=True):
        text.set_y(down)
        middle = down - tall / len(rows) / 2 / height
        axes.scatter([1.1 * size / width], [middle], s=size**2 * 0.75, c=[colour], linewidths=0)
        down -= (tall + 0.65 * size) / height
