"""clioscope export: write an atlas as a page, Markdown, CSV, JSON or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def export(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    to: Annotated[
        Path | None, typer.Argument(help="File to write the tree to: .md, .csv, .json or .parquet.", show_default=False)
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
    title: Annotated[str | None, typer.Option(help="Title of the page (default: the folder's name).")] = None,
) -> None:
    """Write the tree of an atlas to a file (its suffix decides the format), or the whole atlas to one HTML page.

    The page opens from disk, without a network. The page of a full atlas holds one row per conversation (group, facets
    and day, no text), so publish an atlas before you show it to others.
    """
    from clioscope.atlas import Atlas
    from clioscope.atlas.export import export as write
    from clioscope.atlas.export import export_shares
    from clioscope.cli.terminal import say
    from clioscope.errors import ClioscopeError

    if to is None and html is None and shares is None:
        raise ClioscopeError(
            "Give a file to write: one that ends in .md, .csv, .json or .parquet, --html FILE or --shares FILE."
        )
    opened = Atlas(atlas)
    if to is not None:
        say(write(opened, to))
    if shares is not None:
        say(export_shares(opened, shares))
    if html is not None:
        from clioscope.explorer.export import export_html

        say(export_html(opened, html, title=title, texts=facet_texts))
