"""How a build tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Step = Callable[[int, int], None]  # of one task: how many are done, and of how many


class Progress(Protocol):
    """What a build reports: a stage begins, is ``done`` of ``total`` on, ends (``fresh`` False: taken over); it waits,
    for so many seconds and why, as when a server limits the rate; and it says a sentence, as what was recognised."""

    def begin(self, stage: str) -> None: ...

    def step(self, stage: str, done: int, total: int | None) -> None: ...

    def end(self, stage: str, seconds: float, fresh: bool) -> None: ...

    def wait(self, stage: str, seconds: float, why: str) -> None: ...

    def say(self, text: str) -> None: ...


class Silent:
    """Reports to nobody."""

    def begin(self, stage: str) -> None: ...

    def step(self, stage: str, done: int, total: int | None) -> None: ...

    def end(self, stage: str, seconds: float, fresh: bool) -> None: ...

    def wait(self, stage: str, seconds: float, why: str) -> None: ...

    def say(self, text: str) -> None: ...


def on_pause(progress: Progress) -> Callable[[str, float, str], None]:
    """Where to tell of pauses; somebody's own progress may tell of stages only."""
    return getattr(progress, "wait", Silent().wait)


def on_saying(progress: Progress) -> Callable[[str], None]:
    """Where to say a sentence; somebody's own progress may tell of stages only."""
    return getattr(progress, "say", Silent().say)
