"""The recognisers with weights, in English and Russian; they run where their packages are installed."""

import pytest

from clioscope.recognisers import recogniser_for
from clioscope.recognisers.open import ready_recognisers
from clioscope.recognisers.pipelines import best_pipeline
from clioscope.testing import check_recogniser

pytestmark = [
    pytest.mark.slow,  # loads weights
    pytest.mark.skipif(len(ready_recognisers()) < 3, reason="needs the extra people"),
]


def named(name, text):
    return [(text[one.start : one.end], one.kind) for one in recogniser_for([name]).find([text])[0]]


def test_what_is_installed_is_ready():
    assert ready_recognisers() == ("patterns", "slovnet", "spacy")


def test_names_in_english():
    assert named("spacy", "Letters to Marjorie Blenkinsop about rent") == [("Marjorie Blenkinsop", "person")]
    assert named("spacy", "Marjorie Blenkinsop's garden") == [("Marjorie Blenkinsop", "person")]
    assert named("spacy", "letters about unpaid rent") == []


def test_names_in_russian():
    assert named("slovnet", "Письма к Игорю Селиванову о долге") == [("Игорю Селиванову", "person")]
    assert named("slovnet", "Письма о долге за квартиру") == []


def test_each_leaves_the_other_language_alone():
    assert named("spacy", "Письма к Игорю Селиванову о долге") == []
    assert named("slovnet", "Letters to Marjorie Blenkinsop") == []
    assert named("spacy", "طلبات متنوعة") == named("spacy", "სხვადასხვა თხოვნა") == []


@pytest.mark.parametrize("name", ["slovnet", "spacy", f"spacy:{best_pipeline()}"])
def test_they_keep_the_promises(name):
    check_recogniser(recogniser_for([name]))
