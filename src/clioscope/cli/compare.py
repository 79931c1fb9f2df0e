"""clioscope compare: what two atlases hold, side by side; or the figures of several."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clioscope.cli.document import AsJson, say_json

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def compare(
    atlases: Annotated[
        list[Path],
        typer.Argument(help="Two atlases, the earlier one first; or one, with --before.", show_default=False),
    ],
    before: Annotated[
        str | None,
        typer.Option(help="Compare two periods of one atlas; this is the first (2026-03).", show_default=False),
    ] = None,
    after: Annotated[
        str | None, typer.Option(help="The second period (2026-04, 2026-04-15..).", show_default=False)
    ] = None,
    level: Annotated[
        int | None, typer.Option(min=0, help="Only groups of this level; 0 is the base.", show_default=False)
    ] = None,
    rate: Annotated[
        float, typer.Option(min=0, max=1, help="Share of false alarms to accept among what grew and shrank.")
    ] = 0.05,
    figures: Annotated[
        bool, typer.Option("--figures", help="Compare figures of quality, of two or more measured atlases.")
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            help="File to write to as well: .md (a report), .json (all), .csv or .parquet (the groups; with --figures "
            "the figures).",
            show_default=False,
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Print steady groups and long lists too; with --figures those of parts.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare what two atlases hold: which groups are new, gone, grew or shrank, and which facets differ.

    Groups are matched by the conversations that both atlases have, or by what they are about. A group grew or shrank
    only if its share changed beyond chance, after the correction for many tests. With --figures, the quality of
    measured atlases is compared: a star marks an atlas that is clearly better.
    """
    from clioscope.errors import ClioscopeError

    if figures or len(atlases) > 2:
        if before or after:
            raise ClioscopeError("--before and --after compare what two periods hold; leave --figures out.")
        from clioscope.cli.figures import print_figures

        print_figures(atlases, to, parts=everything, as_json=as_json)
        return
    from clioscope.cli.terminal import say
    from clioscope.comparison.compare import compare as side_by_side
    from clioscope.comparison.report import as_lines, as_object, as_report

    if to is not None and to.suffix not in (".md", ".json", ".csv", ".parquet"):
        raise ClioscopeError(f"{to}: give a file that ends in .md, .json, .csv or .parquet.")
    if (before is None) != (after is None):
        raise ClioscopeError("Give both periods, --before and --after.")
    periods = None if before is None or after is None else (before, after)
    found = side_by_side(atlases[0], atlases[1] if len(atlases) > 1 else None, periods=periods, rate=rate)
    if level is not None:
        found = found._replace(groups=found.groups.filter(found.groups["level"] == level))
    if to is not None:
        from clioscope.files.plain import json_text

        _write(to, found.groups, as_report(found), json_text(as_object(found), indent=1) + "\n")
    if as_json:
        say_json(as_object(found))
        return
    for line in as_lines(found, everything=everything):
        say(line)


def _write(to: Path, groups: pl.DataFrame, report: str, json: str) -> None:
    import polars.selectors as cs

    from clioscope.files.csv_text import csv_text
    from clioscope.files.modes import PRIVATE
    from clioscope.files.replacing import saving

    with saving(to, PRIVATE) as file:
        if to.suffix == ".parquet":
            groups.write_parquet(file)
        elif to.suffix == ".csv":
            flat = groups.with_columns(cs.list().list.join("; "))
            file.write_text(csv_text(flat), encoding="utf-8")
        else:
            file.write_text(report if to.suffix == ".md" else json, encoding="utf-8")
