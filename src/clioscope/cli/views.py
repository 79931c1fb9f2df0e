"""clioscope edit ATLAS views: list, save, change and delete the saved views of an atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from clioscope.cli.document import say_json
from clioscope.cli.terminal import say
from clioscope.files.plain import line

if TYPE_CHECKING:
    from clioscope.atlas.views import SavedView

Name = Annotated[str, typer.Argument(help="The name of the view.", show_default=False)]
Address = Annotated[str, typer.Argument(help="An address of the page, or its end after the #.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Add the commands about views to those of ``clioscope edit``."""
    for name, act in (("views", views), ("view-save", save), ("view-change", change), ("view-delete", delete)):
        app.command(name)(act)


def views(context: typer.Context) -> None:
    """List the saved views; `clioscope explore ATLAS --view NAME` opens one."""
    from clioscope.atlas import Atlas
    from clioscope.atlas.views import read_views

    found = read_views(Atlas(context.obj["atlas"]).path)
    if context.obj["json"]:
        say_json(found)
        return
    for view in found:
        say(f"{view.name}  {view.at[:10]}  {view.author}  #{view.address}")
        for part in view.note.splitlines():
            say(f"    {line(part)}")
    if not found:
        say("There are no saved views.")


def save(
    context: typer.Context,
    name: Name,
    address: Address,
    note: Annotated[str, typer.Option(help="A note to it.")] = "",
) -> None:
    """Save a view under a new name."""
    from clioscope.edits.views import save_view

    _say(context, save_view(context.obj["atlas"], name, address, note, author=context.obj["author"]))


def change(
    context: typer.Context,
    name: Name,
    to: Annotated[str | None, typer.Option("--name", help="Another name.", show_default=False)] = None,
    note: Annotated[str | None, typer.Option(help="Another note.", show_default=False)] = None,
    address: Annotated[str | None, typer.Option(help="Another address.", show_default=False)] = None,
) -> None:
    """Give a saved view another name, note or address."""
    from clioscope.edits.views import change_view

    atlas, author = context.obj["atlas"], context.obj["author"]
    _say(context, change_view(atlas, name, new_name=to, note=note, address=address, author=author))


def delete(context: typer.Context, name: Name) -> None:
    """Delete a saved view."""
    from clioscope.edits.views import delete_view

    delete_view(context.obj["atlas"], name)
    if context.obj["json"]:
        say_json({"deleted": name})
    else:
        say("Done.")


def _say(context: typer.Context, view: SavedView) -> None:
    """Print the view that is kept now: its name, or all of it as JSON."""
    if context.obj["json"]:
        say_json(view)
    else:
        say(view.name)
