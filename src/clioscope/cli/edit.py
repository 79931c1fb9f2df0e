"""clioscope edit: correct the groups of an atlas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from clioscope.cli import completing, views
from clioscope.cli.document import AsJson, say_json, with_json
from clioscope.cli.terminal import say
from clioscope.files.plain import line

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.edits.editor import Editor


class _Group(TyperGroup):
    """Takes its own options after the atlas as well: ``clioscope edit ATLAS --list``. Help needs no atlas:
    ``clioscope edit merge --help``."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return with_json(super().get_command(ctx, cmd_name))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if "--help" in args[1:] and args[0] in self.commands:
            args = ["ATLAS", *args]
        if args and not args[0].startswith("-"):
            atlas, rest, own = args[0], args[1:], list[str]()
            while rest and rest[0].startswith("-"):
                own.append(rest.pop(0))
                if own[-1] == "--author" and rest:
                    own.append(rest.pop(0))
            args = [*own, atlas, *rest]
        return list(super().parse_args(ctx, args))


app = typer.Typer(cls=_Group, pretty_exceptions_enable=False, invoke_without_command=True, add_completion=False)

Group = Annotated[str, typer.Argument(help="The group: its id, or its exact name.", show_default=False)]
AskModel = Annotated[
    bool, typer.Option("--ask-model", help="Let the atlas's model name what changes, and audit the names.")
]
Vouch = Annotated[
    bool,
    typer.Option(
        "--vouch", help="Vouch for the words: they count as audited and need no support; a published copy says so."
    ),
]
Off = Annotated[bool, typer.Option("--off", help="Take it back.")]


@app.callback()
def edit(
    context: typer.Context,
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    listed: Annotated[bool, typer.Option("--list", help="List all edits, also those that no longer apply.")] = False,
    as_json: AsJson = False,
    author: Annotated[str | None, typer.Option(help="Who edits (default: the user who is logged in).")] = None,
) -> None:
    """Correct the groups of an atlas: names, the tree, what is hidden.

    Edits lie in edits.jsonl in the atlas. The tables of the build never change, and a later build replays the edits.
    `clioscope show ATLAS --ids` prints the ids of groups. Without a command, the edits are listed.
    """
    if context.resilient_parsing:
        return
    context.obj = {"atlas": atlas, "author": author, "json": as_json}  # opened later: help needs no atlas
    if listed or context.invoked_subcommand is None:
        _list(_opened(context), as_json)
        raise typer.Exit


@app.command()
def rename(
    context: typer.Context,
    group: Group,
    name: Annotated[str, typer.Argument(help="The new name.", show_default=False)],
    description: Annotated[str | None, typer.Option(help="A new description, too.")] = None,
    vouch: Vouch = False,
    ask_model: AskModel = False,
) -> None:
    """Give a group another name."""
    editor = _editor(context)
    _say(context, editor.rename(group, name, description=description, vouch=vouch, ask_model=ask_model))


@app.command()
def describe(
    context: typer.Context,
    group: Group,
    description: Annotated[str, typer.Argument(help="The new description.", show_default=False)],
    vouch: Vouch = False,
    ask_model: AskModel = False,
) -> None:
    """Give a group another description."""
    _say(context, _editor(context).describe(group, description, vouch=vouch, ask_model=ask_model))


@app.command()
def merge(
    context: typer.Context,
    groups: Annotated[list[str], typer.Argument(help="Two or more groups of one level.", show_default=False)],
    name: Annotated[str | None, typer.Option(help="Its name (default: made anew).")] = None,
    vouch: Vouch = False,
    ask_model: AskModel = False,
) -> None:
    """Make one group of several. It lies where the first lay."""
    _say(context, _editor(context).merge(groups, name, vouch=vouch, ask_model=ask_model))


@app.command()
def split(
    context: typer.Context,
    group: Group,
    into: Annotated[int | None, typer.Option(min=2, max=50, help="Into so many groups, by meaning.")] = None,
    facet: Annotated[
        str | None,
        typer.Option(help="By the values of a facet or metadata field.", autocompletion=completing.facets),
    ] = None,
    query: Annotated[str | None, typer.Option(help="By a text: what is near to it, and the rest.")] = None,
    method: Annotated[str, typer.Option(help="How to split by meaning: kmeans or ward.")] = "kmeans",
    ask_model: AskModel = False,
) -> None:
    """Split a group: into a number of groups, by a facet, or by a query."""
    chosen: Literal["kmeans", "ward"] = method  # type: ignore[assignment]
    editor = _editor(context)
    _say(context, editor.split(group, into, facet=facet, query=query, method=chosen, ask_model=ask_model))


@app.command()
def move(
    context: typer.Context,
    to: Annotated[str, typer.Argument(help="The group to move into, or `top`.", show_default=False)],
    group: Annotated[str | None, typer.Option(help="The group to move.")] = None,
    conversation: Annotated[list[str] | None, typer.Option(help="A conversation to move (its id); repeatable.")] = None,
    ask_model: AskModel = False,
) -> None:
    """Move a group into a larger one, or conversations into a base group."""
    from clioscope.errors import ClioscopeError

    editor = _editor(context)
    if (group is None) == (not conversation):
        raise ClioscopeError("edit move: give either --group or --conversation.")
    if group is not None:
        _say(context, editor.move(group, None if to == "top" else to, ask_model=ask_model))
    else:
        _say(context, editor.move_conversations(conversation or [], to, ask_model=ask_model))


@app.command()
def hide(context: typer.Context, group: Group, off: Off = False) -> None:
    """Hide a group and all in it: it is counted as hidden, and shown nowhere."""
    _say(context, _editor(context).hide(group, not off))


@app.command()
def pin(context: typer.Context, group: Group, off: Off = False) -> None:
    """Keep the id and the name of a group in later builds, however it moves."""
    _say(context, _editor(context).pin(group, not off))


@app.command()
def note(
    context: typer.Context,
    group: Group,
    text: Annotated[str, typer.Argument(help="The note; an empty one takes it away.", show_default=False)],
) -> None:
    """Write a note to a group."""
    _say(context, _editor(context).note(group, text))


@app.command()
def colour(
    context: typer.Context,
    group: Group,
    colour: Annotated[str, typer.Argument(help="#rrggbb, or `none`.", show_default=False)],
) -> None:
    """Give a group a colour on the page."""
    _say(context, _editor(context).colour(group, None if colour == "none" else colour))


@app.command()
def vouch(context: typer.Context, group: Group) -> None:
    """Vouch for the name and description of a group: they count as audited, and a published copy says so."""
    _say(context, _editor(context).vouch(group))


@app.command()
def name(context: typer.Context, group: Group, ask_model: AskModel = False) -> None:
    """Have the name of a group made anew."""
    _say(context, _editor(context).name(group, ask_model=ask_model))


@app.command()
def audit(context: typer.Context) -> None:
    """Let the atlas's model read all names that no auditor has seen."""
    _say(context, _editor(context).audit())


@app.command()
def undo(
    context: typer.Context,
    operation: Annotated[str | None, typer.Argument(help="The id of the edit (default: the last).")] = None,
) -> None:
    """Take back an edit."""
    _say(context, _editor(context).undo(operation))


@app.command()
def redo(
    context: typer.Context,
    operation: Annotated[str | None, typer.Argument(help="The id of the edit (default: the last undone).")] = None,
) -> None:
    """Bring back an edit that was undone."""
    _say(context, _editor(context).redo(operation))


@app.command()
def history(context: typer.Context) -> None:
    """List all edits, also those that are undone or no longer apply."""
    _list(_opened(context), context.obj["json"])


views.add_to(app)


def _opened(context: typer.Context) -> Editor:
    from clioscope.edits.editor import edit as open_editor

    return open_editor(context.obj["atlas"], author=context.obj["author"])


def _editor(context: typer.Context) -> Editor:
    """The editor of the atlas; the groups as they are before the edit are kept, to say afterwards what changed."""
    from clioscope.atlas.shown import shown_tree

    editor = _opened(context)
    before = shown_tree(editor.atlas)
    context.obj["before"] = {row[0]: row for row in before.select("group", "parent", "name", "count").iter_rows()}
    return editor


def _say(context: typer.Context, atlas: Atlas) -> None:
    """Print the groups that are new or changed, and how many are gone."""
    from clioscope.atlas.shown import shown_tree

    before = context.obj["before"]
    columns = ("group", "parent", "name", "count")
    now = {row[0]: row for row in shown_tree(atlas).select(columns).iter_rows()}
    changed = [row for group, row in now.items() if before.get(group) != row]
    gone = [group for group in before if group not in now]
    if context.obj["json"]:
        rows = [dict(zip(columns, row, strict=True)) for row in changed]
        say_json({"changed": rows, "gone": gone})
        return
    for group, _, name_, count in changed:
        say(f"{line(group)}  {line(name_)}  ({count:,})")
    if gone:
        say(f"gone or hidden: {', '.join(gone)}")
    if not changed and not gone:
        say("Done.")


def _list(editor: Editor, as_json: bool) -> None:
    rows = editor.history()
    if as_json:
        say_json(rows)
        return
    if not rows:
        say("There are no edits.")
    for row in rows:
        if not row["id"]:
            say(f"{row['state']}: {row['why']}")
            continue
        head = f"{row['id']}  {row['at'][:16].replace('T', ' ')}  {line(row['author'])}  {row['op']}"
        say(f"{head} {_told(row['details'])}")
        if row["state"] != "applied":
            say(f"    {row['state']}{': ' if row['why'] else ''}{row['why']}")


def _told(details: dict[str, Any]) -> str:
    """What an operation says, in short: the names of its groups, then its other fields."""
    names = ", ".join(repr(name) for name in details.get("called", ()))
    others = {key: value for key, value in details.items() if key not in ("called", "group", "groups", "ask_model")}
    if "conversations" in others:
        others["conversations"] = len(others["conversations"])
    return " ".join([names, *(f"{key}={value!r}" for key, value in others.items() if key != "to" or not names)]).strip()
