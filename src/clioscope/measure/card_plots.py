"""The plots of the report card, as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clioscope.measure.verdicts import Verdict, verdicts
from clioscope.measure.weak_groups import weak_groups
from clioscope.plots import Dot, Interval, Line, Point, interval_plot, line_plot, scatter_plot

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas


def card_plots(atlas: Atlas, table: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """The plots that this table of measures has figures for, each with its name."""
    import polars as pl

    shown = [verdict for verdict in verdicts(table) if 0 <= verdict.value <= 1]
    if shown:
        intervals = [
            Interval(_label(verdict), verdict.value, verdict.low, verdict.high, verdict.state) for verdict in shown
        ]
        yield "figures", interval_plot(intervals, "Figures between 0 and 1 with their 95 % intervals")
    base = table.filter(pl.col("group").is_not_null() & (pl.col("level") == 0))
    measure = next((m for m in ("stability_jaccard", "misplaced") if m in base["metric"].to_list()), None)
    if measure:
        weak = {weak_group.group for weak_group in weak_groups(table, atlas.tree)}
        values = dict(base.filter(pl.col("metric") == measure).select("group", "value").iter_rows())
        from clioscope.atlas.shown import shown_name

        dots = [
            Dot(
                row["count"],
                values[row["group"]],
                f"{shown_name(row)}: {row['count']:,} conversations, {values[row['group']]:.2f}",
                "weak" if row["group"] in weak else "solid",
            )
            for row in atlas.tree.iter_rows(named=True)
            if row["group"] in values
        ]
        yield "groups", scatter_plot(dots, "Base groups", "conversations in the group", measure.replace("_", " "))
    yield from _curves(table)
    yield from _calibration(table)
    yield from _trust(table)


def _label(verdict: Verdict) -> str:
    name = verdict.rule.metric.replace("_", " ") + ("" if verdict.rule.higher else " – low is good")
    return f"{name} ({verdict.by})" if verdict.by else name


def _calibration(table: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Flagged against replaced conversations, one line per judge. A perfect judge lies on the diagonal."""
    judges = _by_who(table, "calibration_curve")
    if not judges:
        return
    lines = [Line(judge, points) for judge, points in sorted(judges.items())]
    shares = sorted({point.x for points in judges.values() for point in points})
    lines.append(Line("perfect", [Point(share, share) for share in shares], reference=True))
    yield "calibration", line_plot(lines, "Calibration", "share replaced on purpose", "share that the judge flags")


def _curves(table: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Labels found from names against the number of groups: one line per encoder or judge, and the ceiling."""
    curves = _by_who(table, "reconstruction_curve")
    if len(curves) < 2:
        return
    lines = [Line("ceiling (purity)", curves.pop("ceiling"), reference=True)]
    lines += [Line(f"from names, by {who}", points) for who, points in sorted(curves.items())]
    yield "curve", line_plot(lines, "Reconstruction", "number of groups", "share of conversations", logarithmic=True)


def _trust(table: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """How far predictions of what was not asked can be trusted: their calibration, and what more questions bring."""
    import polars as pl

    curves = _by_who(table, "predicted_calibration")
    if curves:
        lines = [Line(facet, sorted(points)) for facet, points in sorted(curves.items())]
        lines.append(Line("perfect", [Point(0.0, 0.0), Point(1.0, 1.0)], reference=True))
        yield "predicted", line_plot(lines, "Calibration of predictions", "probability", "share that is right")
    learning: dict[str, list[Point]] = {}
    rows = table.filter(pl.col("metric") == "predicted_learning").select("part", "n", "value")
    for part, number, value in rows.iter_rows():
        learning.setdefault(part.rpartition(": ")[0], []).append(Point(number, value))
    if learning:
        lines = [Line(facet, sorted(points)) for facet, points in sorted(learning.items())]
        yield "learning", line_plot(lines, "More questions", "conversations learnt from", "share that is right")


def _by_who(table: pl.DataFrame, metric: str) -> dict[str, list[Point]]:
    """The points of a curve, whose parts are "who: x"."""
    import polars as pl

    curves: dict[str, list[Point]] = {}
    for part, value in table.filter(pl.col("metric") == metric).select("part", "value").iter_rows():
        who, _, x = part.rpartition(": ")
        curves.setdefault(who, []).append(Point(float(x), value))
    return curves
