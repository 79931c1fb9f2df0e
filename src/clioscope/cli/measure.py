"""clioscope measure: measure how good an atlas is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clioscope.cli.document import AsJson, say_json

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)

_JUDGES = "Language models as judges"
_COLOURS = {"solid": "green", "doubtful": "yellow", "weak": "red"}


@app.command()
def measure(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            help="File with ids and labels: CSV, TSV, JSONL, Parquet, or an export of Label Studio.",
            show_default=False,
        ),
    ] = None,
    label_column: Annotated[
        str | None, typer.Option(help="Column of --labels that holds the label.", show_default=False)
    ] = None,
    label_names: Annotated[
        Path | None,
        typer.Option(
            help="File like --labels with a longer description of each label (the id is the label).", show_default=False
        ),
    ] = None,
    stability: Annotated[
        bool,
        typer.Option(
            "--stability/--no-stability",
            help="Measure stability by grouping samples again; this takes most of the time.",
        ),
    ] = True,
    judge: Annotated[
        list[str] | None,
        typer.Option(
            "--judge", help="Model that judges; repeat the option for several judges.", rich_help_panel=_JUDGES
        ),
    ] = None,
    judge_items: Annotated[
        int, typer.Option(min=4, help="About how many questions per task.", rich_help_panel=_JUDGES)
    ] = 30,
    judge_tasks: Annotated[
        str | None,
        typer.Option(
            help="Tasks, with commas, for example faithfulness,intrusion (default: all).", rich_help_panel=_JUDGES
        ),
    ] = None,
    people: Annotated[
        Path | None,
        typer.Option(help="CSV with people's answers to the judges' questions.", rich_help_panel=_JUDGES),
    ] = None,
    author_may_judge: Annotated[
        bool,
        typer.Option(
            "--author-may-judge", help="Allow the model that made the atlas as judge.", rich_help_panel=_JUDGES
        ),
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of all samples.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure how good an atlas is.

    Prints what is solid and what is doubtful, and writes all figures and a report card into the atlas's folder.
    """
    from clioscope.atlas import Atlas
    from clioscope.cli.progress import Reporter
    from clioscope.cli.terminal import console, say
    from clioscope.explorer.stored import prepare_view
    from clioscope.measure.labels_file import read_labels
    from clioscope.measure.measured import measure_atlas

    with Reporter(quiet) as progress:
        measured = measure_atlas(
            Atlas(atlas),
            labels,
            label_column=label_column,
            label_names=None if label_names is None else read_labels(label_names),
            stability=stability,
            judges=judge or (),
            judge_items=judge_items,
            judge_tasks=tuple(task.strip() for task in judge_tasks.split(",")) if judge_tasks else (),
            people=people,
            author_may_judge=author_may_judge,
            seed=seed,
            progress=progress,
        )
    prepare_view(Atlas(atlas))
    if as_json:
        say_json(measured.table)
    else:
        console().print(_short(measured.table))
    for note in measured.facts["notes"]:
        say(note, err=True)
    whole = measured.table["group"].is_null().sum()
    single = measured.table.height - whole
    say(f"{whole:,} figures, and {single:,} of single groups: {measured.card}", err=True)


def _short(table: Any) -> Table:
    """The figures with a verdict, then those of the user's own metrics (of the base groups or of the whole atlas)."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from clioscope.measure.metric import OURS, metrics
    from clioscope.measure.verdicts import verdicts

    shown = Table(box=box.HORIZONTALS, padding=(0, 1))
    for name, side in (("", "left"), ("figure", "left"), ("value", "right"), ("interval", "right"), ("n", "right")):
        shown.add_column(name, justify=side)  # type: ignore[arg-type]
    shown.add_column("about")
    for verdict in verdicts(table):
        interval = "" if verdict.low is None or verdict.high is None else f"{verdict.low:.2f}–{verdict.high:.2f}"
        shown.add_row(
            Text(verdict.state, style=_COLOURS[verdict.state]),
            verdict.rule.metric.replace("_", " "),
            f"{verdict.value:.2f}",
            interval,
            f"{verdict.n:,}",
            f"{verdict.rule.about} (by {verdict.by})" if verdict.by else verdict.rule.about,
        )
    for row in table.filter(table["group"].is_null() & (table["level"].fill_null(0) == 0)).iter_rows(named=True):
        if row["metric"] in metrics and row["metric"] not in OURS:
            interval = "" if row["low"] is None or row["high"] is None else f"{row['low']:.2f}–{row['high']:.2f}"
            about = metrics.get(row["metric"]).meaning + (f" (by {row['part']})" if row["part"] else "")
            figure = Text(row["metric"].replace("_", " "))
            shown.add_row("", figure, f"{row['value']:.4g}", interval, f"{row['n']:,}", Text(about))
    return shown
