"""One pause for all, fewer at once, and slowly more again; on a clock of its own."""

import asyncio
import math

import pytest

from clioscope.models.pace import Pace


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock():
    return Clock()


def paced(clock, **options):
    return Pace(clock=clock, sleep=clock.sleep, **options)


async def turn(pace):
    async with pace.turn() as sent:
        return sent


def test_nobody_asks_before_the_pause_is_over(clock):
    pace = paced(clock)

    async def main():
        pace.limited(await turn(pace), 7.5)
        return await asyncio.gather(*(turn(pace) for _ in range(5)))

    assert min(asyncio.run(main())) == 7.5


def test_a_burst_of_refusals_halves_once_and_answers_raise_by_a_tenth(clock):
    pace = paced(clock, most=8)

    async def hold(gate):
        async with pace.turn() as sent:
            await gate.wait()
            return sent

    async def main():
        gate = asyncio.Event()
        asked = [asyncio.create_task(hold(gate)) for _ in range(8)]
        await asyncio.sleep(0)
        clock.now = 1.0
        gate.set()
        for sent in await asyncio.gather(*asked):
            pace.limited(sent, 1.0)
        assert pace.limit == 4
        for _ in range(10):
            pace.answered()
        assert pace.limit == pytest.approx(5)
        for _ in range(31):
            pace.answered()
        assert pace.limit == math.inf

    asyncio.run(main())


def test_no_more_at_once_than_the_limit(clock):
    pace = paced(clock)
    pace.limit = 2.0
    inside, most = 0, 0

    async def ask():
        nonlocal inside, most
        async with pace.turn():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    async def main():
        await asyncio.gather(*(ask() for _ in range(9)))

    asyncio.run(main())
    assert most == 2


def test_without_a_time_the_waits_double(clock):
    pace, waits = paced(clock, first_wait=1.0), []
    pace.on_pause = lambda seconds, why: waits.append((seconds, why))

    async def main():
        for _ in range(5):
            pace.limited(await turn(pace), None, "slow down")

    asyncio.run(main())
    told = [seconds for seconds, _ in waits[-3:]]
    assert all(most / 2 <= seconds <= most for most, seconds in zip((4.0, 8.0, 16.0), told, strict=True))
    assert {why for _, why in waits} == {"the server's rate limit (slow down)"}


def test_a_pause_is_told_once_and_short_ones_are_not(clock):
    pace, told = paced(clock), []
    pace.on_pause = lambda seconds, why: told.append(seconds)
    pace.limited(0.0, 12.0)
    pace.limited(0.0, 12.0)
    pace.pause(0.3, "why")
    assert told == [12.0]


def test_patience_ends_sooner_where_nothing_was_ever_answered_and_not_at_all_for_an_honest_429(clock):
    def until_given_up(pace, asked, **how):
        began = clock.now
        while pace.limited(clock.now, asked, **how):
            clock.now += max(1.0, pace._until - clock.now)
            if clock.now - began > 10_000:
                return None
        return clock.now - began

    assert 90 < until_given_up(paced(clock), None, endless=False) < 200
    heard = paced(clock, patience=600)
    heard.answered()
    assert 600 < until_given_up(heard, None, endless=False) < 700
    assert 300 < until_given_up(paced(clock), 100.0, endless=False) < 500
    assert until_given_up(paced(clock), None) is None


def test_a_cancelled_question_leaves_its_place(clock):
    pace = paced(clock)
    pace.limit = 1.0

    async def main():
        async with pace.turn():
            waiting = asyncio.create_task(turn(pace))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        return await asyncio.wait_for(turn(pace), 1)

    assert asyncio.run(main()) == 0.0
    assert pace._waiting == []
