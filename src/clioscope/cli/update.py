"""clioscope update: add new conversations to an atlas."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clioscope.cli.batches import Batch, WithoutFailed, telling_what_waits
from clioscope.cli.document import AsJson, say_json
from clioscope.cli.reading import (
    Ask,
    Encoding,
    FalseRefusals,
    FormatOrAsAtlas,
    IdColumn,
    TextColumnOrAsAtlas,
    asked_of,
)

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def update(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    new: Annotated[list[Path], typer.Argument(help="Files or folders of conversations.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder to write to (default: the atlas itself).", show_default=False),
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build everything anew, from the old files and the new ones.")
    ] = False,
    format: FormatOrAsAtlas = None,
    text_column: TextColumnOrAsAtlas = None,
    encoding: Encoding = None,
    id_column: IdColumn = None,
    ask: Ask = None,
    false_refusals: FalseRefusals = 0.05,
    batch: Batch = False,
    without_failed: WithoutFailed = False,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Add new conversations to an atlas, at the cost of the new ones. Its groups keep their names and ids.

    New conversations are put into the groups that they fit. What fits no group is gathered at the end of the tree, and
    becomes a candidate group when enough of it holds together. Groups that no longer hold are split or merged, and the
    tree is mended around them. If an update is interrupted, the atlas is as it was: run the same command again.
    """
    from clioscope.cli.built import built_facts
    from clioscope.cli.progress import Reporter
    from clioscope.cli.terminal import say
    from clioscope.explorer.stored import prepare_view
    from clioscope.pipeline.update import update as add

    with telling_what_waits(atlas if out is None else out, as_json=as_json), Reporter(quiet) as progress:
        made = add(
            atlas,
            new,
            out,
            rebuild=rebuild,
            format=format,
            text_column=text_column,
            encoding=encoding,
            id_column=id_column,
            ask=asked_of(ask),
            false_refusals=false_refusals,
            progress=progress,
            batch=batch,
            without_failed=without_failed,
        )
    prepare_view(made)
    facts = built_facts(made)
    if not rebuild:
        facts["update"] = made.manifest["updates"][-1]
    if as_json:
        say_json(facts)
    elif not quiet:
        say(
            f"{facts['counts']['conversations']:,} conversations in {facts['counts']['groups']:,} groups.\n"
            f"Atlas: {made.path}    What changed: clioscope changes {made.path}"
        )
