"""What a build says at its end."""

import pytest

from clioscope.cli.built import say_built

COUNTS = dict.fromkeys(("groups", "rejected", "flawed", "unread", "failed", "unserved", "withheld_audit"), 0)


@pytest.mark.parametrize(("number", "said"), [(1, "an atlas of one conversation"), (99, "of 99 conversations")])
def test_an_atlas_of_few_conversations_is_called_a_first_look(number, said, capsys) -> None:
    say_built({"atlas": "a", "counts": COUNTS | {"conversations": number}, "unscreened": 0, "notices": []})
    told = " ".join(capsys.readouterr().err.split())
    assert said in told and "first look" in told


def test_one_of_many_is_not(capsys) -> None:
    say_built({"atlas": "a", "counts": COUNTS | {"conversations": 100}, "unscreened": 0, "notices": ["Mind this."]})
    told = capsys.readouterr().err
    assert "Mind this." in told and "first look" not in told
