"""How many questions a build will ask: printed, and confirmed if they are many."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from clioscope.cli.progress import Reporter, duration
from clioscope.cli.terminal import say
from clioscope.errors import SettingsError
from clioscope.files.plain import plain
from clioscope.pipeline.estimate import Estimate
from clioscope.pipeline.notices import said_of_asked
from clioscope.settings import Settings


def say_dry_run(estimate: Estimate) -> None:
    """Print what a dry run found out."""
    read = f"{estimate.records:,} records, {estimate.rejected:,} of them rejected"
    say(f"{read}; {estimate.conversations:,} distinct conversations to analyse")
    say(f"up to about {estimate.groups:,} groups at all levels")
    about = estimate.about_encoder
    say(about if estimate.encoder in about else f"encoder: {estimate.encoder}{f'. {about}' if about else ''}")
    if estimate.asked:
        say(said_of_asked(estimate.asked, estimate.conversations))
    if not estimate.calls and not estimate.stored:
        say("no language model is asked")
        return
    say(
        f"about {estimate.calls:,} questions{_more(estimate)}: {estimate.prompt_tokens:,} prompt tokens, "
        f"{estimate.completion_tokens:,} answer tokens"
    )
    if estimate.money is not None:
        say(f"cost: about {estimate.money:,.2f}")
    elif estimate.remote:
        say("cost: not known, since no prices are set (model.price_in, model.price_out)")
    known = "not known for this model"
    if estimate.seconds is not None:
        known = f"about {duration(estimate.seconds)} on two idle cores"
    say(f"time: {known}")


class Confirm:
    """Prints in one line how many questions a build will ask, and asks for confirmation above the settings' limits.

    Without a terminal, a build above a limit ends with an error that names the option to go on.
    """

    def __init__(self, settings: Settings, reporter: Reporter, *, yes: bool, quiet: bool) -> None:
        self._settings, self._reporter, self._yes, self._quiet = settings.model, reporter, yes, quiet
        self._screens = settings.facets.screen is not None

    def __call__(self, estimate: Estimate) -> None:
        known = estimate.seconds is not None or not estimate.calls
        self._reporter.plan(estimate, screens=self._screens, known_speed=known)
        if not estimate.calls:
            return
        line = f"{said_of_asked(estimate.asked, estimate.conversations)}; " if estimate.asked else ""
        line += f"about {estimate.calls:,} questions{_more(estimate)}"
        if estimate.money is not None:
            line += f", {estimate.money:,.2f} of money"
        if estimate.seconds is not None:
            line += f", {duration(estimate.seconds)} on {'this machine' if estimate.measured else 'two idle cores'}"
        with self._reporter.paused():
            over = self._over(estimate)
            if over is None or self._yes:
                if not self._quiet:
                    say(f"{line} (estimated)", err=True)
                return
            text, setting = over
            if not sys.stdin.isatty():
                raise SettingsError(f"{text} Give --yes to go on, or raise {setting}.")
            typer.confirm(f"{text} Go on?", abort=True, err=True)

    def _over(self, estimate: Estimate) -> tuple[str, str] | None:
        """A sentence about the limit that the build exceeds, and the setting of that limit; None below the limits."""
        if estimate.money is not None and estimate.money > self._settings.confirm_above:
            return (
                f"This build will cost about {estimate.money:,.2f} ({estimate.calls:,} questions).",
                "model.confirm_above",
            )
        if estimate.remote > self._settings.confirm_questions:
            return (
                f"This build will send about {estimate.remote:,} questions to a model on another machine.",
                "model.confirm_questions",
            )
        return None


class ConfirmLoss:
    """Asks for confirmation before a build that removes something from the atlas in its place.

    Without a terminal, such a build ends with an error that names the options to go on.
    """

    def __init__(self, out: Path, reporter: Reporter, *, yes: bool) -> None:
        self._out, self._reporter, self._yes = out, reporter, yes

    def __call__(self, lost: Sequence[str]) -> None:
        if self._yes:
            return
        text = f"{self._out}: a build with these settings removes {'; '.join(lost)}."
        with self._reporter.paused():
            if not sys.stdin.isatty():
                raise SettingsError(f"{text} Give --yes to go on, or --out another folder.")
            typer.confirm(f"{plain(text)} Go on?", abort=True, err=True)


def _more(estimate: Estimate) -> str:
    return f" ({estimate.stored:,} others are answered already)" if estimate.stored else ""
