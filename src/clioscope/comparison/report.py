"""A comparison in words: lines for a terminal, a report in Markdown, and an object for JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from clioscope.comparison.compare import KINDS, Comparison
from clioscope.files.markdown import as_markdown
from clioscope.files.plain import line

if TYPE_CHECKING:
    import polars as pl

TITLES = {
    "new": "New",
    "grew": "Grew",
    "shrank": "Shrank",
    "gone": "Gone",
    "split": "Split: parts of a group of before",
    "merged": "Merged: parts of a group of after",
    "not shown before": "Not shown before: new, or too small to be shown",
    "not shown after": "Not shown after: gone, or too small to be shown",
    "steady": "Steady",
}
_MOST = 20  # rows of a kind that are printed
_FACETS = 20  # facet values that differ


def as_object(found: Comparison) -> dict[str, Any]:
    """Everything as plain values: the names of both sides, totals, groups, facets, and notes."""
    return {
        "before": found.before,
        "after": found.after,
        "totals": list(found.totals),
        "matched_by": found.matched_by,
        "rate": found.rate,
        "groups": found.groups.to_dicts(),
        "facets": found.facets.to_dicts(),
        "notes": found.notes,
    }


def as_lines(found: Comparison, *, everything: bool = False) -> list[str]:
    """Plain lines: groups by what became of them, then the facet values that differ, then the notes."""
    lines = [f"{line(found.before)} ({found.totals[0]:,} conversations) → {line(found.after)} ({found.totals[1]:,})"]
    top = int(found.groups["level"].max() or 0)  # type: ignore[arg-type]
    for kind, rows, more in _by_kind(found, everything):
        lines.append(f"{TITLES[kind]} ({rows.height + more:,})")
        lines += [f"  {said_of_group(found, row, top)}" for row in rows.iter_rows(named=True)]
        lines += [f"  … and {more:,} more (--all)"] if more else []
    steady = found.groups.filter(found.groups["kind"] == "steady").height
    lines.append(f"{steady:,} of {found.groups.height:,} groups are steady.")
    shown, more = _differing(found, everything)
    if shown.height:
        lines.append(f"Facets that differ ({shown.height + more:,})")
        lines += [f"  {said_of_facet(found, row)}" for row in shown.iter_rows(named=True)]
        lines += [f"  … and {more:,} more (--all)"] if more else []
    return [*lines, *found.notes]


def as_report(found: Comparison) -> str:
    """A report in Markdown: a table per kind of change, the facet values that differ, and the notes."""
    first, second = as_markdown(found.before), as_markdown(found.after)
    lines = [f"# {first} → {second}", "", f"{found.totals[0]:,} and {found.totals[1]:,} conversations.", ""]
    for kind, rows, _ in _by_kind(found, everything=True):
        lines += [f"## {TITLES[kind]} ({rows.height:,})", ""]
        lines += [f"| group | level | {first} | {second} | change (points) | q |", "|---|---|---|---|---|---|"]
        for row in rows.iter_rows(named=True):
            shares = [share_text(row, end) for end in ("_before", "")]
            change = "" if row["change"] is None else change_text(row)
            q = "" if row["q"] is None else q_text(row["q"])
            lines.append(
                f"| {as_markdown(_name(found, row))} | {row['level']} | {shares[0]} | {shares[1]} | {change} | {q} |"
            )
        lines.append("")
    shown, _ = _differing(found, everything=True)
    if shown.height:
        lines += [f"## Facets that differ ({shown.height:,})", ""]
        lines += [
            f"| group | facet | value | {first} | {second} | change (points) | q |",
            "|---|---|---|---|---|---|---|",
        ]
        for row in shown.iter_rows(named=True):
            told = [_of(found, row), row["facet"], row["value"]]
            shares = [share_text(row, end) for end in ("_before", "")]
            cells = [*map(as_markdown, told), *shares, change_text(row), q_text(row["q"])]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join([*lines, "## How to read this", "", *(f"- {as_markdown(note)}" for note in found.notes), ""])


def said_of_group(found: Comparison, row: dict[str, Any], top: int = 0) -> str:
    """One group: its name, both shares with their intervals, the change with its own, and q."""
    parts = [f"{line(_name(found, row))} [{row['group'] or row['group_before']}]"]
    if top and row["level"] != 0:
        parts[0] += f" (level {row['level']})"
    if row["change"] is not None:
        parts.append(f"{share_text(row, '_before')} → {share_text(row, '')}")
        parts.append(f"{change_text(row)} points, q {q_text(row['q'])}")
    else:
        parts.append(share_text(row, "" if row["group"] else "_before"))
    return ": ".join([parts[0], ", ".join(parts[1:])])


def said_of_facet(found: Comparison, row: dict[str, Any]) -> str:
    """One facet value in one pair of groups."""
    shares = f"{share_text(row, '_before')} → {share_text(row, '')}"
    asked = "" if row["asked"] is None and row["asked_before"] is None else ", partly inferred"
    what = f"{_of(found, row)} · {row['facet']}: {row['value']}"
    return line(f"{what} {shares}, {change_text(row)} points, q {q_text(row['q'])}{asked}")


def share_text(row: dict[str, Any], end: str) -> str:
    """A share with its interval, in percent: 12.3 % (10.1–14.8); empty for none."""
    share = row[f"share{end}"]
    if share is None:
        return ""
    low, high = (row[f"{name}{end}"] for name in ("low", "high"))
    return f"{100 * share:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def change_text(row: dict[str, Any]) -> str:
    """A change with its interval, in percentage points: +2.1 (+0.4 to +3.9)."""
    change, low, high = (round(100 * row[name], 1) + 0.0 for name in ("change", "change_low", "change_high"))  # no -0.0
    return f"{change:+.1f} ({low:+.1f} to {high:+.1f})"


def q_text(q: float | None) -> str:
    """q for a reader: .031, <.001."""
    if q is None or math.isnan(q):
        return "–"
    return "<.001" if q < 0.001 else f"{q:.3f}".removeprefix("0")


def _name(found: Comparison, row: dict[str, Any]) -> str:
    """The name of a group, and what it is the same as or a part of where that is called otherwise."""
    name, before = row["name"], row["name_before"]
    if row["kind"] in ("split", "merged"):
        ids = row["parts_before"] if row["group"] else row["parts"]
        whole = ", ".join(_called(found, group, before=bool(row["group"])) for group in ids)
        return f"{name or before}, a part of {whole}" if len(ids) == 1 else f"{name or before}, now or before: {whole}"
    if name is None or before is None or name == before:
        return str(name or before)
    several = max(len(row["parts_before"]), len(row["parts"])) > 1
    return f"{name}, before: {before}" + (" (with their parts)" if several else "")


def _called(found: Comparison, group: str, *, before: bool) -> str:
    ids, names = ("group_before", "name_before") if before else ("group", "name")
    rows = found.groups.filter(found.groups[ids] == group)
    return str(rows[names][0]) if rows.height else group


def _of(found: Comparison, row: dict[str, Any]) -> str:
    return _called(found, row["group"], before=False) if row["group"] else "All conversations"


def _by_kind(found: Comparison, everything: bool) -> Iterator[tuple[str, pl.DataFrame, int]]:
    """Each kind that there is, the groups of it to show, and how many more there are."""
    for kind in KINDS:
        rows = found.groups.filter(found.groups["kind"] == kind)
        if rows.is_empty() or (kind == "steady" and not everything):
            continue
        shown = rows if everything else rows.head(_MOST)
        yield kind, shown, rows.height - shown.height


def _differing(found: Comparison, everything: bool) -> tuple[pl.DataFrame, int]:
    """The facet values that differ, the greatest change first, and how many more there are."""
    import polars as pl

    rows = found.facets.filter("differs").sort(pl.col("group") != "", pl.col("change").abs(), descending=[False, True])
    shown = rows if everything else rows.head(_FACETS)
    return shown, rows.height - shown.height
