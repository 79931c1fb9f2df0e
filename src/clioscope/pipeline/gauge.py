"""How much memory a piece of work takes."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_EVERY = 0.05  # seconds between looks
_STATM, _STATUS = Path("/proc/self/statm"), Path("/proc/self/status")


class Gauge:
    """A context; ``peak`` is then the most memory that this process held within it, in bytes of resident pages.

    Exact where the work took more than all work before it, since the system keeps that mark; otherwise the largest of
    what was seen every 0.05 seconds. None on systems that do not tell. Memory of other processes is not counted.
    """

    def __init__(self) -> None:
        self.peak: int | None = None
        self._mark: int | None = None
        self._over = threading.Event()
        self._watcher: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._mark, self.peak = _highest(), _resident()
        if self.peak is not None:
            self._watcher = threading.Thread(target=self._watch, name="clioscope-gauge", daemon=True)
            self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watcher is None:
            return
        self._over.set()
        self._watcher.join()
        self._look()
        mark = _highest()
        if mark is not None and self._mark is not None and mark > self._mark:
            self.peak = mark

    def _watch(self) -> None:
        while not self._over.wait(_EVERY):
            self._look()

    def _look(self) -> None:
        now = _resident()
        if now is not None and self.peak is not None:
            self.peak = max(self.peak, now)


def _resident() -> int | None:
    """Bytes that this process holds in memory now."""
    try:
        return int(_STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return None


def _highest() -> int | None:
    """The most bytes that it ever held."""
    try:
        lines = _STATUS.read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration, IndexError, ValueError):
        return None
