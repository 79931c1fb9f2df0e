"""Progress of a build in a notebook: one block below the cell, which is rewritten as the build goes on.

It needs nothing but IPython, which every notebook has, so it looks the same in Jupyter, Colab and VS Code.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from html import escape
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from clioscope.cli.progress import about, duration
from clioscope.files.plain import plain
from clioscope.pipeline.forecast import Forecast

if TYPE_CHECKING:
    from clioscope.pipeline.estimate import Estimate

_OFTEN = 0.5  # seconds between two pictures of a stage at work


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook (Jupyter, Colab, VS Code), which shows HTML."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


class NotebookReporter:
    """Shows the stages of a build below a cell. ``clock`` gives seconds that only grow; ``show`` gets each picture."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, show: Callable[[str], None] | None = None) -> None:
        self._clock, self._forecast = clock, Forecast(clock)
        self._show = show or _Block().show
        self._done: list[tuple[str, str]] = []
        self._said: list[str] = []
        self._now: tuple[str, int, int | None] | None = None
        self._waits = ""
        self._drawn = -math.inf

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and self._now is not None:
            self._waits = "stopped"
        self._draw()

    def plan(self, estimate: Estimate, *, screens: bool, known_speed: bool) -> None:
        """Say how much a build has before it, so that its end can be foretold (see ``Forecast.plan_of``)."""
        self._forecast.plan_of(estimate, screens=screens, known_speed=known_speed)

    def begin(self, stage: str) -> None:
        """A stage begins."""
        self._forecast.begin(stage)
        self._now, self._waits = (stage, 0, None), ""
        self._draw()

    def step(self, stage: str, done: int, total: int | None) -> None:
        """A stage has done ``done`` of ``total`` steps."""
        if stage != "weights":
            self._forecast.step(stage, done, total)
        self._now, self._waits = (stage, done, total), ""
        if self._clock() - self._drawn >= _OFTEN:
            self._draw()

    def wait(self, stage: str, seconds: float, why: str) -> None:
        """A stage waits; its line says so until the next step."""
        self._waits = f"waiting {math.ceil(seconds):,} s: {why}"
        if self._clock() - self._drawn >= _OFTEN:
            self._draw()

    def end(self, stage: str, seconds: float, fresh: bool) -> None:
        """A stage ends; ``fresh`` is False if its result was kept from an earlier run."""
        self._forecast.end(stage, fresh)
        self._done.append((stage, duration(seconds) if fresh else "unchanged"))
        self._now, self._waits = None, ""
        self._draw()

    def say(self, text: str) -> None:
        """Show a sentence about the build."""
        self._said.append(text)
        self._draw()

    def _draw(self) -> None:
        self._drawn = self._clock()
        lines = [f"<div>{_text(sentence)}</div>" for sentence in self._said]
        if self._now is not None:
            lines.append(self._running(*self._now))
        if self._done:
            lines.append(f'<div style="opacity:.7">{" · ".join(_text(f"{a} {b}") for a, b in self._done)}</div>')
        self._show(f'<div style="font:13px/1.5 system-ui,sans-serif">{"".join(lines)}</div>')

    def _running(self, stage: str, done: int, total: int | None) -> str:
        left, whole = self._forecast.stage_left(), self._forecast.left()
        said = [f"{done:,} of {total:,}" if total else f"{done:,}" if done else ""]
        said += [f"{about(left)} left" if left is not None else "", f"{about(whole)} of the build" if whole else ""]
        beside = self._waits or ", ".join(one for one in said if one)
        bar = f'<progress max="{total}" value="{done}"></progress> ' if total else ""
        return f"<div><b>{_text(stage)}</b> {bar}{_text(beside)}</div>"


class _Block:
    """A block of HTML below the running cell, made at the first picture and rewritten by the others."""

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, html: str) -> None:
        from IPython.display import HTML, display

        if self._handle is None:
            self._handle = display(HTML(html), display_id=True)
        else:
            self._handle.update(HTML(html))


def _text(text: str) -> str:
    return escape(plain(text))
