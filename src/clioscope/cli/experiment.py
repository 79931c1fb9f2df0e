"""clioscope experiment: run the experiments of the project."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from clioscope.cli import completing
from clioscope.cli.document import AsJson, say_json

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def experiment(
    name: Annotated[str, typer.Argument(help="Name of the experiment; `list` prints all.", show_default=False)],
    data: Annotated[
        str | None,
        typer.Option(help="Data set; `list` prints those of each experiment.", show_default="the experiment's first"),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Run on a small part of the data, in seconds.")] = False,
    seeds: Annotated[
        int | None, typer.Option(min=1, help="Number of seeds.", show_default="3, or 2 with --quick")
    ] = None,
    atlas: Annotated[
        Path | None,
        typer.Option(help="Atlas of the labelled ShareGPT data (made by benchmarks/endtoend.py).", show_default=False),
    ] = None,
    conversations: Annotated[
        int | None,
        typer.Option(min=1, help="Use only this many labelled conversations, drawn at random.", show_default="all"),
    ] = None,
    embedder: Annotated[
        list[str] | None,
        typer.Option(
            help="Sentence encoder; repeat the option to compare several.", autocompletion=completing.encoders
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="Language model; repeat the option to compare several.", autocompletion=completing.models),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for tables and plots.")] = Path("experiments"),
    log: Annotated[
        Path | None, typer.Option(help="Research log to which a dated section is added.", show_default=False)
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder that keeps vectors and answers.", show_default="beside the models")
    ] = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Run an experiment: all variants under all seeds, with a table, plots and a short conclusion.

    Vectors and answers of language models are kept, so the next run is faster.
    """
    from clioscope.experiments import Bench, experiments, run
    from clioscope.experiments.bench import DEFAULT

    if name == "list":
        _list(as_json)
        return
    chosen = experiments.get(name)
    if cache is None:
        from clioscope.models.fetch import cache_dir

        cache = cache_dir().parent / "experiments"
    bench = Bench(
        data=data or chosen.data[0],
        quick=quick,
        seeds=seeds or (2 if quick else 3),
        embedders=tuple(embedder or (DEFAULT,)),
        models=tuple(model or ()),
        atlas=atlas,
        most=conversations,
        cache=cache,
    )
    from clioscope.cli.progress import Reporter
    from clioscope.cli.terminal import say
    from clioscope.experiments import report

    began = time.perf_counter()
    try:
        with Reporter(quiet) as progress:
            results = run(chosen, bench, lambda done, total: progress.step(name, done, total))
    finally:
        bench.close()
    written = report.write(chosen, bench, results, _command(), out, time.perf_counter() - began)
    if log is not None:
        report.log(log, chosen, bench, written.text)
    if as_json:
        say_json(written.facts | {"folder": written.folder, "figures": results.table})
    else:
        say(written.text)
    say(f"Tables and plots: {written.folder}", err=True)


def _list(as_json: bool) -> None:
    from rich import box
    from rich.table import Table

    from clioscope.cli.terminal import console
    from clioscope.experiments import experiments

    columns = ("name", "question", "needs", "costs", "data")
    rows = [{column: getattr(one, column) for column in columns} for one in experiments.usable().values()]
    if as_json:
        say_json(rows)
        return
    shown = Table(box=box.HORIZONTALS, padding=(0, 1))
    for heading in columns:
        shown.add_column(heading)
    for row in rows:
        shown.add_row(*(str(row[column]) for column in columns[:-1]), ", ".join(row["data"]))
    console(wide=200).print(shown)


def _command() -> str:
    """The command as another person would type it: folders by their names, without the options for output."""
    import shlex

    words, given = ["clioscope"], iter(sys.argv[1:])
    for word in given:
        option, _, joined = word.partition("=")
        if option in ("--out", "--log", "--cache"):
            _ = joined or next(given, "")
        elif option not in ("--quiet", "-q"):
            words.append(Path(word).name if "/" in word and Path(word).exists() else word)
    return " ".join(shlex.quote(word) for word in words)
