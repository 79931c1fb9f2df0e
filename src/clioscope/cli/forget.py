"""clioscope forget: remove every trace of a user, of a conversation, or of all raw text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clioscope.cli.document import AsJson, say_json

if TYPE_CHECKING:
    from clioscope.pipeline.forgetting.forget import Forgotten

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def forget(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas.", show_default=False)],
    user: Annotated[
        str | None,
        typer.Option(help="Forget this user (the id in the input, whose files must be there).", show_default=False),
    ] = None,
    conversation: Annotated[
        str | None,
        typer.Option(help="Forget this conversation (its id in the atlas or in the input).", show_default=False),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Forget all raw text: transcripts, answers of the model, free text.")
    ] = False,
    expired: Annotated[
        bool,
        typer.Option("--expired", help="Like --raw, if the date set by privacy.keep_raw_days has passed."),
    ] = False,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Make new names of phrases; do not ask the atlas's model.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Remove what a user or a conversation left in an atlas, or all raw text, and search every byte for it.

    Sizes and shares are counted anew, and groups whose names lean on what is gone get new names. Then all files of the
    atlas are searched for the ids and for strings that nobody else wrote; if one is found, it is printed and the exit
    status is 1. If the command is interrupted, run it again. Input files, exports and published copies are not touched.
    """
    from clioscope.pipeline.forgetting.forget import forget as remove

    done = remove(
        atlas,
        user=user,
        conversation=conversation,
        raw=raw,
        only_expired=expired,
        ask_model=not no_model,
    )
    _say(done, as_json)
    if done.traces:
        raise typer.Exit(1)


def _say(done: Forgotten, as_json: bool) -> None:
    from clioscope.cli.terminal import say
    from clioscope.files.plain import line

    if as_json:
        renamed = [{"group": group, "name": name} for group, name in done.renamed]
        say_json(done._asdict() | {"atlas": done.atlas.path, "renamed": renamed})
        return
    if done.records:
        say(f"{done.records:,} records are forgotten, and {done.conversations:,} conversations with them.")
    elif done.conversations or done.searched:
        say(f"The raw text of {done.conversations:,} conversations is forgotten.")
    else:
        say(f"Raw text: expires {done.atlas.manifest.get('raw_until') or 'never'}; there is nothing to search for.")
    for group, name in done.renamed:
        say(f"named anew: {group}  {line(name)}")
    if done.unsearched:
        ids = line(", ".join(done.unsearched))
        say(f"Not searched for, because they are too short or others wrote them too: {ids}.")
    if done.traces:
        say(f"Found in {done.atlas.path}:")
        for trace in done.traces:
            say(f"  {line(trace.text)!r} in {line(trace.file)} ({line(trace.where)})")
    elif done.searched:
        say(f"All files of {done.atlas.path} were searched for {done.searched:,} ids and strings: none is there.")
