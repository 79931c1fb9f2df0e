"""clioscope coverage: a test set beside the traffic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clioscope.cli.document import AsJson, say_json
from clioscope.cli.reading import Ask, Encoding, Format, IdColumn, TextColumn, asked_of
from clioscope.errors import SettingsError

if TYPE_CHECKING:
    from clioscope.analysis.coverage import Coverage

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)

_WRITTEN = {
    "full": "whole conversations, read from the input files again",
    "condensed": "shortened transcripts, since the input files are gone or have changed",
    "ids": "ids only, since the input files are gone or have changed and the atlas keeps no transcripts",
}


@app.command()
def coverage(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    tests: Annotated[Path, typer.Argument(help="File with test conversations.", show_default=False)],
    level: Annotated[str, typer.Option(help="Level of the groups: 0 is the base; `top` for the top.")] = "0",
    period: Annotated[
        str | None, typer.Option(help="Take only these dates as traffic (2026-03).", show_default=False)
    ] = None,
    at_least: Annotated[float, typer.Option(help="Share of traffic from which on a group needs a test.")] = 0.01,
    draw: Annotated[
        tuple[int, Path] | None,
        typer.Option(
            "--draw", metavar="N FILE", help="Draw N balanced new tests into FILE (.jsonl).", show_default=False
        ),
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="Groups to print.")] = 30,
    as_json: AsJson = False,
    format: Format = None,
    text_column: TextColumn = None,
    encoding: Encoding = None,
    id_column: IdColumn = None,
    ask: Ask = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Say which traffic no test covers, and which tests have little or no traffic.

    The tests are put into the groups of the atlas as by `assign`. Each group has its share of the traffic and of the
    tests, with 95 % intervals, and their ratio. Groups with traffic and no test come first.
    """
    from clioscope.analysis.coverage import coverage as cover
    from clioscope.analysis.draw import draw_tests, write_tests
    from clioscope.atlas import Atlas
    from clioscope.cli.progress import Reporter

    if level != "top" and not level.isdecimal():
        raise SettingsError(f"--level {level}: give a number from 0 (base) on, or `top`.")
    opened, at = Atlas(atlas), None if level == "top" else int(level)
    with Reporter(quiet) as progress:
        found = cover(
            opened,
            tests,
            level=at,
            period=period,
            at_least=at_least,
            format=format,
            text_column=text_column,
            encoding=encoding,
            id_column=id_column,
            ask=asked_of(ask),
            progress=progress,
        )
    written: dict[str, Any] = {}
    if draw is not None:
        number, file = draw
        drawn = draw_tests(opened, found, number, level=at)
        written = {"file": str(file), "drawn": drawn.height, "kind": write_tests(opened, drawn, file)}
    if as_json:
        whole = found._asdict() | ({"written": written} if written else {})
        del whole["tested"]  # ids of all tests, which the file has
        say_json(whole)
    else:
        _print_table(found, most, written)


def _print_table(found: Coverage, most: int, written: dict[str, Any]) -> None:
    import polars as pl
    from rich import box
    from rich.table import Table

    from clioscope.cli.terminal import console

    screen = console(wide=150)
    bare = found.groups.filter(pl.col("state") == "no test")
    screen.print(
        f"{found.tests:,} tests and {found.traffic:,} records of traffic in {found.groups.height:,} groups. "
        f"Groups with at least {100 * found.bound:g} % of the traffic and no test: {bare.height:,}, which hold "
        f"{100 * bare['traffic'].sum() / max(1, found.traffic):.1f} % of it.",
    )
    shown = Table(box=box.HORIZONTALS, padding=(0, 1), pad_edge=False)
    shown.add_column("group", overflow="fold", min_width=24)
    for name in ("id", "traffic", "tests", "ratio", ""):
        shown.add_column(name, justify="right" if name in ("traffic", "tests", "ratio") else "left", no_wrap=True)
    for row in found.groups.head(most).iter_rows(named=True):
        shares = [
            f"{row[name]:,} · {100 * row[f'{name}_share']:.1f} % "
            f"({100 * row[f'{name}_low']:.1f}–{100 * row[f'{name}_high']:.1f})"
            for name in ("traffic", "tests")
        ]
        high = "∞" if row["ratio_high"] is None else f"{row['ratio_high']:.2g}"
        ratio = "–" if row["ratio"] is None else f"{row['ratio']:.2g} ({row['ratio_low']:.2g}–{high})"
        style = "bold" if row["state"] == "no test" else None
        shown.add_row(row["name"], row["group"], *shares, ratio, row["state"], style=style)
    screen.print(shown)
    if found.groups.height > most:
        screen.print(f"{found.groups.height - most:,} more groups; --most prints more.", style="dim")
    apart = (
        (found.nowhere, "Tests that fit no group"),
        (found.refused, "Tests that the atlas's screener refused"),
        (found.known, "Tests that are conversations of the atlas"),
        (found.rejected, "Records of the file that cannot be used"),
    )
    for count, what in apart:
        if count:
            screen.print(f"{what}: {count:,}.", style="dim")
    if written:
        screen.print(f"{written['drawn']:,} new tests in {written['file']}: {_WRITTEN[written['kind']]}.")
