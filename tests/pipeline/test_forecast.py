"""The time that is left, on builds that are played with a clock of their own."""

import random

import pytest

from clioscope.pipeline.forecast import FIGURES, Forecast

HOURS = 3600.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def play(
    conversations, asked, groups, *, factors, noise=0.3, seed=0, known_speed=True, starts=20.0, chunk=4096, again=0.4
):
    """Play a build whose kinds of work take ``factors`` times as long as the figures say, with noise in every step, and
    in which a part of the names is asked ``again``; returns (time, seconds foretold, seconds that were left) for every
    look."""
    clock, generator = Clock(), random.Random(seed)
    forecast = Forecast(clock)
    units = {"conversations": conversations, "asked": asked, "groups": groups}
    looks = []

    def look():
        looks.append((clock.now, forecast.left()))

    for name, figure in FIGURES.items():
        if figure.kind == "ask" and (not asked or name == "screen"):
            continue
        work = units[figure.unit]
        whole = figure.seconds * (work / figure.per) ** figure.power * factors[figure.kind]
        forecast.begin(name)
        if figure.kind == "count":
            for _ in range(20):
                clock.now += whole / 20
                look()
        else:
            clock.now += starts if figure.kind == "ask" and name == "facets" else 0.0
            count = max(1, int(work if figure.kind == "ask" else work / 64))
            calls = [min(chunk, count - done) for done in range(0, count, chunk)] if figure.kind == "ask" else [count]
            each = whole / count
            if name == "names":
                each, calls = whole / (1.4 * count), [*calls, round(again * count)]
            for call in calls:
                for step in range(call):
                    clock.now += each * generator.uniform(1 - noise, 1 + noise)
                    forecast.step(name, step + 1, call)
                    if generator.random() < max(0.01, 200 / count):
                        look()
        forecast.end(name, True)
        if name == "conversations":
            forecast.plan(conversations=conversations, asked=asked, groups=groups, known_speed=known_speed)
            forecast.leave_out("screen")
    end = clock.now
    return [(at, told, end - at) for at, told in looks]


def wrong(looks, since=600.0, least=60.0):
    """The largest error of the forecasts from the tenth minute on, as a share of what was left (a minute at least)."""
    assert any(at >= since for at, _, _ in looks)
    assert all(told is not None for at, told, _ in looks if at >= since)
    return max(abs(told - left) / max(left, least) for at, told, left in looks if at >= since)


MODEL = {"ask": 1.0, "encode": 1.0, "count": 1.0}


@pytest.mark.parametrize("slow", [0.5, 1.0, 3.0])
@pytest.mark.parametrize(
    ("conversations", "asked", "groups"),
    [(3_000, 400, 100), (20_000, 1_000, 100), (100_000, 400, 100), (100_000, 20_000, 500), (1_000_000, 0, 300)],
)
def test_it_is_right_within_a_fifth_from_the_tenth_minute_on(conversations, asked, groups, slow) -> None:
    looks = play(conversations, asked, groups, factors=dict.fromkeys(MODEL, slow))
    read = next(at for at, told, _ in looks if told is not None)  # how much there is to do is known when all is read
    assert wrong(looks, since=max(600.0, read)) <= 0.2


def test_a_model_of_another_speed_is_noticed_with_its_first_answers() -> None:
    looks = play(3_000, 1_000, 60, factors=MODEL | {"ask": 4.0})
    assert looks[-1][0] > 2 * HOURS and wrong(looks) <= 0.2


def test_a_server_is_not_foretold_before_it_answers() -> None:
    looks = play(3_000, 3_000, 100, factors=MODEL | {"ask": 0.2}, known_speed=False)
    asking = next(at for at, told, _ in looks if told is not None)
    assert all(told is None for at, told, _ in looks if at < asking)
    assert wrong(looks, since=max(600.0, asking)) <= 0.2


def test_a_machine_that_becomes_slower_half_way_is_followed() -> None:
    clock = Clock()
    forecast = Forecast(clock)
    forecast.begin("facets")
    for step in range(1, 2001):
        clock.now += 1.0 if step <= 1000 else 3.0
        forecast.step("facets", step, 2000)
        if step == 1500:
            assert forecast.stage_left() == pytest.approx(1500, rel=0.2)
    assert forecast.left() is None  # nobody said what comes after


def test_what_was_kept_teaches_nothing_and_is_not_ahead() -> None:
    clock = Clock()
    forecast = Forecast(clock)
    forecast.plan(conversations=100_000, asked=0, groups=100)
    whole = 0.0
    for name in ("texts", "vectors", "clusters", "layout"):
        forecast.begin(name)
        left = forecast.left()
        assert left is not None and (name == "texts" or left < whole)
        whole = left
        forecast.end(name, False)
    assert forecast.left() is None and forecast.stage_left() is None


def test_a_trial_of_the_model_tells_the_time_before_the_first_question() -> None:
    def told(tried: float | None) -> float | None:
        forecast = Forecast(Clock())
        forecast.plan(conversations=10_000, asked=400, groups=100, tried=tried)
        forecast.leave_out("screen")
        forecast.begin("conversations")
        return forecast.left()

    assert told(6_000.0) == pytest.approx(6_000, rel=0.01)
    assert told(1.0) == told(None), "a trial that cannot be right is not believed"


@pytest.mark.parametrize("again", [0.2, 0.6])
def test_names_that_are_asked_again_are_expected(again) -> None:
    looks = play(10_000, 400, 100, factors=MODEL, again=again)
    right = [abs(told - left) <= 0.2 * max(left, 60.0) for at, told, left in looks if at >= 600.0 and told is not None]
    assert sum(right) >= 0.75 * len(right), "the most are right, although nobody can know how many"
