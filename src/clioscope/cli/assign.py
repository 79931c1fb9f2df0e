"""clioscope assign: put new conversations into an existing atlas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from clioscope.atlas.assigned import Assigned

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def assign(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    new: Annotated[Path, typer.Argument(help="File with new conversations.", show_default=False)],
    to: Annotated[
        Path | None,
        typer.Option("--to", help="File to write: .csv, .jsonl or .parquet (default: CSV on the terminal)."),
    ] = None,
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
    """Find the base group of each new conversation, without building the atlas again and without a language model.

    With --ask N, the atlas's model is asked about N of them, which are then placed better. (A screener is asked about
    each of them; and an atlas that keeps no map from texts to answers asks about each of them.) With --batch,
    their questions wait for `clioscope questions export FILE`, with the FILE of --to in the place of the atlas.

    The output has one row per record, in the order of the input: its conversation (a hash of the content), the group,
    its name and the margin; whether the atlas already has the conversation; and whether the atlas's screener refused
    it, so it has no group.
    The column fit says how many members of the atlas fit their groups as badly (a share). If this is --false-refusals
    or less, fits is false: the conversation has no group, and the column nearest names the group that comes closest. A
    group that is hidden has an id and no name.
    """
    from clioscope.atlas import Atlas
    from clioscope.cli.progress import Reporter
    from clioscope.cli.terminal import say
    from clioscope.errors import ClioscopeError
    from clioscope.files.csv_text import csv_text
    from clioscope.files.replacing import saving
    from clioscope.pipeline.assign import assign as place

    writers = {".csv": None, ".jsonl": "write_ndjson", ".parquet": "write_parquet"}
    if to is not None and to.suffix not in writers:
        raise ClioscopeError(f"{to}: give a file that ends in {', '.join(writers)}.")
    if batch and to is None:
        raise ClioscopeError("--batch: give --to FILE as well; the questions wait beside it.")
    with telling_what_waits(to or Path(), as_json=as_json), Reporter(quiet) as progress:
        assigned = place(
            Atlas(atlas),
            new,
            format=format,
            text_column=text_column,
            encoding=encoding,
            id_column=id_column,
            ask=asked_of(ask),
            false_refusals=false_refusals,
            progress=progress,
            batch=to if batch else None,
            without_failed=without_failed,
        )
    if as_json:
        say_json(_summary(assigned) | ({"rows": assigned.table} if to is None else {}))
    elif to is None:
        say(csv_text(assigned.table), end="")
    if to is not None:
        with saving(to) as part:
            writer = writers[to.suffix]
            if writer is None:
                part.write_text(csv_text(assigned.table), encoding="utf-8")
            else:
                getattr(assigned.table, writer)(part)
    known, refused = (int(assigned.table[name].sum()) for name in ("known", "refused"))
    say(
        f"{assigned.table.height:,} records of {assigned.table['conversation'].n_unique():,} conversations, "
        f"{known:,} of them known to the atlas; {refused:,} refused by its screener; "
        f"{assigned.nothing:,} conversations fit no group; "
        f"{assigned.rejected:,} records rejected; {assigned.failed:,} questions failed.",
        err=True,
    )


def _summary(assigned: Assigned) -> dict[str, Any]:
    """Counts of records and conversations, and the groups that got some, largest first."""
    table = assigned.table
    groups = table.filter(table["group"].is_not_null()).group_by("group", "name").len("records")
    return {
        "records": table.height,
        "conversations": table["conversation"].n_unique(),
        "known": int(table["known"].sum()),
        "refused": int(table["refused"].sum()),
        "fits_nothing": assigned.nothing,
        "rejected": assigned.rejected,
        "failed": assigned.failed,
        "groups": groups.sort("records", "group", descending=[True, False]).to_dicts(),
    }
