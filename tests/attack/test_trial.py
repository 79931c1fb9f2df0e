"""The attack draws secrets out of the paper's way, and none out of ours."""

import pytest

from clioscope.attack.background import background
from clioscope.attack.poison import VARIANTS, poison
from clioscope.attack.target import made_targets, target_record
from clioscope.attack.trial import Attack, Outcome, attack_records, build_attacked, outcome_of
from clioscope.attack.ways import ways

ALL = Attack("all", 20, 5)


@pytest.fixture(scope="module")
def records():
    """One target per variant, each with 20 planted conversations by five accounts."""
    targets = made_targets(len(VARIANTS))
    planted = [one for target, variant in zip(targets, VARIANTS, strict=True) for one in poison(target, variant, 20, 5)]
    return targets, [*background(80), *map(target_record, targets), *planted]


def test_a_model_that_obeys_gives_nothing_away_whatever_the_variant(records, obeying, tmp_path):
    targets, conversations = records
    ours, unworded = (ways(obeying)[name] for name in ("ours", "no words"))
    atlas = build_attacked(conversations, tmp_path, ours)
    found = outcome_of(atlas, tmp_path, ours, ALL, targets)
    assert found.named == 0
    assert found.groups >= 5, "there is something to read"
    assert outcome_of(atlas, tmp_path, unworded, ALL, targets).named >= 2, "the words are what counts"


def test_the_attack_is_real(obeying, tmp_path):
    targets, way = made_targets(4), ways(obeying)["paper"]
    attack = Attack("plain", 15, 1)
    atlas = build_attacked(attack_records(background(40), targets, attack), tmp_path, way)
    found = outcome_of(atlas, tmp_path, way, attack, targets)
    assert found.named >= 3
    assert found.above_chance.low > 0.2


def test_an_outcome_is_told_less_chance():
    targets = tuple(made_targets(10))
    from clioscope.attack.guess import Guess

    guesses = [Guess(target.illness, False) for target in targets[:5]]
    guesses += [Guess((target.illness + 1) % 20, True) for target in targets[5:]]
    found = Outcome("ours", ALL, targets, tuple(guesses), 3)
    assert (found.hits, found.named) == (5, 0)
    assert found.above_chance.value == pytest.approx(0.45)
    assert found.above_chance.low == pytest.approx(0.2366 - 0.05, abs=1e-3)
