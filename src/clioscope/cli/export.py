"""clioscope export: an atlas as a page, Markdown, CSV, JSON or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def export(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    to: Annotated[
        Path | None, typer.Argument(help="File to write: .md, .csv, .json or .parquet.", show_default=False)
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the explorer's page with the atlas in it.", show_default=False)
    ] = None,
    facet_texts: Annotated[
        bool, typer.Option("--facet-texts", help="Put the sentences of the facets into the page too.")
    ] = False,
    title: Annotated[str | None, typer.Option(help="Title of the page (default: the folder's name).")] = None,
) -> None:
    """Write the tree of an atlas to a file, whose suffix decides the format, or all of it to one HTML page.

    The page opens from disk with the network off. That of a full atlas has a row a conversation (its group,
    facets and day, no text): publish first what is to be shown to others.
    """
    from clioscope.atlas import Atlas
    from clioscope.atlas.export import export as write
    from clioscope.errors import ClioscopeError

    if to is None and html is None:
        raise ClioscopeError("Say what to write: a file that ends in .md, .csv, .json or .parquet, or --html FILE.")
    opened = Atlas(atlas)
    if to is not None:
        print(write(opened, to))
    if html is not None:
        from clioscope.explorer.export import export_html

        print(export_html(opened, html, title=title, texts=facet_texts))
