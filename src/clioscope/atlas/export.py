"""Writing an atlas as Markdown, CSV, JSON or Parquet, for people and tools without Clioscope."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.atlas.guarantee import said_of_protection
from clioscope.atlas.none import none_groups
from clioscope.atlas.opening import opened
from clioscope.atlas.people import said_of_withheld
from clioscope.atlas.reading import group_reading, poorly_read, reading_by_group, said_of_reading
from clioscope.atlas.segments import has_segments, said_of_segments, said_of_size
from clioscope.atlas.shares import WITHHELD, asked_counts, group_lines, share_text, shares_by_group, shares_of
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


def groups_table(atlas: Atlas) -> pl.DataFrame:
    """One row per group, parents before children, with its share of all conversations. Withheld names are masked.

    Where conversations are cut into segments, count is how many conversations touch the group, and share is the sum of
    the weights of its segments (``weight``) as a part of all; the shares of the base groups sum to 1, counts do not.

    ``asked`` and ``inferred``: of how many conversations the model said something, and of how many others something is
    inferred from that. ``read_characters``, ``read_turns``, ``encoded_characters``, ``encoded_turns`` and
    ``poorly_read``: see ``group_reading``. An atlas of an earlier version, or a published one, does not tell.
    """
    import polars as pl

    total = total_count(atlas)
    order = {group: place for place, (group, _) in enumerate(walk(atlas))}
    table = shown_tree(atlas)
    for told in (asked_counts(atlas), group_reading(atlas)):
        if told is not None:
            table = table.join(told, on="group", how="left")
    return (
        table.with_columns(
            (pl.col(sized_by(atlas)) / total).alias("share"),
            pl.col("group").replace_strict(order, return_dtype=pl.Int64).alias("order"),
        )
        .sort("order")
        .drop("order")
    )


def shown_tree(atlas: Atlas) -> pl.DataFrame:
    """The tree as it may be shown: a withheld name is replaced by a mark, its description and phrases by nothing."""
    import polars as pl

    hidden = pl.col("action") == "withheld"
    table = atlas.tree.with_columns(
        pl.Series("name", [shown_name(row) for row in atlas.tree.iter_rows(named=True)], dtype=pl.String),
        pl.when(hidden).then(pl.lit("")).otherwise(pl.col("description")).alias("description"),
    )
    if "phrases" in table.columns:
        table = table.with_columns(pl.when(~hidden).then(pl.col("phrases")).otherwise([]).alias("phrases"))
    return table


def shown_name(row: dict[str, Any]) -> str:
    """The name of a group, or a mark if it is withheld (by the auditor, or because the auditor gave no answer)."""
    if row["action"] != "withheld":
        return str(row["name"])
    return "(name withheld for privacy)" if row["score"] is not None else "(name withheld: it could not be audited)"


def said_of_mixed(atlas: Atlas) -> str:
    """A sentence that says how many groups are mixed; empty where none is."""
    import polars as pl

    count = atlas.tree.filter(pl.col("mixed") & ~pl.col("group").is_in(none_groups(atlas.tree))).height
    if not count:
        return ""
    groups = "1 group is" if count == 1 else f"{count:,} groups are"
    return f"{groups} mixed: the conversations have too little in common for a name."


def said_of_none(atlas: Atlas) -> str:
    """A sentence that says how many conversations were gathered because they fit no other group; empty if none were."""
    import polars as pl

    count = int(atlas.tree.filter(pl.col("group").is_in(none_groups(atlas.tree)))["count"].sum())
    if not count:
        return ""
    return "1 conversation fits no group." if count == 1 else f"{count:,} conversations fit no group."


def said_of_hidden(atlas: Atlas) -> str:
    """A sentence that says how many groups and conversations the analyst has hidden; empty where none are."""
    counts = atlas.manifest["counts"]
    if not counts.get("hidden_groups"):
        return ""
    groups = "1 group" if counts["hidden_groups"] == 1 else f"{counts['hidden_groups']:,} groups"
    return f"{groups} with {counts['hidden']:,} more conversations {'is' if groups == '1 group' else 'are'} hidden."


def total_count(atlas: Atlas) -> int:
    """How many conversations the atlas holds, with duplicates; for a published atlas, those it was made from.

    Those that the analyst has hidden do not count.
    """
    if atlas.published or has_segments(atlas) or "edited" in atlas.manifest:
        return int(atlas.manifest["counts"]["analysed"])
    return int(atlas.conversations["count"].sum())


def sized_by(atlas: Atlas) -> str:
    """The column of the tree that says which share of all conversations a group is."""
    return "weight" if has_segments(atlas) else "count"


def walk(atlas: Atlas) -> Iterator[tuple[str, int]]:
    """Groups with their depth, in reading order: largest first, children after their parent. Mixed ones come after the
    others, and the one of what fits no group last."""
    import polars as pl

    none = pl.col("group").is_in(none_groups(atlas.tree))
    rows = atlas.tree.sort(none, "mixed", "count", "group", descending=[False, False, True, False])
    children: dict[str | None, list[str]] = {}
    for group, parent in rows.select("group", pl.col("parent")).iter_rows():
        children.setdefault(parent, []).append(group)

    def below(parent: str | None, depth: int) -> Iterator[tuple[str, int]]:
        for group in children.get(parent, []):
            yield group, depth
            yield from below(group, depth + 1)

    yield from below(None, 0)


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
        estimated = ", with 95 % intervals" if any(" (asked " in fact for fact in facts) else ""
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
