"""Options that say how files are read, shared by the commands that read them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

PANEL = "Input"


def _option(help: str, *names: str) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=PANEL, show_default=False)


Format = Annotated[str | None, _option("Input format; told from the content otherwise.", "--format")]
TextColumn = Annotated[str | None, _option("Column with the text of a table.", "--text-column")]
Encoding = Annotated[str | None, _option("Encoding of text files; told from the content otherwise.", "--encoding")]
IdColumn = Annotated[str | None, _option("Field with a conversation's id.", "--id-column")]
UserColumn = Annotated[str | None, _option("Field with the user's id, which thresholds count.", "--user-column")]
DateColumn = Annotated[str | None, _option("Field with the date.", "--date-column")]
