"""The suite for language models: ours pass, and one that breaks a promise does not."""

from dataclasses import replace

import pytest
from tiny import CHAT, SPECIAL, save_tiny

from clioscope.models.fake import FakeModel
from clioscope.models.registry import make_model
from clioscope.settings import ModelSettings
from clioscope.testing import check_model, registry_of

pytestmark = pytest.mark.slow  # many calls of every shipped part


@pytest.mark.parametrize("name", registry_of("models").shipped())
def test_ours_keep_their_promises(name, tmp_path) -> None:
    rest = ""
    if name == "transformers":
        pytest.importorskip("llguidance", reason="the extra [transformers] is not installed")
        rest = save_tiny(tmp_path / "tiny", template=CHAT, special=SPECIAL, context=512) + " fp32"
    model = make_model(name, rest, ModelSettings(), None)
    try:
        check_model(model)
    finally:
        model.close()


class Wrong(FakeModel):
    """The fake model, with its answers changed by ``change(answer, request)``."""

    def __init__(self, change=lambda answer, request: answer, **fields) -> None:
        super().__init__()
        self.change = change
        vars(self).update(fields)

    async def complete(self, request):
        return self.change(await super().complete(request), request)


class NotAsync(FakeModel):
    def complete(self, request):
        return None


def _raises(answer, request):
    raise RuntimeError("lost")


def _changes(answer, request):
    if request.schema is not None:
        request.schema.clear()
    return answer


def _of_the_item(answer, request):
    return answer if request.schema is not None else replace(answer, text=request.item)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (Wrong(id=""), "has an `id`"),
        (Wrong(concurrency=0), "the concurrency 0"),
        (Wrong(close=None), "no method `close"),
        (NotAsync(), "no method `async def complete"),
        (FakeModel("dead"), "does not answer: fake: nobody answers"),
        (FakeModel("nonsense"), "does not meet the schema"),
        (Wrong(_raises), "raises RuntimeError.* a model raises ModelError"),
        (Wrong(lambda answer, request: answer.text), "answers with a str, not a ChatAnswer"),
        (Wrong(lambda answer, request: replace(answer, text=None)), "a text that is a NoneType"),
        (Wrong(lambda answer, request: replace(answer, text="<think>Well")), "leaves its reasoning"),
        (Wrong(lambda answer, request: replace(answer, prompt_tokens=-1)), "-1 and .* each is 0 or more"),
        (Wrong(_of_the_item), "answers the same question differently"),
    ],
)
def test_a_broken_promise_is_named(bad, said) -> None:
    with pytest.raises(AssertionError, match=said):
        check_model(bad)


def test_a_changed_request_is_found_out() -> None:
    from clioscope.testing import models

    before = dict(models.SCHEMA)
    try:
        with pytest.raises(AssertionError, match="changes the request"):
            check_model(Wrong(_changes))
    finally:
        models.SCHEMA.update(before)


def test_a_server_may_answer_differently() -> None:
    check_model(Wrong(_of_the_item), repeatable=False)
