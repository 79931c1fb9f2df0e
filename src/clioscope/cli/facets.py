"""clioscope facets: try facets on a few conversations, before anything is paid."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clioscope.cli import completing
from clioscope.cli.document import AsJson, say_json
from clioscope.cli.reading import (
    MODEL,
    DateColumn,
    Encoding,
    FacetFiles,
    Format,
    IdColumn,
    TextColumn,
    UserColumn,
    facet_options,
    input_options,
    settings_of,
)

if TYPE_CHECKING:
    from clioscope.pipeline.trial import Trial, TriedFacet

app = typer.Typer(
    help="Try facets on a few conversations, before anything is paid.",
    pretty_exceptions_enable=False,
    add_completion=False,
)
_OPENING = 70  # characters of a conversation that are shown
_VALUES = 4  # values of a facet that are listed


@app.callback()
def facets_commands() -> None:
    """Try facets on a few conversations, before anything is paid."""


@app.command("try")
def try_(
    files: Annotated[list[Path], typer.Argument(help="Files or folders of conversations.", show_default=False)],
    facets: FacetFiles = None,
    sample: Annotated[int, typer.Option(min=1, help="How many conversations to ask about.")] = 10,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Folder of the atlas that you will build: its build does not ask the same again."
        ),
    ] = None,
    settings: Annotated[Path | None, typer.Option("--settings", "-s", help="TOML file with settings.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Any other setting, for example --set facets.calls=each.",
            show_default=False,
            autocompletion=completing.settings,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            help="Language model: catalogue name, GGUF file, or 'http://host/v1 NAME'.",
            rich_help_panel=MODEL,
            autocompletion=completing.models,
        ),
    ] = None,
    embedder: Annotated[
        str | None,
        typer.Option(
            help="Sentence encoder: name, folder or address.",
            rich_help_panel=MODEL,
            autocompletion=completing.encoders,
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of facets, for example en or ru.", rich_help_panel=MODEL)
    ] = None,
    format: Format = None,
    text_column: TextColumn = None,
    encoding: Encoding = None,
    id_column: IdColumn = None,
    user_column: UserColumn = None,
    date_column: DateColumn = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Ask the facets about ten conversations, print the values, and say what is wrong with each facet.

    The conversations cover the regions and languages of the input. Nothing is built.
    """
    from clioscope.cli.progress import Reporter
    from clioscope.pipeline.trial import try_facets

    options: dict[str, Any] = {
        "model__name": model,
        "embedding__model": embedder,
        "facets__language": language,
        **input_options(format, text_column, encoding, id_column, user_column, date_column),
        **facet_options(facets or []),
    }
    chosen = settings_of(settings, set_, options)
    with Reporter(quiet) as progress:
        trial = try_facets(files, chosen, sample=sample, out=out, progress=progress)
    if as_json:
        say_json(trial.as_dict())
    else:
        _say(trial)


def _say(trial: Trial) -> None:
    from clioscope.cli.terminal import console

    screen = console(wide=None, soft_wrap=True)
    for one in trial.conversations:
        opening = _line(one.text)
        screen.print(_line(one.record), opening[:_OPENING].rstrip() + (" …" if len(opening) > _OPENING else ""))
        for name, value in one.values.items():
            screen.print(f"    {name}: {'(no value)' if value is None else _line(str(value))}")
    screen.print()
    for facet in trial.facets:
        screen.print(_line(_summary(facet, len(trial.conversations))))
        for flaw in facet.flaws:
            screen.print(f"    ! {_line(flaw.sentence)}")
    if not trial.warnings:
        screen.print("No facet gives reason for a warning.")
    screen.print()
    for sentence in _costs(trial):
        screen.print(sentence)


def _line(text: str) -> str:
    """The text on one line, without characters that could move the cursor."""
    from clioscope.conversations.texts.neutral import tidy

    return " ".join(tidy(text).split())


def _summary(facet: TriedFacet, asked: int) -> str:
    """What came of one facet, as a line."""
    shown = ", ".join(f"{value} ({count})" if count > 1 else str(value) for value, count in facet.values[:_VALUES])
    rest = len(facet.values) - _VALUES
    failed = f", {facet.failed:,} failed" if facet.failed else ""
    line = f"{facet.name} ({facet.type}): {facet.answers:,} of {asked:,} have a value{failed}; "
    line += f"{len(facet.values):,} distinct" if facet.values else "none distinct"
    return line + (f": {shown}" if shown else "") + (f", and {rest:,} more" if rest > 0 else "")


def _costs(trial: Trial) -> list[str]:
    """What the trial took, and what a build would take."""
    from clioscope.cli.progress import duration

    cost, whole = trial.cost, trial.estimate
    questions = "1 question" if cost.calls == 1 else f"{cost.calls:,} questions"
    stored = f" ({cost.cached:,} others were answered already)" if cost.cached else ""
    money = f", {cost.money:,.4f} of money" if whole.money is not None else ""
    tried = (
        f"This trial: {questions}{stored}, {cost.prompt_tokens:,} prompt tokens, "
        f"{cost.completion_tokens:,} answer tokens{money}."
    )
    build = (
        f"A build with these settings: {whole.conversations:,} conversations, about {whole.calls:,} questions, "
        f"{whole.prompt_tokens:,} prompt tokens, {whole.completion_tokens:,} answer tokens"
    )
    if whole.money is not None:
        build += f", {whole.money:,.2f} of money"
    if whole.seconds is not None:
        build += f", {duration(whole.seconds)} on two idle cores"
    return [tried, f"{build} (estimated)."]
