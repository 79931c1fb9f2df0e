"""What may be shown of a proposal."""

import numpy as np
import pytest

from clioscope.naming.candidates import Label, Proposal
from clioscope.naming.proposals import beginning, completed, merged, without_details
from clioscope.naming.support import Support

SUPPORT = Support(["letters to you", "letters", "from Zanzibar"], 3)
ROWS = np.arange(3)


@pytest.mark.parametrize(
    ("sentence", "first"),
    [
        ("They also wanted food.", "Users wanted food."),
        ("In addition, they asked why.", "Users asked why."),
        ("Others asked why.", "Some users asked why."),
        ("Они также хотели хлеба.", "Пользователи хотели хлеба."),
        ("Users asked why.", "Users asked why."),
        ("Theyfold is a word.", "Theyfold is a word."),
    ],
)
def test_the_first_sentence_names_whom_it_speaks_of(sentence: str, first: str) -> None:
    assert beginning(sentence) == first


def test_the_better_description_and_the_names_of_both_answers_are_kept() -> None:
    first = Proposal("Users asked Zanzibar. They also wrote.", ("Letters", "To Zanzibar"), frozenset({"Letters"}))
    second = Proposal("Users asked for letters. They wrote.", ("Write letters",))
    found = merged(SUPPORT, [first, second], ROWS)
    assert found == Proposal("Users asked for letters. They wrote.", ("Write letters",))
    assert merged(SUPPORT, [first, None], ROWS) == Proposal("Users wrote.", ("Letters",), frozenset({"Letters"}))
    assert merged(SUPPORT, [None, None], ROWS) is None
    assert merged(SUPPORT, [Proposal("x", ("To Zanzibar",))], ROWS) is None


def test_a_description_of_one_sentence_is_completed() -> None:
    spare = Label("Letters", "Set apart by: letters.", ("letters",))
    assert completed("Users wrote.", spare) == "Users wrote. Set apart by: letters."
    assert completed("Users wrote. They read.", spare) == "Users wrote. They read."
    assert completed("", spare) == "Set apart by: letters."
    plain = Label("Write letters", "No word is common.")
    assert completed("Users wrote.", plain) == "Users wrote."
    assert completed("", plain) == "What users asked for: Write letters."
    assert completed("", plain, "Russian") == "О чём просили пользователи: Write letters."


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        (
            "Users asked how to write long letters, post a Zanzibar card and more.",
            "Users asked how to write long letters.",
        ),
        ("Users asked for Zanzibar.", ""),
        ("Users asked for letters.", "Users asked for letters."),
    ],
)
def test_a_sentence_ends_before_a_detail_of_few(sentence: str, left: str) -> None:
    assert without_details(sentence, SUPPORT, [0, 1, 2]) == left
