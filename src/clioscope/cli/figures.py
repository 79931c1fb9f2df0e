"""The figures of several atlases side by side, as `clioscope compare --figures` prints them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clioscope.cli.document import say_json


def print_figures(atlases: Sequence[Path], to: Path | None, *, parts: bool, as_json: bool) -> None:
    """Print the figures of measured atlases, and write them ``to`` a file. ``parts``: of languages, scores and judges
    too."""
    import polars as pl
    from rich import box
    from rich.table import Table

    from clioscope.atlas import Atlas
    from clioscope.cli.terminal import console
    from clioscope.errors import ClioscopeError
    from clioscope.files.csv_text import csv_text
    from clioscope.files.replacing import saving
    from clioscope.measure.comparison import compare as side_by_side

    writers = {".csv": None, ".json": "write_json", ".parquet": "write_parquet"}
    if to is not None and to.suffix not in writers:
        raise ClioscopeError(f"{to}: give a file that ends in {', '.join(writers)}.")
    table = side_by_side([Atlas(path) for path in atlases])
    if to is not None:
        with saving(to) as file:
            writer = writers[to.suffix]
            if writer is None:
                file.write_text(csv_text(table), encoding="utf-8")
            else:
                getattr(table, writer)(file)
    rows = table if parts else table.filter(pl.col("part") == "")
    if as_json:
        say_json(rows)
        return
    shown = Table(box=box.HORIZONTALS, padding=(0, 1))
    shown.add_column("figure")
    shown.add_column("level")
    for path in atlases:
        shown.add_column(path.name, justify="right")
    for row in rows.iter_rows(named=True):
        values = []
        for number in range(1, len(atlases) + 1):
            value = row[f"value_{number}"]
            mark = "*" if row["better"] == number else ""
            values.append("" if value is None else f"{mark}{value:.3g}")
        part = f" ({row['part']})" if row["part"] else ""
        shown.add_row(row["metric"].replace("_", " ") + part, row["level"], *values)
    screen = console(wide=60 + 20 * len(atlases))
    screen.print(shown)
    screen.print(
        "* better than every other: the 95 % intervals do not overlap (geometry and coherence only for equal vectors).",
        style="dim",
    )
