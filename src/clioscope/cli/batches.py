"""Options of the commands whose questions can wait for batch files, and what they say when they stop for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from clioscope.errors import QuestionsWaiting

WAITS = 3  # exit status: nothing is wrong, and the same command goes on when the answers are there

_PANEL = "Model and facets"

Batch = Annotated[
    bool,
    typer.Option(
        "--batch",
        help="Ask nothing: stop where the model would be asked, for `clioscope questions export`.",
        rich_help_panel=_PANEL,
    ),
]
WithoutFailed = Annotated[
    bool,
    typer.Option(
        "--without-failed",
        help="With --batch: leave out questions that failed in a batch, instead of waiting for another one.",
        rich_help_panel=_PANEL,
    ),
]


@contextmanager
def telling_what_waits(atlas: Path) -> Iterator[None]:
    """Say how far a build of ``atlas`` came that stops for a batch, and what to do next; it exits with ``WAITS``."""
    from clioscope.cli.terminal import say
    from clioscope.files.plain import line

    try:
        yield
    except QuestionsWaiting as stop:
        say(f"{stop}.", err=True)
        say(next_step(line(str(atlas)), again=stop.again), err=True)
        raise typer.Exit(WAITS) from None


def next_step(atlas: str, *, again: bool) -> str:
    """What to do with questions that wait. ``again``: some of them failed before."""
    said = (
        f"Next: clioscope questions export {atlas} questions.jsonl, give the file to the service, "
        f"clioscope questions import {atlas} ANSWERS.jsonl, then the same command again."
    )
    if again:
        said += " To go on without those that failed, give it --without-failed."
    return said
