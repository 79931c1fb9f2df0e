"""Progress of a build: bars on a terminal, one line per stage elsewhere."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
)

from clioscope.cli.terminal import console, say
from clioscope.pipeline.forecast import Forecast

if TYPE_CHECKING:
    from clioscope.pipeline.estimate import Estimate

_STEP = 30.0  # seconds between lines where there is no terminal


class Reporter:
    """Shows the stages of a build on standard error. ``clock`` gives seconds that only grow."""

    def __init__(self, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._forecast = clock, Forecast(clock)
        self._console = console(err=True, wide=None)
        self._quiet = quiet
        self._bars: Progress | None = None
        self._task: dict[str, int] = {}
        self._began: dict[str, float] = {}
        self._done: dict[str, int] = {}
        self._said = 0.0
        self._waited = -math.inf

    def __enter__(self) -> Self:
        if not self._quiet and self._console.is_terminal:
            self._bars = Progress(
                SpinnerColumn(),
                TextColumn("{task.description:<14}"),
                BarColumn(bar_width=30),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TextColumn("{task.fields[left]}"),
                console=self._console,
                transient=True,
            )
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hide the bars while something else is printed or asked."""
        if self._bars is not None:
            self._bars.stop()
        try:
            yield
        finally:
            if self._bars is not None:
                self._bars.start()

    def plan(self, estimate: Estimate, *, screens: bool, known_speed: bool) -> None:
        """Say how much a build has before it, so that its end can be foretold (see ``Forecast.plan_of``)."""
        self._forecast.plan_of(estimate, screens=screens, known_speed=known_speed)

    def begin(self, stage: str) -> None:
        """A stage begins."""
        self._forecast.begin(stage)
        self._began[stage] = self._clock()
        self._said = self._clock()
        if self._bars is not None:
            self._task[stage] = self._bars.add_task(stage, total=None, rate="", left="")

    def step(self, stage: str, done: int, total: int | None) -> None:
        """A stage has done ``done`` of ``total`` steps."""
        now = self._clock()
        if done < self._done.get(stage, 0):  # a stage that asks several times begins anew at each
            self._began[stage] = now
        self._done[stage] = done
        rate = _rate(done, now - self._began.setdefault(stage, now))
        if stage != "weights":
            self._forecast.step(stage, done, total)
        if self._bars is not None:
            if stage not in self._task:
                self._task[stage] = self._bars.add_task(stage, total=total, rate="", left="")
            self._bars.update(self._task[stage], completed=done, total=total, rate=rate, left=self._left())  # type: ignore[arg-type]
            if stage == "weights" and done == total:
                self._bars.remove_task(self._task.pop(stage))  # type: ignore[arg-type]
        elif not self._quiet and now - self._said > _STEP:
            self._said = now
            left = f", {told}" if (told := self._left()) else ""
            of = f"/{total:,}" if total else ""
            self._line(f"{stage}: {done:,}{of} ({rate}{left})")

    def wait(self, stage: str, seconds: float, why: str) -> None:
        """A stage waits. Its bar says so until the next step; without bars, a line says so from time to time."""
        text = f"waiting {math.ceil(seconds):,} s: {why}"
        if self._bars is not None:
            if stage in self._task:
                self._bars.update(self._task[stage], rate=text.partition(" (")[0])  # type: ignore[arg-type]
            return
        now = self._clock()
        if not self._quiet and now - self._waited > _STEP:
            self._waited = now
            self._line(f"{stage}: {text}")

    def end(self, stage: str, seconds: float, fresh: bool) -> None:
        """A stage ends; ``fresh`` is False if its result was kept from an earlier run."""
        self._forecast.end(stage, fresh)
        if self._bars is not None and stage in self._task:
            self._bars.remove_task(self._task.pop(stage))  # type: ignore[arg-type]
        if not self._quiet:
            self._line(f"{stage:<14} {duration(seconds) if fresh else 'unchanged'}")

    def say(self, text: str) -> None:
        """Print a sentence about the build."""
        if not self._quiet:
            self._line(text)

    def _left(self) -> str:
        """The time that is left of the stage, and of the build where that can be told."""
        stage, whole = self._forecast.stage_left(), self._forecast.left()
        if stage is None:
            return ""
        return f"{about(stage)} left" + ("" if whole is None else f", {about(whole)} of the build")

    def _line(self, text: str) -> None:
        if self._bars is not None:
            self._bars.console.print(text)
        else:
            say(text, err=True)


def _rate(done: int, seconds: float) -> str:
    if not done or seconds <= 0:
        return ""
    rate = done / seconds
    return f"{rate:,.1f}/s" if rate >= 1 else f"{1 / rate:,.1f} s each"


def duration(seconds: float) -> str:
    """Seconds for a reader: 12.3 s, 4 min 05 s."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60):02d} s"


def about(seconds: float) -> str:
    """Seconds as roughly as a forecast deserves: 40 s, 12 min, 3 h 20 min."""
    if seconds < 60:
        return f"{round(seconds, -1):.0f} s" if seconds >= 10 else "a few s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60:,} h {minutes % 60 // 5 * 5:02d} min"
