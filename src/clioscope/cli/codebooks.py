"""clioscope codebooks: the codebooks that come with Clioscope."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(pretty_exceptions_enable=False)


@app.command()
def codebooks(
    name: Annotated[str | None, typer.Argument(help="Print this codebook as a file to change.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the codebooks of given categories that `clioscope build --codebook NAME` takes, or print one of them."""
    import json as writer

    from rich import box
    from rich.console import Console
    from rich.table import Table

    from clioscope.codebook.read import read_codebook
    from clioscope.codebook.shipped import shipped, shipped_text
    from clioscope.errors import SettingsError

    known = shipped()
    if name is not None and name not in known:
        raise SettingsError(f"{name}: there is no such codebook; there are {', '.join(known)}.")
    if name is not None:
        if json:
            rows = [one.model_dump(mode="json") for one in read_codebook(name)]
            print(writer.dumps(rows, ensure_ascii=False, indent=1))
        else:
            print(shipped_text(name), end="")
        return
    sizes = {one: len(read_codebook(one)) for one in known}
    if json:
        rows = [{"name": one, "categories": sizes[one], "description": text} for one, text in known.items()]
        print(writer.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table(box=box.HORIZONTALS, padding=(0, 1))
    for heading in ("name", "categories", "description"):
        table.add_column(heading, justify="right" if heading == "categories" else "left")
    for one, text in known.items():
        table.add_row(one, str(sizes[one]), text)
    Console().print(table)
