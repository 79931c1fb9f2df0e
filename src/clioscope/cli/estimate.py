"""What a build will ask, said and confirmed."""

from __future__ import annotations

import sys

import typer

from clioscope.cli.progress import Reporter, duration
from clioscope.errors import SettingsError
from clioscope.pipeline.estimate import Estimate
from clioscope.settings import Settings


def say_dry_run(found: Estimate) -> None:
    """All that a dry run found out."""
    print(f"{found.records:,} records, {found.rejected:,} rejected, {found.conversations:,} distinct to analyse")
    print(f"about {found.groups:,} groups at all levels")
    print(
        f"about {found.calls:,} questions{_more(found)}: {found.prompt_tokens:,} prompt tokens, "
        f"{found.completion_tokens:,} answer tokens"
    )
    cost = "no prices set (model.price_in, model.price_out)" if found.money is None else f"{found.money:,.2f}"
    print(f"about this much money: {cost}")
    known = "not known for this model" if found.seconds is None else f"{duration(found.seconds)} on two idle cores"
    print(f"about this much time: {known}")


class Confirm:
    """Says in one line what a build will ask; above the limits of the settings asks whether to go on.

    Where nobody can be asked (no terminal) a build above a limit ends with the option that lets it go on.
    """

    def __init__(self, settings: Settings, reporter: Reporter, *, yes: bool, quiet: bool) -> None:
        self._settings, self._reporter, self._yes, self._quiet = settings.model, reporter, yes, quiet

    def __call__(self, found: Estimate) -> None:
        if not found.calls:
            return
        line = f"about {found.calls:,} questions{_more(found)}"
        if found.money is not None:
            line += f", {found.money:,.2f} of money"
        if found.seconds is not None:
            line += f", {duration(found.seconds)} on two idle cores"
        with self._reporter.paused():
            over = self._over(found)
            if over is None or self._yes:
                if not self._quiet:
                    print(f"{line} (estimated)", file=sys.stderr, flush=True)
                return
            text, setting = over
            if not sys.stdin.isatty():
                raise SettingsError(f"{text} Give --yes to go on, or raise {setting}.")
            typer.confirm(f"{text} Go on?", abort=True)

    def _over(self, found: Estimate) -> tuple[str, str] | None:
        """Which limit the build is above: a sentence, and the setting."""
        if found.money is not None and found.money > self._settings.confirm_above:
            return f"This build will cost about {found.money:,.2f} ({found.calls:,} questions).", "model.confirm_above"
        if found.remote > self._settings.confirm_questions:
            return (
                f"This build will put about {found.remote:,} questions to a model on another machine.",
                "model.confirm_questions",
            )
        return None


def _more(found: Estimate) -> str:
    return f" ({found.stored:,} others are answered already)" if found.stored else ""
