"""What the reporter says on standard error where there is no terminal."""

import pytest

from clioscope.cli.progress import Reporter, about
from clioscope.pipeline.estimate import Estimate


def test_a_pause_is_one_line_now_and_then(capsys) -> None:
    with Reporter() as reporter:
        reporter.begin("facets")
        reporter.wait("facets", 11.2, "the server's rate limit (slow down)")
        reporter.wait("facets", 60.0, "the server's rate limit (slow down)")
    assert capsys.readouterr().err == "facets: waiting 12 s: the server's rate limit (slow down)\n"


def test_a_quiet_reporter_says_nothing(capsys) -> None:
    with Reporter(quiet=True) as reporter:
        reporter.begin("facets")
        reporter.wait("facets", 12.0, "the server's rate limit")
    assert capsys.readouterr().err == ""


def test_a_line_says_what_is_left_of_the_stage_and_of_the_build(capsys) -> None:
    now = 0.0
    with Reporter(clock=lambda: now) as reporter:
        reporter.plan(Estimate(3000, 0, 3000, 20, 450, 0, 0, None, asked=400), screens=False, known_speed=True)
        reporter.begin("facets")
        for done in range(1, 201):
            now += 3.0
            reporter.step("facets", done, 400)
    said = capsys.readouterr().err.splitlines()
    assert said[-1].startswith("facets: 198/400 (3.0 s each, 10 min left, 1")
    assert said[-1].endswith(" min of the build)")
    assert len(said) == 18  # one line in half a minute


def test_without_a_plan_only_the_stage_is_foretold(capsys) -> None:
    now = 0.0
    with Reporter(clock=lambda: now) as reporter:
        reporter.begin("texts")
        for done in range(1, 41):
            now += 1.0
            reporter.step("texts", done, 100)
    assert capsys.readouterr().err == "texts: 31/100 (1.0/s, 1 min left)\n"


def test_the_speed_of_a_stage_that_asks_again_is_that_of_now(capsys) -> None:
    now = 0.0
    with Reporter(clock=lambda: now) as reporter:
        reporter.begin("names")
        for done in [*range(1, 100), *range(1, 12)]:
            now += 9.0
            reporter.step("names", done, 100)
    said = capsys.readouterr().err.splitlines()
    assert said[-1].startswith("names: 9/100 (8.0 s each") or said[-1].startswith("names: 11/100 (8.2 s each")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(3, "a few s"), (44, "40 s"), (90, "2 min"), (3599, "1 h 00 min"), (12_100, "3 h 20 min")],
)
def test_a_forecast_is_round(seconds, said) -> None:
    assert about(seconds) == said
