"""How fast a server may be asked: a pause holds for all questions, and fewer are asked at once after a rate limit."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from clioscope.models.retry import backoff

_RAISE = 0.1  # questions at once that each answer adds again: ten answers for one more
_FIRST_PATIENCE = 90.0  # seconds for a server that has not answered a single question yet
_LONGER = 3.0  # times what the server asked to wait for
_NAMED_TOO_SHORT = 10.0  # seconds at most where a server names a time again and again
_WORTH_TELLING = 1.0  # seconds


class Pace:
    """The pace that all questions to one server share.

    A rate limit pauses all of them, for as long as the server says or for a time that doubles, and halves how many are
    asked at once; every answer raises that again by a tenth of a question, and at ``most`` the limit ends.
    ``patience``: a question is given up after this many seconds of nothing but rate limits that come with status 200.
    It is longer if the server asks for more, and shorter if the server has answered nothing yet. ``on_pause`` is called
    with (seconds, why) when a pause of a second or more begins.
    """

    def __init__(
        self,
        *,
        most: int = 16,
        patience: float = 600.0,
        first_wait: float = 0.5,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.limit = math.inf
        self.on_pause: Callable[[float, str], None] | None = None
        self.sleep = sleep
        self.heard = False  # whether any question has been answered
        self._patience, self._first_wait, self._clock = patience, first_wait, clock
        self._until = self._cut = -math.inf
        self._since: float | None = None  # the first of the rate limits since the last answer
        self._longest = 0.0  # that the server has asked for since then
        self._strikes = 0
        self._inside = self._peak = 0
        self._most = most
        self._waiting: list[asyncio.Future[None]] = []

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """Wait for the end of the pause and for room, then ask; yields the moment of asking."""
        while True:
            left = self._until - self._clock()
            if left > 0:
                await self.sleep(left)
            elif self._inside >= self.limit:
                place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._waiting.append(place)
                try:
                    await place
                finally:
                    with suppress(ValueError):
                        self._waiting.remove(place)
            else:
                break
        self._inside += 1
        self._peak = max(self._peak, self._inside)
        try:
            yield self._clock()
        finally:
            self._inside -= 1
            self._wake()

    def answered(self) -> None:
        """A question was answered."""
        self.heard = True
        self.forget()
        if self.limit < math.inf:
            self.limit += _RAISE
            if self.limit >= self._most:
                self.limit = math.inf
            self._wake()

    def forget(self) -> None:
        """Count rate limits and patience from the start again; how many are asked at once stays."""
        self._since, self._longest, self._strikes = None, 0.0, 0

    def limited(self, sent: float, asked: float | None, words: str = "", *, endless: bool = True) -> bool:
        """A question that was asked at ``sent`` met a rate limit that lasts ``asked`` seconds (None: not said).

        ``words`` are the server's. Returns False when the patience has run out; ``endless`` patience never does.
        """
        now = self._clock()
        if self._since is None:
            self._since = now
        self._longest = max(self._longest, asked or 0.0)
        self.slow(sent)
        base = self._patience if self.heard else min(self._patience, _FIRST_PATIENCE)
        if not endless and now - self._since > max(base, _LONGER * self._longest):
            return False
        own = backoff(self._strikes - 1, self._first_wait)
        wait = asked or own
        if asked and self._strikes > 4:  # it goes on to refuse after the time that it named
            wait = max(asked, min(own, _NAMED_TOO_SHORT, 10 * asked + 1))
        self.pause(wait, "the server's rate limit" + (f" ({words})" if words else ""))
        return True

    def slow(self, sent: float) -> None:
        """Halve how many are asked at once; only once for all questions that were in flight together."""
        if sent < self._cut:
            return
        self.limit = max(1.0, float(int(min(self.limit, self._peak) / 2)))
        self._peak = self._inside
        self._strikes += 1
        self._cut = self._clock()

    def pause(self, seconds: float, why: str) -> None:
        """Ask nothing for this many seconds."""
        until = self._clock() + seconds
        longer = until - max(self._until, self._clock())
        self._until = max(self._until, until)
        if self.on_pause is not None and seconds >= _WORTH_TELLING and longer >= _WORTH_TELLING:
            self.on_pause(seconds, why)

    def _wake(self) -> None:
        for place in self._waiting:
            if not place.done():
                place.set_result(None)
