"""The suite for facets: ours pass, and one that breaks a promise does not."""

import random

import pytest

from clioscope.facets.facet import Facet
from clioscope.testing import check_facet, registry_of


@pytest.mark.parametrize("name", registry_of("facets").shipped())
def test_ours_keep_their_promises(name) -> None:
    check_facet(registry_of("facets").get(name))


def _changing(row):
    row["text"] = ""
    return 1


def _of_several_kinds(row):
    return 1 if row["first_at"] else "unknown"


GENERATOR = random.Random(0)


def computed(function):
    return Facet(name="mine", type="computed", compute=function)


def asked(function, **fields):
    return Facet(name="mine", **({"type": "text", "question": "the mood"} | fields), compute=function)


def _lower(answer):
    if answer == "none":
        raise ValueError("no answer")
    return answer.lower()


@pytest.mark.parametrize(
    "good",
    [
        computed(lambda row: row["text"].count("?")),
        asked(_lower),
        asked(lambda answer: answer, type="score", minimum=1, maximum=5),
        asked(lambda answer: answer, type="category", categories=("calm", "cross")),
        asked(lambda answer: answer * 2, type="number"),
    ],
)
def test_good_ones_pass(good) -> None:
    check_facet(good)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (computed(lambda row: row["text"].split()[0]), "fails on the row"),
        (computed(lambda row: row["nothing"]), "fails on the row .* KeyError"),
        (computed(_changing), "fails on the row .* does not support item assignment"),
        (computed(lambda row: GENERATOR.random()), "does not give the same value for the same input"),
        (computed(_of_several_kinds), "one kind of values.*int, str"),
        (computed(lambda row: [1]), "returns values of the kind list"),
        (asked(lambda answer: answer.nothing), "fails on the answer .* raises ValueError for one of no use"),
        (lambda row: 1, "is a Facet, not a function"),
    ],
)
def test_a_broken_promise_is_named(bad, said) -> None:
    with pytest.raises(AssertionError, match=said):
        check_facet(bad)


def test_the_rows_and_answers_may_be_given() -> None:
    check_facet(computed(lambda row: row["text"][0]), [{"text": "a", "first_at": None}])
    with pytest.raises(AssertionError, match="fails on the answer 7"):
        check_facet(asked(_lower), answers=[7])


def test_an_identity_that_hangs_on_the_process_is_found_out() -> None:
    class Odd(Facet):
        @property
        def identity(self) -> str:
            return f"<function at {hex(id(self))}> at 0x7f"

    with pytest.raises(AssertionError, match="another identity in every process"):
        check_facet(Odd(name="mine", type="computed", compute=len))
