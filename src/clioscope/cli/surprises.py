"""clioscope surprises: the one-off and outlying conversations of an atlas."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clioscope.cli.document import AsJson, say_json

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def surprises(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    top: Annotated[int, typer.Option("--top", min=1, help="How many conversations to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Print the conversations that are unlike the others of their group, with the reasons.

    A conversation is listed if it fits no group; if its language, or a value of a facet, is rare in its group; if it is
    far longer than the others there; or if it is the only one of its user there. Bursts are listed first: many like
    conversations by few accounts, and near copies by accounts that were new at the same time. The texts are not
    printed: the records are those of your input.
    """
    from rich import box
    from rich.table import Table

    from clioscope.analysis.surprises import surprises as find
    from clioscope.atlas import Atlas
    from clioscope.cli.terminal import console
    from clioscope.privacy.bursts import bursts, least_users

    opened = Atlas(atlas)
    found, alike = find(opened, top), bursts(opened, least_users(opened))
    if as_json:
        say_json({"bursts": alike, "surprises": found})
        return
    shown = Table(box=box.HORIZONTALS, padding=(0, 1))
    for name in ("records", "group", "why"):
        shown.add_column(name, overflow="fold")
    for one in found:
        more = f" and {len(one.records) - 2:,} more" if len(one.records) > 2 else ""
        shown.add_row(", ".join(one.records[:2]) + more, one.name, "\n".join(reason.text for reason in one.reasons))
    screen = console()
    for burst in alike:
        screen.print(f"Burst: {burst.text}")
    if found:
        screen.print(shown)
    else:
        screen.print("No conversation is unlike the others of its group.")
