"""Options about reading files, shared by the commands that read them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

PANEL = "Input"


def _option(help: str, *names: str) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=PANEL, show_default=False)


Format = Annotated[str | None, _option("Input format (default: recognised from the content).", "--format")]
TextColumn = Annotated[str | None, _option("Column of a table that holds the text.", "--text-column")]
Encoding = Annotated[
    str | None, _option("Encoding of text files (default: recognised from the content).", "--encoding")
]
IdColumn = Annotated[str | None, _option("Field with the conversation id.", "--id-column")]
UserColumn = Annotated[str | None, _option("Field with the user id. Privacy thresholds count users.", "--user-column")]
DateColumn = Annotated[str | None, _option("Field with the date.", "--date-column")]
