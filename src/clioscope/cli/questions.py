"""clioscope questions: the questions of a build as batch files, and their answers back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clioscope.cli.batches import next_step
from clioscope.cli.terminal import say

if TYPE_CHECKING:
    from clioscope.models.batch.take import Taken

app = typer.Typer(pretty_exceptions_enable=False, no_args_is_help=True, add_completion=False)

_MOST = 20  # broken lines and reasons that are printed

Building = Annotated[Path, typer.Argument(help="Folder of the atlas, as in build --out or update.", show_default=False)]


@app.callback()
def questions() -> None:
    """Write the questions of a build into batch files, and read the answers back.

    `clioscope build --batch` stops where it would ask a model. `export` writes the questions that wait, `import` reads
    what the service answered, and the same build goes on to the next questions.
    """


@app.command()
def export(
    atlas: Building,
    file: Annotated[Path, typer.Argument(help="File to write, for example questions.jsonl.", show_default=False)],
    stage: Annotated[
        str | None, typer.Option(help="Only questions of this stage, for example facets.", show_default=False)
    ] = None,
    format: Annotated[
        str, typer.Option(help="Form of the file: openai, vllm, azure, mistral or anthropic.")
    ] = "openai",
    rows: Annotated[
        int | None,
        typer.Option(min=1, help="Most questions in one file (default: what the service takes).", show_default=False),
    ] = None,
    megabytes: Annotated[
        float | None,
        typer.Option(
            min=0.001, help="Most megabytes in one file (default: what the service takes).", show_default=False
        ),
    ] = None,
) -> None:
    """Write the questions that have no answer yet into a batch file, or into numbered ones."""
    from clioscope.pipeline.questions import export_questions

    size = None if megabytes is None else int(megabytes * 1e6)
    written = export_questions(atlas, file, format=format, stage=stage, rows=rows, size=size)
    for one in written:
        count = f"{one.questions:,} question{'' if one.questions == 1 else 's'}"
        say(f"{one.path}: {count} for {one.model}, {one.size / 1e6:,.1f} MB")
    if not written:
        say("No question waits for an answer: run the same build again.")


@app.command("import")
def import_(
    atlas: Building,
    answers: Annotated[
        list[Path],
        typer.Argument(help="Files that came back, in any order; also the files of errors.", show_default=False),
    ],
) -> None:
    """Read the answers of a batch. Partial files, repeated files and failed questions do no harm."""
    from clioscope.pipeline.questions import import_answers

    _say_taken(import_answers(atlas, answers))
    _say_state(atlas)


@app.command()
def status(atlas: Building) -> None:
    """Print how far the questions of a build are that wait for batches."""
    _say_state(atlas)


def _say_taken(taken: Taken) -> None:
    counts = {
        "answers stored": taken.stored,
        "stored, but of no use": taken.unusable,
        "failed": taken.failed,
        "answered before": taken.known,
        "read before": taken.repeated,
        "of no question of this build": taken.others,
        "broken": len(taken.broken),
    }
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count) or "nothing in them"
    say(f"{taken.lines:,} lines: {said}")
    for reason, count in taken.reasons.most_common(_MOST):
        say(f"  {count:,} × {reason}")
    if taken.reformed:
        say(f"{taken.reformed:,} of these will be asked in another form, which the service may accept.")
    for broken in taken.broken[:_MOST]:
        say(f"  {broken}")
    if len(taken.broken) > _MOST:
        say(f"  and {len(taken.broken) - _MOST:,} more broken lines")


def _say_state(atlas: Path) -> None:
    from clioscope.pipeline.questions import waiting_questions

    state = waiting_questions(atlas)
    for stage, tally in state.items():
        say(f"{stage}: {tally}")
    if not any(tally.waiting for tally in state.values()):
        say("No question waits for an answer: run the same build again.")
    else:
        say(next_step(str(atlas), again=any(tally.again for tally in state.values())))
