"""Options about reading files, shared by the commands that read them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from clioscope.errors import SettingsError

PANEL, MODEL = "Input", "Model and facets"


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
Ask = Annotated[
    str | None,
    typer.Option(
        "--ask",
        help="Ask the model about this many conversations, or `all`; what they say tells about the others.",
        metavar="N|all",
        rich_help_panel=MODEL,
        show_default=False,
    ),
]


def asked_of(ask: str | None) -> int | Literal["all"] | None:
    """What ``--ask`` says. Raises SettingsError for what is neither a number from 1 on nor ``all``."""
    if ask is None or ask == "all":
        return ask  # type: ignore[return-value]
    if not ask.isdecimal() or int(ask) < 1:
        raise SettingsError(f"--ask {ask}: give a number from 1 on, or `all`.")
    return int(ask)
