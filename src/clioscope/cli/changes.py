"""clioscope changes: what is new, gone, growing and shrinking since an earlier atlas."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from clioscope.cli.document import AsJson, say_json

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)

_TITLES = {
    "new": "New",
    "gone": "Gone",
    "growing": "Growing",
    "shrinking": "Shrinking",
    "split": "Split",
    "merged": "Merged",
    "steady": "Steady",
}
_MOST = 20  # groups of a kind that are printed


@app.command()
def changes(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    old: Annotated[
        Path | None,
        typer.Argument(help="Earlier atlas (default: the one that it was built after).", show_default=False),
    ] = None,
    level: Annotated[
        int | None, typer.Option(min=0, help="Only groups of this level; 0 is the base.", show_default=False)
    ] = None,
    rate: Annotated[
        float, typer.Option(min=0, max=1, help="Share of false alarms to accept among growing and shrinking groups.")
    ] = 0.05,
    all_groups: Annotated[bool, typer.Option("--all", help="Print steady groups too, and long lists whole.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print what changed since an earlier atlas: groups that are new, gone, growing, shrinking, split or merged.

    A group is called growing or shrinking only if its share of all conversations changed beyond chance, after the
    correction for many tests (Benjamini and Hochberg).
    """
    import polars as pl

    from clioscope.atlas import Atlas
    from clioscope.cli.terminal import say
    from clioscope.files.plain import line
    from clioscope.lineage.changes import changes as changes_of

    table = changes_of(Atlas(atlas), None if old is None else Atlas(old), rate=rate)
    if level is not None:
        table = table.filter(pl.col("level") == level)
    if as_json:
        say_json(table)
        return
    names = _names(table)
    for kind, title in _TITLES.items():
        rows = table.filter(pl.col("kind") == kind)
        if rows.is_empty() or (kind == "steady" and not all_groups):
            continue
        say(f"{title} ({rows.height:,})")
        shown = rows if all_groups else rows.head(_MOST)
        for row in shown.iter_rows(named=True):
            say(f"  {line(_line(row, names))}")
        if rows.height > shown.height:
            say(f"  … and {rows.height - shown.height:,} more (--all)")
    steady = table.filter(pl.col("kind") == "steady").height
    say(f"{steady:,} of {table.height:,} groups are steady.")


def _names(table: Any) -> dict[str, str]:
    """A name for every id that a row may refer to."""
    names: dict[str, str] = {}
    for row in table.iter_rows(named=True):
        own = row["before"] if row["group"] is None else [row["group"]]
        names |= {group: row["name"] or group for group in own[:1]}
    return names


def _line(row: dict[str, Any], names: dict[str, str]) -> str:
    """One group: its name and size, how its share changed, and which groups it came from or went to."""
    name, size = row["name"] or row["group"] or row["before"][0], max(row["new_size"], row["old_size"])
    parts = [f"{name} [{row['group'] or row['before'][0]}], {size:,} conversations"]
    if row["change"] is not None and row["kind"] in ("growing", "shrinking", "new", "gone", "steady"):
        low, high = (round(100 * row[end], 1) + 0.0 for end in ("low", "high"))  # + 0.0: no -0.0
        interval = f"{low:+.1f} to {high:+.1f}"
        parts.append(
            f"{100 * row['share_before']:.1f} % → {100 * row['share_now']:.1f} % ({interval} points, q {row['q']:.2g})"
        )
    if row["kind"] == "split":
        others = [group for group in row["after"] if group != row["group"]]
        if row["group"] is None or others:
            parts.append("into " + ", ".join(names.get(group, group) for group in row["after"]))
        else:
            parts.append("split off from " + ", ".join(names.get(group, group) for group in row["before"]))
    if row["kind"] == "merged":
        into = row["group"] is None
        groups = row["after"] if into else row["before"]
        parts.append(("into " if into else "from ") + ", ".join(names.get(group, group) for group in groups))
    if row["names_before"]:
        parts.append(f"once called {row['names_before'][-1]}")
    return "; ".join(parts)
