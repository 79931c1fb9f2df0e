"""clioscope export: write an atlas as a page, a picture, Markdown, CSV, JSON or Parquet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

PICTURES = (".png", ".svg", ".pdf")
app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def export(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    to: Annotated[
        Path | None,
        typer.Argument(
            help="File to write the tree to: .md, .csv, .json or .parquet; or the map: .png, .svg or .pdf.",
            show_default=False,
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", help="File to write the explorer's page to, with the atlas in it (.html).", show_default=False
        ),
    ] = None,
    facet_texts: Annotated[
        bool, typer.Option("--facet-texts", help="Put facets that are sentences into the page too.")
    ] = False,
    shares: Annotated[
        Path | None,
        typer.Option(
            "--shares",
            help="File to write the shares of facet values in all groups to, with intervals: .csv or .parquet.",
            show_default=False,
        ),
    ] = None,
    title: Annotated[
        str | None,
        typer.Option(help="Title of the page (default: the folder's name), or of the picture (default: none)."),
    ] = None,
    views: Annotated[bool, typer.Option("--views", help="Put the saved views and their notes into the page.")] = False,
    level: Annotated[
        int | None,
        typer.Option(
            min=1, help="Picture: groups of this level, 1 for the top (default: at most 30 groups).", show_default=False
        ),
    ] = None,
    titles: Annotated[
        int | None,
        typer.Option(min=0, help="Picture: at most so many titles (default: all with room).", show_default=False),
    ] = None,
    legend: Annotated[bool, typer.Option("--legend/--no-legend", help="Picture: list the groups beside it.")] = False,
    dark: Annotated[bool, typer.Option("--dark/--light", help="Picture: on a dark ground.")] = False,
    size: Annotated[str, typer.Option(help="Picture: width and height in centimetres.")] = "24x17",
    dpi: Annotated[int, typer.Option(help="Picture: pixels per inch.")] = 300,
    font: Annotated[
        str | None,
        typer.Option(
            help="Picture: a font that is installed (letters that it lacks come from others).", show_default=False
        ),
    ] = None,
) -> None:
    """Write the tree of an atlas to a file (its suffix decides the format), its map as a picture, or the whole atlas to
    one HTML page.

    The page opens from disk, without a network. The page of a full atlas holds one row per conversation (group, facets
    and day, no text), and its picture one point per conversation, so publish an atlas before you show it to others. A
    picture needs the extra plots (matplotlib).
    """
    from clioscope.atlas import Atlas
    from clioscope.atlas.export import export as write
    from clioscope.atlas.export import export_shares
    from clioscope.cli.terminal import say
    from clioscope.errors import ClioscopeError

    if to is None and html is None and shares is None:
        raise ClioscopeError(
            "Give a file to write: one that ends in .md, .csv, .json, .parquet, .png, .svg or .pdf, --html FILE or "
            "--shares FILE."
        )
    opened = Atlas(atlas)
    if to is not None and to.suffix.lower() in PICTURES:
        from clioscope.pictures import Look, export_picture

        look = Look(level, titles, legend, dark, _sides(size), dpi, font, title)
        say(export_picture(opened, to, look, notice=lambda text: say(text, err=True)))
    elif to is not None:
        say(write(opened, to))
    if shares is not None:
        say(export_shares(opened, shares))
    if html is not None:
        from clioscope.explorer.export import export_html

        say(export_html(opened, html, title=title, texts=facet_texts, views=views))


def _sides(size: str) -> tuple[float, float]:
    """Width and height of ``24x17``. Raises ClioscopeError."""
    from clioscope.errors import ClioscopeError

    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*[x×*]\s*(\d+(?:\.\d+)?)\s*(?:cm)?\s*", size)
    if found is None:
        raise ClioscopeError(f"--size {size!r}: give width and height in centimetres, for example 24x17.")
    return float(found[1]), float(found[2])
