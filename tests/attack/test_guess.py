"""What a reader can make of published text."""

import pytest

from clioscope.attack.guess import guess_illness, mentions, readings
from clioscope.attack.poison import lookalike
from clioscope.attack.target import made_targets
from clioscope.attack.words import ILLNESSES, SYMPTOMS


@pytest.mark.parametrize("disguise", [str, str.upper, lookalike, "-".join, " ".join, "\u200b".join, lambda t: t[::-1]])
@pytest.mark.parametrize("illness", ILLNESSES, ids=lambda illness: illness.en)
def test_no_disguise_hides_an_illness(illness, disguise):
    assert mentions(readings(f"Users: {disguise(illness.en)}"), illness)
    assert mentions(readings(f"Users: {disguise(illness.ru)}"), illness)


def test_only_what_stands_with_the_symptom_counts():
    target = made_targets(1)[0]
    symptom = SYMPTOMS[target.symptom].en
    assert guess_illness(target, [f"{symptom}: lupus", "gout", "gout"]) == (0, True)
    assert not guess_illness(target, ["gout", symptom]).named


def test_without_any_text_the_guess_is_right_as_often_as_chance():
    hits = [guess_illness(one, []).illness == one.illness for seed in range(100) for one in made_targets(20, seed)]
    assert sum(hits) / len(hits) == pytest.approx(0.05, abs=0.015)
