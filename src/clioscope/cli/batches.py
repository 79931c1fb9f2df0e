"""Options of the commands whose questions can wait for batch files, and what they say when they stop for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from clioscope.cli.document import as_values, say_json
from clioscope.cli.terminal import say
from clioscope.errors import QuestionsWaiting
from clioscope.files.plain import line

if TYPE_CHECKING:
    from clioscope.models.batch.waitlist import Tally

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


class Standing(NamedTuple):
    """How far questions are that wait for a batch: one Tally per stage, how many wait in all, and what to do next (None
    where none waits)."""

    stages: dict[str, Tally]
    waiting: int
    next: str | None

    def as_object(self) -> dict[str, Any]:
        """The same with a list of objects, one per stage."""
        rows = [{"stage": stage, **as_values(tally)} for stage, tally in self.stages.items()]
        return {"stages": rows, "waiting": self.waiting, "next": self.next}


def standing(atlas: Path) -> Standing:
    """How far the questions are that the build of ``atlas`` waits for. Raises AtlasError where no build waits."""
    from clioscope.pipeline.questions import waiting_questions

    stages = waiting_questions(atlas)
    waiting = sum(tally.waiting for tally in stages.values())
    again = any(tally.again for tally in stages.values())
    return Standing(stages, waiting, next_step(line(str(atlas)), again=again) if waiting else None)


@contextmanager
def telling_what_waits(atlas: Path, *, as_json: bool = False) -> Iterator[None]:
    """Say how far a build of ``atlas`` came that stops for a batch, and what to do next; it exits with ``WAITS``."""
    try:
        yield
    except QuestionsWaiting as stop:
        if as_json:
            say_json(standing(atlas).as_object())
        else:
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
