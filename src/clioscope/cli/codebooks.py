"""clioscope codebooks: the codebooks that come with Clioscope."""

from __future__ import annotations

from typing import Annotated

import typer

from clioscope.cli.document import AsJson, say_json

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def codebooks(
    name: Annotated[str | None, typer.Argument(help="Print this codebook as a file to change.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the codebooks of given categories that `clioscope build --codebook NAME` takes, or print one of them."""
    from rich import box
    from rich.table import Table

    from clioscope.cli.terminal import console, say
    from clioscope.codebook.read import read_codebook
    from clioscope.codebook.shipped import shipped, shipped_text
    from clioscope.errors import SettingsError

    known = shipped()
    if name is not None and name not in known:
        raise SettingsError(f"{name}: there is no such codebook; there are {', '.join(known)}.")
    if name is not None:
        if as_json:
            say_json(read_codebook(name))
        else:
            say(shipped_text(name), end="")
        return
    sizes = {one: len(read_codebook(one)) for one in known}
    if as_json:
        rows = [{"name": one, "categories": sizes[one], "description": text} for one, text in known.items()]
        say_json(rows)
        return
    table = Table(box=box.HORIZONTALS, padding=(0, 1))
    for heading in ("name", "categories", "description"):
        table.add_column(heading, justify="right" if heading == "categories" else "left")
    for one, text in known.items():
        table.add_row(one, str(sizes[one]), text)
    console(wide=None).print(table)
