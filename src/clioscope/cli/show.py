"""clioscope show: print the tree of an atlas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clioscope.cli.document import AsJson, say_json

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)

_BAR, _INDENT = 12, 4  # characters of the longest bar, and of the branches per level


@app.command()
def show(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    depth: Annotated[int | None, typer.Option(min=1, help="How many levels to show.")] = None,
    group: Annotated[
        str | None,
        typer.Option(help="Show only this group and the groups in it: its id, its name, or a part of the name."),
    ] = None,
    describe: Annotated[bool, typer.Option("--describe", "-d", help="Print the descriptions too.")] = False,
    ids: Annotated[bool, typer.Option("--ids", help="Print the groups' ids.")] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Print what each stage of the build took, and not the tree.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the tree of an atlas: each group with its size, its share and what sets its languages and scores apart.

    On a terminal, every group has one line of its width. Written to a file or a pipe, no line is cut.
    Up to three things to know follow, found without a model and corrected for the number of comparisons: the largest
    group, what grew or shrank most, and which group stands out. Then come the shares of facet values, with their 95 %
    intervals: in the whole atlas, or in the --group. For a --group, the last line says how much of its conversations
    the model and the encoder read.
    """
    from rich.console import Group
    from rich.text import Text
    from rich.tree import Tree

    from clioscope.atlas import Atlas
    from clioscope.atlas.finding import group_called
    from clioscope.atlas.guarantee import said_of_counts, said_of_protection
    from clioscope.atlas.people import said_of_withheld
    from clioscope.atlas.reading import group_reading, poorly_read, reading_line, said_of_reading
    from clioscope.atlas.segments import said_of_segments
    from clioscope.atlas.shares import WHOLE, WITHHELD, group_lines, share_text
    from clioscope.atlas.shown import (
        said_of_hidden,
        said_of_mixed,
        said_of_none,
        shown_tree,
        sized_by,
        total_count,
        walk,
    )
    from clioscope.atlas.summary import group_summaries
    from clioscope.cli.line import fitted
    from clioscope.cli.terminal import console
    from clioscope.errors import AtlasError
    from clioscope.explorer.knows import sentences
    from clioscope.explorer.to_know import things_to_know
    from clioscope.files.plain import line as one_line
    from clioscope.privacy.bursts import bursts, least_users, said_of_bursts

    opened = Atlas(atlas)
    if profile:
        from clioscope.cli.costs import say_costs
        from clioscope.pipeline.costs import stage_costs

        if not opened.manifest.get("stages"):
            raise AtlasError(f"{atlas}: its manifest does not say what the build took (a published copy never does).")
        costs = stage_costs(opened.manifest)
        say_json(costs) if as_json else say_costs(costs)
        return
    shown = shown_tree(opened)
    rows = {row["group"]: row for row in shown.iter_rows(named=True)}
    if group is not None:
        try:
            group = group_called(shown, group)
        except AtlasError as error:
            raise AtlasError(f"{atlas}: {error} clioscope show {atlas} --ids prints names and ids.") from None
    told = (said_of_withheld, said_of_mixed, said_of_none, said_of_hidden, said_of_reading, said_of_segments)
    sentences_ = (*(said(opened) for said in told), said_of_bursts(bursts(opened, least_users(opened))))
    notes = [*said_of_protection(opened.manifest), *filter(None, sentences_)]
    known = sentences(things_to_know(opened)) if group is None else []
    if as_json:
        say_json(_as_object(opened, group, depth, {"notes": notes, "to_know": known}))
        return
    total = total_count(opened)
    summaries = group_summaries(opened, telling=True)
    largest = max((row["count"] for row in rows.values()), default=1)
    title = Text(f"{opened.path.name}: {said_of_counts(opened.manifest, total)}", style="bold")
    for note in notes:
        title.append(f"{'' if title.plain.endswith('.') else '.'} {note}", style="not bold italic")
    poor, sized, screen = poorly_read(opened), sized_by(opened), console(wide=1000)
    root = Tree(title)
    stack = [root]
    base: int | None = None if group is not None else 0
    for name, level in walk(opened):
        if group is not None:
            if name == group:
                base = level
            elif base is not None and level <= base:
                break
            if base is None:
                continue
        below = level - (base or 0)
        if depth is not None and below >= depth:
            continue
        row = rows[name]
        bar = "█" * max(row["count"] > 0, round(_BAR * row["count"] / largest))
        beside = [(f"  {row['count']:,} · {share_text(row[sized], total)}", ""), (f" {bar}", "blue")]
        if row.get("candidate"):
            beside.append(("  new?", "green"))
        if name in poor:
            beside.append(("  poorly read", "yellow"))
        if summaries.get(name):
            beside.append((f"  {one_line(summaries[name])}", "dim"))
        style = "italic" if row["mixed"] else "bold"
        id_ = Text(f"  {name}" if ids else "", style="cyan")  # last on its line, and never cut
        room = screen.width - _INDENT * (below + 1) - id_.cell_len
        label: Text | Group = fitted((one_line(row["name"]), style), beside, room).append_text(id_)
        if describe and row["description"]:
            label = Group(label, Text(one_line(row["description"]), style="italic dim"))
        del stack[below + 1 :]
        stack.append(stack[-1].add(label))
        if row.get("withheld") and (depth is None or below + 1 < depth):
            withheld = f"{row['withheld']:,} · {share_text(row['withheld'], total)}"
            stack[-1].add(Text.assemble((WITHHELD, "dim italic"), "  ", (withheld, "dim")))
    screen.print(root)
    if known:
        screen.print(Text("To know", style="bold"))
        for number, sentence in enumerate(known, 1):
            screen.print(Text(f"{number}. {one_line(sentence)}"))
    for line in group_lines(opened, group) if group is not None else group_lines(opened, WHOLE):
        screen.print(one_line(line), style="dim")
    if group is not None and (reading := group_reading(opened)) is not None:
        for row in reading.filter(reading["group"] == group).iter_rows(named=True):
            screen.print(reading_line(row), style="dim")


def _as_object(atlas: Atlas, group: str | None, depth: int | None, told: dict[str, Any]) -> dict[str, Any]:
    """The tree as the export to JSON has it, with the shares of the whole atlas and what is ``told`` of it; or the part
    of it that is one group. Children below ``depth`` levels are left out."""
    import json

    from clioscope.atlas.export import as_json
    from clioscope.atlas.shares import WHOLE, shares_by_group

    found: Any = json.loads(as_json(atlas))
    if group is None:
        roots = {"groups": found.pop("groups")}
        found |= {**told, "shares": shares_by_group(atlas).get(WHOLE, []), **roots}
    else:
        found = next(one for one in _nodes(found["groups"]) if one["group"] == group)
    if depth is not None:
        _cut(found["groups"] if group is None else [found], depth)
    return dict(found)


def _nodes(groups: list[Any]) -> Iterator[Any]:
    for one in groups:
        yield one
        yield from _nodes(one["children"])


def _cut(groups: list[Any], depth: int) -> None:
    """Take away the children of groups at the level ``depth``, counted from 1."""
    for one in groups:
        if depth <= 1:
            one["children"] = []
        _cut(one["children"], depth - 1)
