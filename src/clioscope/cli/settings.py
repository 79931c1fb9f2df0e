"""clioscope settings: list every setting, with its default, its reason and what it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from clioscope.cli.document import AsJson, say_json

if TYPE_CHECKING:
    from rich.text import Text

    from clioscope.pipeline.settings_list import SettingRow

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def settings(
    word: Annotated[
        str | None, typer.Argument(help="Only settings whose name or reason has this word.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List every setting with its default, what it may be, why it is so, and what a build does again for it.

    Change one with `clioscope build … --set naming.support=5`, or many in a TOML file with `--settings FILE`. Model
    answers are kept, so no question is asked twice.
    """
    from clioscope.cli.terminal import console
    from clioscope.errors import SettingsError
    from clioscope.pipeline.settings_list import setting_rows
    from clioscope.registry import suggestion

    found = setting_rows(word or "")
    if not found and word is not None:
        hint = suggestion(word, [row.name for row in setting_rows()])
        raise SettingsError(f"No setting has {word!r} in its name or reason{hint}; `clioscope settings` lists all.")
    if as_json:
        say_json([_plain(row) for row in found])
        return
    screen = console()
    for row in found:
        screen.print(_entry(row))


def _plain(row: SettingRow) -> dict[str, object]:
    return {
        "name": row.name,
        "default": row.value,
        "may_be": row.allowed.replace("`", ""),
        "why": row.why.replace("`", ""),
        "runs_again": list(row.again),
    }


def _entry(row: SettingRow) -> Text:
    """A setting as a paragraph: its name and default, what it may be, why, and the stages that run again."""
    from rich.text import Text

    default = row.default.replace("`", "")
    again = f"Runs again: {', '.join(row.again)}." if row.again else "Nothing runs again for it."
    allowed = row.allowed.replace("`", "")
    return Text.assemble(
        (row.name, "bold"), " = ", (default, "cyan"), (f"  ({allowed})", "dim"), f"\n{row.why}\n", (f"{again}\n", "dim")
    )
