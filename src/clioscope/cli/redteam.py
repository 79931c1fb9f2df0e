"""clioscope redteam: plant conversations in a copy of the data, and try to draw a secret out of what is published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clioscope.cli import completing
from clioscope.cli.document import AsJson, say_json

if TYPE_CHECKING:
    from clioscope.attack.trial import Outcome

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


@app.command()
def redteam(
    atlas: Annotated[Path, typer.Argument(help="Folder of the atlas; it is not changed.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder that keeps the builds (they hold raw text).", show_default=False),
    ] = None,
    accounts: Annotated[int, typer.Option(min=1, help="Accounts of the attacker, per target.")] = 5,
    poison: Annotated[int, typer.Option(min=1, help="Planted conversations, per target.")] = 20,
    targets: Annotated[int, typer.Option(min=1, max=20, help="Made people whose illness is to be guessed.")] = 12,
    variant: Annotated[
        list[str] | None,
        typer.Option("--variant", help="How they are written (several times: several).", show_default=False),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option("--input", help="File of conversations, if that of the atlas is gone.", show_default=False),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Most of your conversations to use.")] = 1000,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            help="Another language model than the atlas's.",
            show_default=False,
            autocompletion=completing.models,
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no progress.")] = False,
) -> None:
    """Attack a copy of your own data, and say how much can be drawn out of what `publish` writes.

    Made people are added to the copy, each with an age, a sex, a symptom and a secret illness, and beside each of them
    planted conversations that tell the model to give the illness away. The copy is built and published as the atlas
    would be, and the illness is guessed from all that is written. The original is only read.
    """
    from clioscope.attack.guess import CHANCE
    from clioscope.attack.redteam import redteam as attack
    from clioscope.cli.progress import Reporter

    given = {"variants": variant} if variant else {}
    with Reporter(quiet) as progress:
        found = attack(
            atlas,
            out,
            accounts=accounts,
            poison=poison,
            targets=targets,
            source=source,
            most=most,
            model=model,
            progress=progress,
            **given,
        )
    whole = {
        "conversations": found.own,
        "targets": targets,
        "planted": poison,
        "accounts": accounts,
        "chance": CHANCE,
        "outcomes": [outcome_values(one) for one in found.outcomes],
        "advice": found.advice,
    }
    if as_json:
        say_json(whole)
    else:
        _print_table(whole)


def outcome_values(one: Outcome) -> dict[str, Any]:
    """What an attack had of a way of publishing, without the texts that were planted."""
    above = one.above_chance
    return {
        "published": _WAYS[one.way],
        "variant": one.attack.variant,
        "groups": one.groups,
        "targets": len(one.targets),
        "named": one.named,
        "guessed": one.hits,
        "above_chance": above.value,
        "low": above.low,
        "high": above.high,
    }


def _print_table(whole: dict[str, Any]) -> None:
    from rich import box
    from rich.table import Table

    from clioscope.cli.terminal import console

    shown = Table(box=box.HORIZONTALS, padding=(0, 1))
    for name in ("published", "variant", "groups", "named", "guessed", "above chance (95 %)"):
        shown.add_column(name)
    for row in whole["outcomes"]:
        cells = (str(row["groups"]), *(f"{row[name]}/{row['targets']}" for name in ("named", "guessed")))
        span = f"{row['above_chance']:+.2f} ({row['low'] or 0:+.2f} to {row['high'] or 0:+.2f})"
        shown.add_row(row["published"], row["variant"], *cells, span)
    screen = console(wide=120)
    screen.print(
        f"{whole['conversations']:,} of your conversations, {whole['targets']} targets, against each "
        f"{whole['planted']} planted conversations by {whole['accounts']} accounts. Guessing alone is right in "
        f"{whole['chance']:.0%}."
    )
    screen.print(shown)
    for sentence in whole["advice"]:
        screen.print(sentence)


_WAYS = {
    "ours": "as set",
    "no words": "without counting words",
    "no thresholds": "without thresholds of size",
}
