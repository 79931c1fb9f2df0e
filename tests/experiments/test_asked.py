"""Facets asked in other ways: what reaches the model, by the fake one."""

import pytest

from clioscope.experiments.prompts import WAYS, prefilled, unframed
from clioscope.models.chat import ChatRequest

REQUEST = ChatRequest((("system", "Say."), ("user", "a"), ("assistant", "b"), ("user", "c")))


def test_ways_of_asking():
    assert unframed(REQUEST).messages == (("user", "Say.\n\na\n\nAnswer: b\n\nc\n\nAnswer:"),)
    assert prefilled(REQUEST).prefill == '{"request":"'


@pytest.mark.parametrize("name", ["sampling", "prompts"])
def test_on_a_made_atlas(labelled, quick, name):
    found = quick(name, models=("fake",), atlas=labelled / "atlas", folder=labelled / "data")
    (part,) = found.parts()
    assert found.variants(part) == list(WAYS) if name == "prompts" else len(found.variants(part)) == 2
    for one in found.variants(part):
        assert found.mean(one, "answered", part) == 1
        assert found.mean(one, "copied", part) == 0
    if name == "sampling":
        assert found.mean("temperature 0.7, top-p 1", "repeat", part) <= 1
    else:
        each, one_call = (
            found.mean(way, "questions", part) for way in ("examples, one call a facet", "examples, one call")
        )
        assert each == 3 * one_call
