"""clioscope explain-change: which groups explain that a rate or a mean changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clioscope.cli.document import AsJson, say_json

if TYPE_CHECKING:
    from clioscope.analysis.explain_change import ExplainedChange

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)

_PERIOD = "2026-03, 2026-03-01..2026-03-31; with --by a value"


@app.command()
def explain_change(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    metric: Annotated[
        str,
        typer.Option(
            help="A facet or metadata field that is a number, a score or yes and no; or FIELD=VALUE (its share).",
            show_default=False,
        ),
    ],
    before: Annotated[str | None, typer.Option(help=f"The period before ({_PERIOD}).", show_default=False)] = None,
    after: Annotated[str | None, typer.Option(help=f"The period after ({_PERIOD}).", show_default=False)] = None,
    by: Annotated[
        str | None, typer.Option(help="Take values of this field as periods, for example release.", show_default=False)
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="Take the change within this group apart (its id).", show_default=False)
    ] = None,
    level: Annotated[
        int | None, typer.Option(help="Level of the groups; 0 is the base (default: the top).", show_default=False)
    ] = None,
    earlier: Annotated[
        Path | None,
        typer.Option(help="An atlas of before, whose groups have the same ids (build --after).", show_default=False),
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="Groups to print; the others are summed up.")] = 15,
    as_json: AsJson = False,
) -> None:
    """Say which groups explain that a rate or a mean changed between two periods.

    Each group has two parts: mix (its share of the conversations changed) and rate (the metric within it changed). All
    parts sum to the change. Intervals are of 95 %, by drawing people anew. No model is asked.
    """
    from clioscope.analysis.explain_change import explain_change as explain
    from clioscope.atlas import Atlas

    found = explain(Atlas(atlas), metric, before, after, by=by, group=group, level=level, earlier=earlier)
    if as_json:
        say_json(found)
    else:
        _print_table(found, (before or str(earlier), after or str(atlas)), most)


def _print_table(found: ExplainedChange, periods: tuple[str, str], most: int) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from clioscope.cli.terminal import console

    screen = console(wide=150)
    whole, share = found.whole, found.share
    level, step = _level_text(share), _step_text(found)
    screen.print(
        Text(found.metric, style="bold").append(
            f": {level(whole.before)} before ({periods[0]}, {found.known[0]:,} records), "
            f"{level(whole.after)} after ({periods[1]}, {found.known[1]:,} records)",
            style="not bold",
        )
    )
    shown = Table(box=box.HORIZONTALS, padding=(0, 1), pad_edge=False)
    shown.add_column("group", overflow="fold", min_width=24)
    for name in ("id", "share", "metric", "mix", "rate", "both", "95 %", "q"):
        shown.add_column(name, justify="left" if name == "id" else "right", no_wrap=True)
    rows = found.groups.to_dicts()
    for row in rows[:most]:
        shown.add_row(
            row["name"],
            row["group"],
            f"{100 * row['share_before']:.1f} → {100 * row['share_after']:.1f} %",
            f"{level(row['before'])} → {level(row['after'])}",
            step(row["mix"]),
            step(row["rate"]),
            step(row["part"]),
            f"{step(row['part_low'])} … {step(row['part_high'])}",
            f"{row['q']:.3f}" if row["q"] >= 0.001 else "<.001",
        )
    rest: list[dict[str, Any]] = rows[most:]
    sums = {name: sum(row[name] for row in rest) for name in ("mix", "rate", "part")}
    if rest:
        shown.add_row(
            f"{len(rest):,} other groups", "", "", "", *(step(sums[name]) for name in ("mix", "rate", "part"))
        )
    shown.add_section()
    shown.add_row(
        "all",
        *("", ""),
        f"{level(whole.before)} → {level(whole.after)}",
        *(step(whole.mix), step(whole.rate), step(whole.change)),
        f"{step(whole.low)} … {step(whole.high)}",
    )
    screen.print(shown)
    unit = "percentage points" if share else "units of the metric"
    notes = [f"mix, rate and both: in {unit}; mix + rate = both; q: with correction for many groups."]
    printed = [step(value) for value in ([row["part"] for row in rows[:most]] + [sums["part"]] * bool(rest))]
    if step(sum(_number(one) for one in printed) / (100 if share else 1)) != step(whole.change):
        notes.append("Figures are rounded one by one, so the printed ones may miss the change by a last digit.")
    for note in (*notes, *found.notes):
        screen.print(note, style="dim")


def _level_text(share: bool) -> Any:
    """A function from a level of the metric (None: not known) to text."""

    def text(value: float | None) -> str:
        return "–" if value is None else f"{100 * value:.1f} %" if share else f"{value:.4g}"

    return text


def _step_text(found: ExplainedChange) -> Any:
    """A function from a part to text with a sign, with as many decimals as the change needs."""
    from math import floor, isfinite, log10

    scale = 100 if found.share else 1
    largest = max([abs(found.whole.change), *(abs(part) for part in found.groups["part"])]) * scale
    digits = min(8, max(0, 2 - floor(log10(largest)))) if largest > 0 else 2

    def text(value: float | None) -> str:
        if value is None or not isfinite(value):
            return "–"
        shown = f"{scale * value:+.{digits}f}"
        return shown.replace("-", "−") if float(shown) else shown[1:]

    return text


def _number(text: str) -> float:
    return float(text.replace("−", "-"))
