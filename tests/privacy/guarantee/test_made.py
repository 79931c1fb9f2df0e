"""Every figure of a release."""

import math

import numpy as np
import pytest
from extras import needs
from made_people import DIMENSION, NAMES, made_records, topics

from clioscope.privacy.guarantee.account import FOUND, GIVEN
from clioscope.privacy.guarantee.made import Given, make
from clioscope.privacy.guarantee.wanted import Guarantee
from clioscope.settings import Category

pytestmark = needs("opendp", "dp")


def given():
    categories = [Category(code=name.lower(), name=name) for name in NAMES]
    return Given(categories, np.eye(len(NAMES), DIMENSION, dtype=np.float32))


def test_a_release_spends_what_was_promised_and_no_more():
    for groups, shares in ((None, FOUND), (given(), GIVEN)):
        made = make(made_records(800), topics(), Guarantee(2.0, 1e-6), 15, groups)
        epsilon, delta = made.account.spent()
        assert epsilon <= 2.0 and epsilon == pytest.approx(2.0, rel=1e-3)
        assert delta <= 1e-6
        assert {entry.step for entry in made.account.entries} == set(shares)


def test_sizes_of_given_groups_are_true_to_within_the_noise():
    made = make(made_records(900, each=3, kinds=3), topics(), Guarantee(4.0), 15, given())
    assert set(made.sizes) == {0, 1, 2}
    noise = next(entry.cost.scale for entry in made.account.entries if entry.step == "sizes")
    assert list(made.sizes.values()) == pytest.approx([900] * 3, abs=6 * noise)
    assert noise == pytest.approx(2 / math.sqrt(2 * made.account.rho("sizes")))
    assert made.total == pytest.approx(2700, abs=20 * noise)


def test_words_of_many_are_told_and_words_of_one_never():
    made = make(made_records(1500), topics(), Guarantee(8.0), 15, given())
    told = {word for words in made.word_counts.values() for word in words}
    assert {"bread", "hotel", "python"} <= told
    assert not any(word.startswith("only") for word in told)
    assert {value for _, _, value in made.values} == {"en", "ru"}


def test_two_releases_of_the_same_data_differ():
    records = made_records(300)
    one, two = (make(records, topics(), Guarantee(1.0), 15, given()) for _ in range(2))
    assert one.sizes != two.sizes


def test_small_groups_are_not_shown():
    records = made_records(300, each=1, kinds=1)
    made = make(records, topics(), Guarantee(4.0), 15, given())
    assert set(made.sizes) == {0}
    assert make(records, topics(), Guarantee(4.0), 1000, given()).sizes == {}
