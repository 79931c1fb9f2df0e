"""Questions by what they have in common."""

import pytest

from clioscope.cluster.shape import alike, filled
from clioscope.models.chat import ChatRequest

SCHEMA = {"type": "object"}


def question(text, **more):
    return ChatRequest((("system", "Say."), ("user", text)), **{"schema": SCHEMA, "item": text, **more})


def test_one_group_for_each_form_and_every_question_comes_back_whole() -> None:
    asked = {
        "a": question("one"),
        "b": question("two"),
        "c": question("one", schema=None),
        "d": question("one", seed=7),
        "e": ChatRequest((("user", "one"),), schema=SCHEMA),
    }
    groups = alike(asked)
    assert [[key for key, _ in group.rows] for group in groups] == [["a", "b"], ["c"], ["d"], ["e"]]
    assert len({group.name for group in groups}) == 4
    for group in groups:
        assert group.form.item == "" and group.form.messages[-1] == ("user", "")
        for key, text in group.rows:
            request = asked[key]
            assert filled(group.form, text).messages == request.messages
            assert (group.form.schema, group.form.seed) == (request.schema, request.seed)


def test_half_a_character_is_replaced_and_a_question_without_a_message_is_none() -> None:
    assert alike({"a": question("odd \ud800 one")})[0].rows == [("a", "odd ? one")]
    with pytest.raises(ValueError, match="needs a message"):
        alike({"a": ChatRequest(())})
