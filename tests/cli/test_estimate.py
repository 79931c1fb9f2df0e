"""What a build says before it asks, and when it asks whether to go on."""

import pytest

from clioscope.cli.estimate import Confirm
from clioscope.cli.progress import Reporter
from clioscope.errors import SettingsError
from clioscope.pipeline.estimate import Estimate
from clioscope.settings import load_settings

FOUND = Estimate(60, 0, 60, 10, 80, 1000, 100, None)


def confirm(found, *, yes=False, quiet=False, **settings):
    Confirm(load_settings(**settings), Reporter(True), yes=yes, quiet=quiet)(found)


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())


def test_one_quiet_line(capsys) -> None:
    confirm(FOUND._replace(seconds=245.0, stored=20))
    said = "about 80 questions (20 others are answered already), 4 min 05 s on two idle cores (estimated)\n"
    assert capsys.readouterr() == ("", said)
    confirm(FOUND, quiet=True)
    confirm(FOUND._replace(calls=0))
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("found", "settings", "said"),
    [
        (FOUND._replace(money=7.0), {}, r"about 7\.00 \(80 questions\)\. Give --yes .* raise model\.confirm_above\."),
        (
            FOUND._replace(remote=20_001),
            {},
            r"20,001 questions to a model on another machine\. .*\.confirm_questions",
        ),
        (FOUND._replace(remote=80), {"model__confirm_questions": 79}, "Give --yes"),
    ],
)
def test_above_a_limit_without_a_terminal_the_way_on_is_said(found, settings, said) -> None:
    with pytest.raises(SettingsError, match=said):
        confirm(found, **settings)
    confirm(found, yes=True, **settings)


def test_below_the_limits_nobody_is_asked(terminal) -> None:
    confirm(FOUND._replace(money=5.0, remote=20_000))
    confirm(FOUND._replace(calls=10**6))


def test_on_a_terminal_the_question_is_put(terminal, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr("typer.confirm", lambda text, abort, err: asked.append(text) if err else None)
    confirm(FOUND._replace(remote=30_000))
    assert asked == ["This build will send about 30,000 questions to a model on another machine. Go on?"]
