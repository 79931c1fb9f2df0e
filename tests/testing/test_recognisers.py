"""The suite for recognisers: ours pass (tests/recognisers), and one that breaks a promise does not."""

import pytest

from clioscope.recognisers import Found
from clioscope.testing import check_recogniser


class Wrong:
    """Finds nothing, but for ``change(texts)``."""

    id = "wrong-1"

    def __init__(self, change):
        self.find = change


def _clears(texts):
    texts.clear()
    return []


def _grows(texts):
    return [[Found(0, 2, "person")] if text and len(texts) > 1 else [] for text in texts]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda texts: 1 / 0, "does not work: ZeroDivisionError"),
        (_clears, "changes the list"),
        (lambda texts: [], "one list of parts per text"),
        (lambda texts: [[(0, 1, "person")] for _ in texts], "returns tuple, not Found"),
        (lambda texts: [[Found(0, 1, "dog")] if text else [] for text in texts], "the kind 'dog'"),
        (lambda texts: [[Found(0, 1, "person")] for _ in texts], "a part from 0 to 1 of a text of 0 letters"),
        (lambda texts: [[Found(0, 2, "person")] * 2 if text else [] for text in texts], "overlap"),
        (_grows, "other parts in a text alone"),
    ],
)
def test_a_broken_promise_is_told(change, sentence):
    with pytest.raises(AssertionError, match=sentence):
        check_recogniser(Wrong(change))


def test_one_without_an_id_or_a_method():
    with pytest.raises(AssertionError, match="has an `id`"):
        check_recogniser(object())
    nameless = Wrong(None)
    with pytest.raises(AssertionError, match="has no method"):
        check_recogniser(nameless)
