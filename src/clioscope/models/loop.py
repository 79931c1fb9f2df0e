"""Run a coroutine to its end, also from inside a running event loop (a notebook)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

R = TypeVar("R")


def run_loop(work: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine to its end, from a thread where this one already runs an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    return _Threaded(work).result()


class _Threaded(Generic[R]):
    """A coroutine in a loop of its own thread; an interrupt of the waiting thread cancels it."""

    def __init__(self, work: Coroutine[Any, Any, R]) -> None:
        self._outcome: list[R] = []
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[R] | None = None
        self._thread = threading.Thread(target=self._main, args=(work,), name="clioscope-ask", daemon=True)

    def result(self) -> R:
        self._thread.start()
        try:
            self._thread.join()
        except BaseException:
            if self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join(30)
            raise
        if self._error is not None:
            raise self._error
        return self._outcome[0]

    def _main(self, work: Coroutine[Any, Any, R]) -> None:
        async def watched() -> R:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
            return await work

        try:
            self._outcome.append(asyncio.run(watched()))
        except BaseException as error:
            self._error = error
