"""clioscope questions: the questions of a build as batch files, and their answers back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clioscope.cli.batches import Standing, standing
from clioscope.cli.document import AsJson, counted, say_json
from clioscope.cli.terminal import say

if TYPE_CHECKING:
    from clioscope.models.batch.take import Taken

app = typer.Typer(pretty_exceptions_enable=False, no_args_is_help=True, add_completion=False)

_MOST = 20  # broken lines and reasons that are printed

Building = Annotated[
    Path,
    typer.Argument(help="Folder of the atlas, as in build --out; or the file of assign --to.", show_default=False),
]


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
    as_json: AsJson = False,
) -> None:
    """Write the questions that have no answer yet into a batch file, or into numbered ones."""
    from clioscope.pipeline.questions import export_questions

    size = None if megabytes is None else int(megabytes * 1e6)
    written = export_questions(atlas, file, format=format, stage=stage, rows=rows, size=size)
    if as_json:
        say_json({"questions": sum(one.questions for one in written), "files": written})
        return
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
    as_json: AsJson = False,
) -> None:
    """Read the answers of a batch. Partial files, repeated files and failed questions do no harm."""
    from clioscope.pipeline.questions import import_answers

    taken = import_answers(atlas, answers)
    state = standing(atlas)
    if as_json:
        say_json(_taken(taken) | state.as_object())
        return
    _say_taken(taken)
    _say_state(state)


@app.command()
def status(atlas: Building, as_json: AsJson = False) -> None:
    """Print how far the questions of a build are that wait for batches."""
    state = standing(atlas)
    if as_json:
        say_json(state.as_object())
    else:
        _say_state(state)


def _taken(taken: Taken) -> dict[str, Any]:
    """What was read, as counts; without the single failures, which the ledger has."""
    counts = ("stored", "unusable", "failed", "known", "repeated", "others", "reformed")
    return {
        "lines": taken.lines,
        **{name: getattr(taken, name) for name in counts},
        "reasons": counted(taken.reasons, "reason"),
        "broken": taken.broken,
    }


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


def _say_state(state: Standing) -> None:
    for stage, tally in state.stages.items():
        say(f"{stage}: {tally}")
    say(state.next or "No question waits for an answer: run the same build again.")
