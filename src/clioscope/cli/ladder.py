"""clioscope ladder: compare different numbers of groups."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clioscope.cli.document import AsJson, say_json
from clioscope.errors import SettingsError

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def ladder(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    clusters: Annotated[
        str | None,
        typer.Option(help="Numbers of groups, with commas (default: from a quarter to four times the atlas's number)."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
    as_json: AsJson = False,
) -> None:
    """Group the conversations of an atlas into fewer and more groups, and print how good each number is.

    The table shows sizes, silhouette and stability per number of groups. No model is asked, and the atlas does not
    change. Choose a number, and build again with --clusters.
    """
    from rich import box
    from rich.table import Table

    from clioscope.atlas import Atlas
    from clioscope.cli.progress import Reporter
    from clioscope.cli.terminal import console
    from clioscope.measure.group_counts import compare_group_counts

    with Reporter(quiet) as progress:
        table = compare_group_counts(Atlas(atlas), _numbers(clusters), progress=progress)
    if as_json:
        say_json(table)
        return
    shown = Table(box=box.HORIZONTALS, padding=(0, 1), pad_edge=False)
    for name in ("groups", "resolution", "smallest", "median", "silhouette", "stability"):
        shown.add_column(name, justify="right")
    shown.add_column("")
    best = table["silhouette"].arg_max()
    for number, row in enumerate(table.iter_rows(named=True)):
        resolution, silhouette, stability = (
            "" if row[name] is None else f"{row[name]:{form}}"
            for name, form in (("resolution", ".3g"), ("silhouette", ".3f"), ("stability", ".2f"))
        )
        sizes = (f"{row['smallest']:,}", f"{row['median']:,g}")
        silhouette += " *" if number == best else ""
        built = "this atlas" if row["built"] else ""
        shown.add_row(f"{row['groups']:,}", resolution, *sizes, silhouette, stability, built)
    if best is not None:
        shown.caption, shown.caption_justify = "* the highest", "left"
    console(wide=None).print(shown)


def _numbers(text: str | None) -> tuple[int, ...]:
    try:
        numbers = tuple(int(number) for number in text.split(",")) if text else ()
    except ValueError:
        numbers = (0,)
    if any(number < 1 for number in numbers):
        raise SettingsError(f"--clusters {text}: give numbers of groups with commas, for example 10,20,40.")
    return numbers
