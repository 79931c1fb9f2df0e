"""clioscope mcp: a server of an atlas for agents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def mcp(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    earlier: Annotated[
        Path | None, typer.Option(help="An earlier atlas, which this one is compared with.", show_default=False)
    ] = None,
    examples: Annotated[
        bool, typer.Option("--examples", help="Give out single conversations too: ids of records, days, facets.")
    ] = False,
    traces: Annotated[
        bool,
        typer.Option("--traces", help="Give out their transcripts too (of an atlas built with --keep-transcripts)."),
    ] = False,
) -> None:
    """Serve an atlas to an agent, by the Model Context Protocol over standard input and output.

    The agent gets counts, shares and comparisons, and can change nothing. What it gets goes to its model, which may run
    elsewhere: single conversations are given out only if you ask for it. Clients start this command themselves.
    """
    from clioscope.agents.server import make_server
    from clioscope.atlas import Atlas

    opened = None if earlier is None else Atlas(earlier)
    make_server(Atlas(atlas), opened, examples=examples, traces=traces).run("stdio")
