"""clioscope export: an atlas as Markdown, CSV, JSON or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def export(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    to: Annotated[Path, typer.Argument(help="File to write: .md, .csv, .json or .parquet.", show_default=False)],
) -> None:
    """Write the tree of an atlas to a file; its suffix decides the format."""
    from clioscope.atlas import Atlas
    from clioscope.export import export as write

    print(write(Atlas(atlas), to))
