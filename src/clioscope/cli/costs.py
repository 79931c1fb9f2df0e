"""The table of what the stages of a build took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.cli.terminal import console

if TYPE_CHECKING:
    from clioscope.pipeline.costs import StageCosts


def say_costs(costs: Sequence[StageCosts], *, err: bool = False) -> None:
    """Print one line per stage, and one for all of them: time, its share, rows, memory, bytes, questions."""
    from rich import box
    from rich.table import Table

    from clioscope.cli.progress import duration

    total = sum(one.seconds for one in costs)
    table = Table(box=box.HORIZONTALS, padding=(0, 1))
    table.add_column("stage")
    for heading in ("time", "%", "rows", "rows/s", "peak MB", "written MB", "questions"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in costs:
        table.add_row(
            one.stage,
            duration(one.seconds),
            f"{100 * one.seconds / total:.0f}" if total else "",
            _count(one.rows),
            _count(None if one.rows_per_second is None else round(one.rows_per_second)),
            _megabytes(one.memory),
            _megabytes(one.written),
            f"{one.questions:,}" if one.questions else "",
        )
    peaks = [one.memory for one in costs if one.memory is not None]
    written = [one.written for one in costs if one.written is not None]
    table.add_section()
    table.add_row(
        "all",
        duration(total),
        "",
        "",
        "",
        _megabytes(max(peaks, default=None)),
        _megabytes(sum(written) if written else None),
        f"{sum(one.questions for one in costs):,}",
    )
    console(err=err).print(table)


def _count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


def _megabytes(size: int | None) -> str:
    return "–" if size is None else f"{size / 1e6:,.1f}"
