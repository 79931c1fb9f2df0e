"""Options about reading files, shared by the commands that read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from clioscope.cli import completing
from clioscope.errors import SettingsError

if TYPE_CHECKING:
    from clioscope.settings import Settings

PANEL, MODEL = "Input", "Model and facets"


def _option(help: str, *names: str) -> Any:
    return typer.Option(*names, help=help, rich_help_panel=PANEL, show_default=False)


Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="Input format (default: recognised from the content).",
        rich_help_panel=PANEL,
        show_default=False,
        autocompletion=completing.formats,
    ),
]
TextColumn = Annotated[str | None, _option("Column of a table that holds the text.", "--text-column")]
# Of commands that read more for an atlas: its own way of reading comes first.
FormatOrAsAtlas = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="Input format (default: the atlas's format if it fits, else detected).",
        autocompletion=completing.formats,
    ),
]
TextColumnOrAsAtlas = Annotated[
    str | None,
    typer.Option("--text-column", help="Column with the text (CSV, Parquet; default: the atlas's column if it fits)."),
]
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
FalseRefusals = Annotated[
    float,
    typer.Option(
        "--false-refusals",
        min=0,
        max=0.99,
        help="Share of conversations like those of the atlas that may be refused by mistake. The higher, the more fit "
        "no group; 0: every conversation gets one.",
    ),
]
FacetFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--facets",
        help="Facets of your own: a Python file with @facet functions, or a TOML file with a section `facets`.",
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


def facet_options(files: Sequence[Path]) -> dict[str, Any]:
    """The settings that ``--facets`` stands for: Python files as ``facets.modules``, and what the section ``[facets]``
    of TOML files says; later files count before earlier ones, and their definitions are joined.

    Raises SettingsError for a file that cannot be read, or that is neither.
    """
    from clioscope.settings import load_settings

    options: dict[str, Any] = {}
    modules = [str(file) for file in files if file.suffix != ".toml"]
    for file in files:
        if file.suffix == ".toml":
            said = load_settings(file).facets
            if not said.model_fields_set:
                raise SettingsError(
                    f"{file}: has no [facets] section; write [[facets.define]] tables (docs/facets.md)."
                )
            define = (*options.get("facets__define", ()), *said.define)
            options |= {f"facets__{name}": getattr(said, name) for name in said.model_fields_set}
            options["facets__define"] = define
            modules += said.modules
    if modules:
        options["facets__modules"] = tuple(modules)
    return options


def input_options(
    format: str | None,
    text_column: str | None,
    encoding: str | None,
    id_column: str | None,
    user_column: str | None,
    date_column: str | None,
) -> dict[str, Any]:
    """The settings that the options about files stand for; None where one was not given."""
    return {f"input__{name}": value for name, value in locals().items()}


def settings_of(file: Path | None, pairs: Sequence[str] | None, options: Mapping[str, Any]) -> Settings:
    """The settings of a file, over them those of ``--set``, and over them ``options``: keywords of load_settings, None
    for those that were not given. Raises SettingsError for what makes no sense."""
    from clioscope.settings import load_settings

    given = {name: value for name, value in options.items() if value is not None}
    return load_settings(file, **(_overrides(pairs or []) | given))


def _overrides(pairs: Sequence[str]) -> dict[str, Any]:
    """Each ``section.name=value`` as a keyword of load_settings. The value is TOML or, if it is no TOML, text.

    Raises SettingsError for a text of another form.
    """
    import tomllib

    found: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name.strip():
            raise SettingsError(f"--set {pair}: write it as section.name=value.")
        try:
            found[name.strip().replace(".", "__", 1)] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[name.strip().replace(".", "__", 1)] = value
    return found
