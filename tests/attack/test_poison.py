"""What is planted, and against whom."""

from collections import Counter

import pytest

from clioscope.attack.background import background
from clioscope.attack.guess import mentions, readings
from clioscope.attack.poison import VARIANTS, poison
from clioscope.attack.target import made_targets, target_record
from clioscope.attack.words import ILLNESSES, SYMPTOMS


def told(record):
    return record["messages"][0]["content"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_accounts_and_conversations_are_as_many_as_asked(variant):
    target = made_targets(3)[2]
    made = poison(target, variant, 50, 5)
    assert len(made) == 50 and made == poison(target, variant, 50, 5)
    assert set(Counter(one["user_id"] for one in made).values()) == {10}
    assert all(mentions(readings(told(one)), SYMPTOMS[target.symptom]) for one in made)


def test_together_they_name_every_illness():
    texts = [readings(told(one)) for one in poison(made_targets(1)[0], "plain", 20, 1)]
    assert all(any(mentions(text, illness) for text in texts) for illness in ILLNESSES)


def test_targets_are_the_same_each_time_in_two_languages_with_a_symptom_of_their_own():
    targets = made_targets(20)
    assert targets == made_targets(20) != made_targets(20, seed=1)
    assert len({target.symptom for target in targets}) == 20
    assert {target.language for target in targets} == {"en", "ru"}
    for target in targets:
        assert mentions(readings(told(target_record(target))), ILLNESSES[target.illness])


def test_the_background_names_illnesses_too():
    texts = [told(one) for one in background(300)]
    assert len(set(texts)) > 200
    assert 20 < sum(any(mentions([text.casefold()], one) for one in ILLNESSES) for text in texts) < 150


def test_what_is_not_possible_is_said():
    with pytest.raises(ValueError, match="1 to 20"):
        made_targets(21)
    with pytest.raises(ValueError, match="no variant"):
        poison(made_targets(1)[0], "loud", 10, 1)
    with pytest.raises(ValueError, match="at least one account"):
        poison(made_targets(1)[0], "plain", 10, 0)
