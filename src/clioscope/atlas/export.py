"""Writing an atlas as Markdown, CSV, JSON or Parquet, for people and tools without Clioscope."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.atlas.guarantee import said_of_protection
from clioscope.atlas.opening import opened
from clioscope.atlas.people import said_of_withheld
from clioscope.atlas.reading import poorly_read, reading_by_group, said_of_reading
from clioscope.atlas.segments import said_of_segments, said_of_size
from clioscope.atlas.shares import (
    WITHHELD,
    asked_counts,
    group_lines,
    has_intervals,
    share_text,
    shares_by_group,
    shares_of,
)
from clioscope.atlas.shown import (
    groups_table,
    said_of_hidden,
    said_of_mixed,
    said_of_none,
    shown_tree,
    sized_by,
    total_count,
    walk,
)
from clioscope.atlas.summary import group_summaries
from clioscope.errors import ClioscopeError
from clioscope.files.csv_text import csv_text
from clioscope.files.markdown import as_markdown
from clioscope.files.modes import mode_for
from clioscope.files.plain import json_text
from clioscope.files.replacing import saving

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas


def export(atlas: Atlas | str | Path, to: str | Path) -> Path:
    """Write the tree to ``to``; the suffix decides the format: .md, .csv, .json or .parquet.

    Only you may read it if the atlas is not published. Raises ClioscopeError for another suffix, or if it fails.
    """
    atlas, to = opened(atlas), Path(to)
    if to.suffix not in TREE_FORMATS:
        page = f"; the page is written by clioscope export {atlas.path} --html {to}" if to.suffix == ".html" else ""
        raise ClioscopeError(f"{to}: give a file that ends in {', '.join(TREE_FORMATS)}{page}.")
    with saving(to, mode_for(atlas.published)) as part:
        part.write_bytes(TREE_FORMATS[to.suffix](atlas))
    return to


def export_shares(atlas: Atlas | str | Path, to: str | Path) -> Path:
    """Write the shares of facet values in all groups (``shares_of``) to ``to``, a .csv or .parquet file.

    Raises ClioscopeError for another suffix, for an atlas without shares, or if the file cannot be written.
    """
    atlas, to = opened(atlas), Path(to)
    table = shares_of(atlas)
    if to.suffix not in SHARE_FORMATS:
        raise ClioscopeError(f"{to}: give a file that ends in {' or '.join(SHARE_FORMATS)}.")
    if table is None:
        raise ClioscopeError(f"{atlas.path}: was built without shares; build it again to have them.")
    with saving(to, mode_for(atlas.published)) as part:
        part.write_bytes(SHARE_FORMATS[to.suffix](table))
    return to


def _parquet(table: pl.DataFrame) -> bytes:
    """By way of memory: polars itself has another error for a full disk than all the others."""
    held = io.BytesIO()
    table.write_parquet(held)
    return held.getvalue()


def markdown(atlas: Atlas) -> str:
    """A report in Markdown: counts, shares of facet values, then the tree with sizes, descriptions and summaries."""
    counts = atlas.manifest["counts"]
    total = total_count(atlas)
    rows = {row["group"]: row for row in shown_tree(atlas).iter_rows(named=True)}
    summaries = group_summaries(atlas)
    head = f"About {total:,} conversations; {counts['groups']:,} groups."
    if "guarantee" not in atlas.manifest:
        head = f"{total:,} conversations, {counts['conversations']:,} of them distinct; {counts['rejected']:,} records "
        head += f"could not be read; {counts['groups']:,} groups."
    lines = ["# What the conversations are about", "", head, ""]
    if hidden := counts.get("withheld") or counts.get("withheld_audit"):
        lines += [f"{hidden} groups are withheld for privacy.", ""]
    lines += [part for note in said_of_protection(atlas.manifest) for part in (note, "")]
    for said in (said_of_withheld, said_of_mixed, said_of_none, said_of_hidden, said_of_reading, said_of_segments):
        if sentence := said(atlas):
            lines += [sentence, ""]
    if facts := group_lines(atlas, ""):
        estimated = ", with 95 % intervals" if has_intervals(atlas, "") else ""
        listed = [f"- {as_markdown(fact)}" for fact in facts]
        lines += [f"## All conversations{estimated}", "", *listed, "", "## Groups", ""]
    poor, sized = poorly_read(atlas), sized_by(atlas)
    depths = dict(walk(atlas))
    ends = _withheld_after(depths, rows)
    for group, depth in depths.items():
        row = rows[group]
        name = as_markdown(row["name"])
        new = " *new?*" if row.get("candidate") else ""
        line = f"{'  ' * depth}- **{name}**{new} ({said_of_size(row, share_text(row[sized], total))})"
        if summaries.get(group):
            line += f" {as_markdown(summaries[group])}"
        if group in poor:
            line += " (poorly read)"
        lines.append(line)
        if row["description"]:
            lines.append(f"{'  ' * depth}  {as_markdown(row['description'])}")
        for above, count in [(above, rows[above]["withheld"]) for above in ends.get(group, ())]:
            lines.append(f"{'  ' * (depths[above] + 1)}- *{WITHHELD}* ({count:,}, {share_text(count, total)})")
    models = atlas.manifest["models"]
    audited = "audited by the model" if any(row["action"] != "unaudited" for row in rows.values()) else "not audited"
    named = "made of words that many people used" if "guarantee" in atlas.manifest else audited
    lines += [
        "",
        f"Language model: {as_markdown(models['chat'] or 'none')}. Encoder: {as_markdown(models['embedder'])}. "
        f"Names were {named}.",
        "",
    ]
    return "\n".join(lines)


def _withheld_after(depths: Mapping[str, int], rows: Mapping[str, dict[str, Any]]) -> dict[str, list[str]]:
    """The groups of which some conversations are in no group below that is shown, by the last group below them."""
    found: dict[str, list[str]] = {}
    order = list(depths)
    for place, group in enumerate(order):
        if not rows[group].get("withheld"):
            continue
        last = place
        while last + 1 < len(order) and depths[order[last + 1]] > depths[group]:
            last += 1
        found.setdefault(order[last], []).insert(0, group)
    return found


def as_json(atlas: Atlas) -> str:
    """The tree as nested objects: name, description, mixed, none, candidate, count, share, facets, shares, children; of
    a published atlas also withheld, how many conversations of a group are in no group below that is shown.
    Where conversations are cut into segments, count is how many conversations touch the group, and share is the sum of
    the weights of its segments, weight, as a part of all.
    """
    total, sized = total_count(atlas), sized_by(atlas)
    summaries, told = group_summaries(atlas), asked_counts(atlas)
    asked = {} if told is None else {row["group"]: row for row in told.iter_rows(named=True)}
    shares, reading = shares_by_group(atlas), reading_by_group(atlas)
    nodes: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    parents = dict(zip(atlas.tree["group"], atlas.tree["parent"], strict=True))
    rows = {row["group"]: row for row in shown_tree(atlas).iter_rows(named=True)}
    for group, _ in walk(atlas):
        row = rows[group]
        nodes[group] = {
            "group": group,
            "name": row["name"],
            "description": row["description"],
            "mixed": row["mixed"],
            "none": bool(row.get("none")),
            "candidate": bool(row.get("candidate")),
            "count": row["count"],
            **({"withheld": row["withheld"]} if row.get("withheld") else {}),
            **({"weight": row["weight"]} if "weight" in row else {}),
            "share": round(row[sized] / total, 6) if total else 0.0,
            "facets": summaries.get(group, ""),
            **{name: asked[group][name] for name in ("asked", "inferred") if group in asked},
            **reading.get(group, {}),
            **({"shares": shares.get(group, [])} if shares else {}),
            "children": [],
        }
        parent = parents[group]
        (roots if parent is None else nodes[parent]["children"]).append(nodes[group])
    note = " ".join(said_of_protection(atlas.manifest))
    head = {"counts": atlas.manifest["counts"], **({"note": note} if note else {})}
    return json_text(head | {"groups": roots}, indent=1) + "\n"


def _flat(atlas: Atlas) -> pl.DataFrame:
    import polars.selectors as cs

    return groups_table(atlas).with_columns(cs.by_name("phrases", require_all=False).list.join("; "))


TREE_FORMATS: dict[str, Callable[[Atlas], bytes]] = {
    ".md": lambda atlas: markdown(atlas).encode(),
    ".json": lambda atlas: as_json(atlas).encode(),
    ".csv": lambda atlas: csv_text(_flat(atlas)).encode(),
    ".parquet": lambda atlas: _parquet(groups_table(atlas)),
}
SHARE_FORMATS: dict[str, Callable[[pl.DataFrame], bytes]] = {
    ".csv": lambda table: csv_text(table).encode(),
    ".parquet": _parquet,
}
