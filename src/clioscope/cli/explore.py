"""clioscope explore: map, tree, facets and time in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def explore(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    port: Annotated[
        int,
        typer.Option(
            min=0,
            max=65535,
            help="Port of the page; 0 means any free port. At a fixed one, addresses of the page open again later.",
        ),
    ] = 0,
    view: Annotated[
        str | None,
        typer.Option(
            help="Open a saved view, by its name; or an address of the page, or its end after the #.",
            show_default=False,
        ),
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Print the address, but open no browser.")] = False,
    traces: Annotated[
        bool, typer.Option("--traces", help="Show sample conversations (of an atlas built with --keep-transcripts).")
    ] = False,
    ask_model: Annotated[
        bool, typer.Option("--ask-model", help="Let the atlas's model name the groups that edits make or name anew.")
    ] = False,
    read_only: Annotated[bool, typer.Option("--read-only", help="Let the page change nothing.")] = False,
    sign_out: Annotated[
        bool, typer.Option("--sign-out", help="Let in no browser any more that an earlier run has let in.")
    ] = False,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="An earlier atlas to compare this one with.", show_default=False)
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the page (default: the folder's name).")] = None,
) -> None:
    """Open an atlas in the browser, to look at it and to edit its groups (clioscope edit --help says what that means).

    The page is served only to this machine, at an address that holds a secret, until you press Ctrl+C. It loads
    nothing from other machines. With --port, a browser that opened the page once opens addresses without the secret
    for 30 days: bookmark them.
    """
    from clioscope.atlas import Atlas
    from clioscope.cli.terminal import say
    from clioscope.explorer.server import explore as serve

    def ready(address: str) -> None:
        say(f"Explore it: {address}\nStop with Ctrl+C.", flush=True)
        if not no_open:
            import webbrowser

            webbrowser.open(address)

    options = {"traces": traces, "edits": not read_only, "ask_model": ask_model, "sign_out": sign_out}
    earlier = None if compare is None else Atlas(compare)
    serve(Atlas(atlas), port=port, title=title, earlier=earlier, view=view, ready=ready, **options)
