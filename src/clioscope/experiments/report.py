"""What an experiment leaves behind: a table, plots, a report, and, if wanted, a section of the research log."""

from __future__ import annotations

import math
import platform
import re
import textwrap
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.atlas.files import write_json, write_table
from clioscope.experiments.bench import Bench
from clioscope.experiments.experiment import Experiment
from clioscope.experiments.results import Results
from clioscope.plots import Interval, Line, Point, interval_plot, line_plot, round_axis
from clioscope.version import __version__

if TYPE_CHECKING:
    import polars as pl

_PACKAGES = ("numpy", "scikit-learn", "graspologic-native", "sentence-transformers", "torch", "optuna")
_COUNTS = {"groups", "top_groups", "tokens", "questions", "classes"}  # metrics shown without decimals


class Written(NamedTuple):
    """``folder``: where ``table.parquet``, ``report.md``, ``facts.json`` and one ``plot….svg`` per part lie. ``text``:
    the report. ``conclusion``: its sentences. ``facts``: what ``facts.json`` holds."""

    folder: Path
    text: str
    conclusion: str
    facts: dict[str, Any]


def write(experiment: Experiment, bench: Bench, results: Results, command: str, out: Path, seconds: float) -> Written:
    """Write the results of an experiment into ``out/NAME/DATA``. A quick run writes into ``DATA-quick``, a run on N
    conversations into ``DATA-N``."""
    named = [bench.data, "quick" if bench.quick else "", str(bench.most or "")]
    folder = out / experiment.name / "-".join(filter(None, named))
    folder.mkdir(parents=True, exist_ok=True)
    conclusion = concluded(experiment, results)
    text = page(experiment, bench, results, command, conclusion, seconds)
    write_table(folder / "table.parquet", results.table)
    for old in folder.glob("plot*.svg"):
        old.unlink()
    plots = []
    for part in results.parts():
        name = f"plot{'-' + _slug(part) if part else ''}.svg"
        drawn = plot(experiment, results, part)
        if drawn:
            (folder / name).write_text(drawn, encoding="utf-8")
            plots.append(f"![{part or experiment.name}]({name})")
    (folder / "report.md").write_text(f"# {experiment.name}\n\n{text}\n" + "\n".join(plots) + "\n", encoding="utf-8")
    facts = {
        "experiment": experiment.name,
        "question": experiment.question,
        "command": command,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "seeds": bench.seeds,
        "conversations": bench.most,
        "embedders": bench.embedders,
        "models": bench.models,
        "versions": versions(),
        "defaults": defaults(),
        "conclusion": conclusion,
        "notes": [{"part": p, "variant": v, "seed": s, "note": n} for p, v, s, n in results.notes],
    }
    write_json(folder / "facts.json", facts)
    return Written(folder, text, conclusion, facts)


def concluded(experiment: Experiment, results: Results) -> str:
    """What the table says, and which variants ran under fewer seeds."""
    return " ".join(filter(None, (experiment.conclude(results), results.left_out(experiment.show[0]))))


def page(experiment: Experiment, bench: Bench, results: Results, command: str, conclusion: str, seconds: float) -> str:
    """The report in Markdown: question, command, conclusion, tables, notes, and the machine and versions."""
    lines = [experiment.question, "", f"`{command}`", "", conclusion, "", *tables(experiment, results)]
    if results.notes:
        lines += ["", "Notes:", ""]
        lines += [
            f"- {part + ', ' if part else ''}{variant}{'' if seed is None else f', seed {seed}'}: {note}"
            for part, variant, seed, note in results.notes[:40]
        ]
    shown = ", ".join(f"{name} {number}" for name, number in versions().items())
    lines += [
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {bench.seeds} seeds, {seconds / 60:.1f} minutes, {_machine()}; {shown}.",
        "",
    ]
    return "\n".join(lines)


def tables(experiment: Experiment, results: Results) -> list[str]:
    """One table in Markdown per part: means and standard deviations over seeds."""
    lines: list[str] = []
    for part in results.parts():
        rows = results.table.filter(results.table["part"] == part)
        metrics = [name for name in experiment.show if name in rows["metric"].unique()]
        if part:
            lines += [f"**{part}**", ""]
        if rows["x"].null_count() == 0:
            for metric in [name for name in [*metrics[:1], "seed_ari"] if name in metrics]:
                lines += [*_scale(rows, metric), ""]
            continue
        lines.append("| | " + " | ".join(name.replace("_", " ") for name in metrics) + " |")
        lines.append("|---" * (len(metrics) + 1) + "|")
        for variant in results.variants(part):
            cells = [_cell(name, list(results.values(variant, name, part).values())) for name in metrics]
            lines.append(f"| {variant} | " + " | ".join(cells) + " |")
        lines.append("")
    return lines[:-1]


def _scale(rows: pl.DataFrame, metric: str) -> list[str]:
    """One metric of variants on a scale: one row per line of the plot, one column per place."""
    places = rows["x"].unique().sort().to_list()
    lines = [f"| {metric.replace('_', ' ')} | " + " | ".join(f"{place:g}" for place in places) + " |"]
    lines.append("|---" * (len(places) + 1) + "|")
    for line in rows["line"].unique(maintain_order=True):
        own = rows.filter((rows["line"] == line) & (rows["metric"] == metric))
        cells = [_cell(metric, own.filter(own["x"] == place)["value"].to_list()) for place in places]
        lines.append(f"| {line} | " + " | ".join(cells) + " |")
    return lines


def _cell(metric: str, values: list[float]) -> str:
    import numpy as np

    values = [value for value in values if math.isfinite(value)]
    if not values:
        return ""
    mean, sd = float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    if metric in _COUNTS:
        return f"{mean:,.0f}"
    if metric == "seconds":
        return f"{mean:.2g}" if mean < 10 else f"{mean:,.0f}"
    return f"{mean:.3f}" + (f" ± {sd:.3f}" if sd >= 0.0005 else "")


def plot(experiment: Experiment, results: Results, part: str) -> str:
    """A plot of the first metric of ``show`` that was measured, as SVG: lines where the variants stand on a scale, else
    one row per variant. "" where none was measured."""
    import polars as pl

    here = results.table.filter(pl.col("part") == part)
    metric = next((name for name in experiment.show if name in here["metric"]), None)
    if metric is None:
        return ""
    rows = (
        here.filter((pl.col("metric") == metric) & pl.col("value").is_finite())
        .group_by("variant", "line", "x", maintain_order=True)
        .agg(
            pl.col("value").mean().alias("mean"),
            pl.col("value").min().alias("low"),
            pl.col("value").max().alias("high"),
        )
    )
    title = f"{metric.replace('_', ' ')}{' · ' + part if part else ''}"
    axis = round_axis([*rows["low"], *rows["high"]])
    if rows["x"].null_count() == 0 and rows["x"].n_unique() > 1:
        lines = [
            Line(str(line), [Point(*row) for row in own.select("x", "mean", "low", "high").iter_rows()])
            for (line,), own in rows.group_by("line", maintain_order=True)
        ]
        return line_plot(lines, title, "", "", axis)
    intervals = [Interval(*row) for row in rows.select("variant", "mean", "low", "high").iter_rows()]
    return interval_plot(intervals, title, axis, digits=3)


def log(path: Path, experiment: Experiment, bench: Bench, text: str) -> None:
    """Put a dated section at the top of the research log, below its preamble."""
    old = path.read_text(encoding="utf-8") if path.exists() else "# Research log\n"
    data = bench.data if bench.most is None else f"{bench.most} of {bench.data}"
    section = (
        f"## {datetime.now(UTC):%Y-%m-%d} · Experiment: {experiment.name} ({data})\n\n{_wrapped(text.strip())}\n\n"
    )
    place = old.find("\n## ")
    new = old.rstrip("\n") + "\n\n" + section if place < 0 else old[: place + 1] + section + old[place + 1 :]
    path.write_text(new, encoding="utf-8")


def versions() -> dict[str, str]:
    """The versions of Clioscope, of Python, and of the packages that compute."""
    numbers = {"clioscope": __version__, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            numbers[name] = version(name)
        except PackageNotFoundError:
            continue
    return numbers


def defaults() -> dict[str, Any]:
    """The default settings that decide groups, names and trees. They are written down, since a default may change
    later."""
    from clioscope.clustering.leiden import LeidenOptions
    from clioscope.settings import Settings

    sections = {"facets", "embedding", "clustering", "naming", "hierarchy"}
    return {**Settings().model_dump(mode="json", include=sections), "leiden": LeidenOptions().model_dump(mode="json")}


def _machine() -> str:
    from clioscope.models.cores import usable_cores

    return f"{usable_cores()} {platform.machine()} cores"


def _wrapped(text: str) -> str:
    """Sentences at most 120 columns wide; tables, lists, pictures and code as they are."""
    lines, code = [], False
    for line in text.splitlines():
        code ^= line.startswith("```")
        plain = not code and not line.startswith(("|", "-", "`", "!", "#", " "))
        lines.append(textwrap.fill(line, 120, break_long_words=False, break_on_hyphens=False) if plain else line)
    return "\n".join(lines)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
