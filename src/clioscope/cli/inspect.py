"""clioscope inspect: show what a file holds, before anything is built."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clioscope.cli.document import AsJson, as_values, say_json
from clioscope.cli.reading import (
    DateColumn,
    Encoding,
    Format,
    IdColumn,
    TextColumn,
    UserColumn,
    input_options,
)

if TYPE_CHECKING:
    from clioscope.pipeline.inspection import Inspection

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def inspect(
    files: Annotated[list[Path], typer.Argument(help="Files or folders of conversations.", show_default=False)],
    format: Format = None,
    text_column: TextColumn = None,
    encoding: Encoding = None,
    id_column: IdColumn = None,
    user_column: UserColumn = None,
    date_column: DateColumn = None,
    settings: Annotated[Path | None, typer.Option("--settings", "-s", help="TOML file with settings.")] = None,
    tokens: Annotated[
        int | None, typer.Option(min=32, help="Tokens per transcript (default: as for a model on this machine).")
    ] = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Show what was recognised and why, what was left out, and three conversations as a model will see them.

    Nothing is written, and no model is asked.
    """
    from clioscope.cli.progress import Reporter
    from clioscope.cli.terminal import console
    from clioscope.pipeline.inspection import inspect as look
    from clioscope.pipeline.notices import said_of_asked
    from clioscope.settings import load_settings

    chosen = load_settings(
        settings,
        **input_options(format, text_column, encoding, id_column, user_column, date_column),
        input__transcript_tokens=tokens,
    )
    with Reporter(quiet) as progress:
        progress.begin("reading")
        inspection = look(files, chosen, on_progress=lambda done, total: progress.step("reading", done, total))
    if as_json:
        say_json(_as_object(inspection))
        return
    screen = console(wide=None, soft_wrap=True)
    for line in inspection.lines:
        screen.print(line)
    if inspection.read > inspection.distinct:
        distinct = f"{inspection.distinct:,} of the {inspection.read:,} conversations are distinct"
        screen.print(f"{distinct}; copies are analysed once")
    shares = ", ".join(f"{name} {_percent(share)}" for name, share in inspection.languages[:6])
    rest = sum(share for _, share in inspection.languages[6:])
    screen.print(f"languages: {shares}{f', others {_percent(rest)}' if rest else ''}")
    if inspection.asked:
        screen.print(f"{said_of_asked(inspection.asked, inspection.distinct)} in a build with these settings")
    for remark in inspection.remarks:
        screen.print(remark)
    for name, transcript in inspection.examples:
        screen.print(f"\n--- {_plain(name)}: what a model will see")
        screen.print(_plain(transcript))


def _as_object(inspection: Inspection) -> dict[str, Any]:
    """All that was found, with names in place of the places in pairs."""
    languages = [{"language": name, "share": share} for name, share in inspection.languages]
    examples = [{"record": name, "transcript": transcript} for name, transcript in inspection.examples]
    values: dict[str, Any] = as_values(inspection)
    return values | {"languages": languages, "examples": examples}


def _percent(share: float) -> str:
    return "<1 %" if share < 0.01 else f"{100 * share:.0f} %"


def _plain(text: str) -> str:
    """Text of the input without control characters, which could move the cursor or change the terminal's title."""
    from clioscope.conversations.texts.neutral import tidy

    return tidy(text)
