"""What a language model promises."""

from __future__ import annotations

import asyncio
import copy
import inspect
from dataclasses import replace
from typing import Any

from clioscope.errors import ModelError
from clioscope.models.chat import ChatAnswer, ChatModel, ChatRequest
from clioscope.models.parse import parse_json
from clioscope.testing.promise import promise

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "topic": {"type": "string", "maxLength": 20},
        "kind": {"type": "string", "enum": ["question", "task"]},
    },
    "required": ["topic", "kind"],
    "additionalProperties": False,
}
FREE = ChatRequest((("system", "Answer in a few words."), ("user", "What is rye bread made of?")), max_tokens=24)
FORMED = ChatRequest((("user", "Topic and kind of: How do I bake rye bread?"),), schema=SCHEMA, max_tokens=96)


def check_model(model: ChatModel, *, repeatable: bool = True) -> None:
    """Raise AssertionError where the model breaks a promise of the protocol ``ChatModel``.

    ``repeatable``: whether equal questions get equal answers at temperature 0; a server may not do that. Some ten
    questions are asked. The model is not closed.
    """
    name = getattr(model, "id", "")
    promise(isinstance(name, str) and bool(name), "A model has an `id` that names model and weights.")
    said = f"The model {name}"
    most = getattr(model, "concurrency", None)
    promise(isinstance(most, int) and most >= 1, f"{said} has the concurrency {most!r}, not a whole number above 0.")
    promise(callable(getattr(model, "close", None)), f"{said} has no method `close()`.")
    complete = getattr(model, "complete", None)
    promise(inspect.iscoroutinefunction(complete), f"{said} has no method `async def complete(request)`.")
    asyncio.run(_check_answers(model, said, repeatable))


async def _check_answers(model: ChatModel, said: str, repeatable: bool) -> None:
    before = copy.deepcopy(FORMED)
    free = await _answer(model, FREE, said)
    formed = await _answer(model, FORMED, said)
    promise(before == FORMED, f"{said} changes the request that it is given.")
    try:
        parse_json(formed.text, SCHEMA)
    except ValueError as error:
        raise AssertionError(f"{said} gives an answer that does not meet the schema ({error}).") from error
    many = [replace(FREE, messages=(("user", f"What is {number} and 1?"),)) for number in range(model.concurrency + 1)]
    for answer in await asyncio.gather(*(_answer(model, request, said) for request in many)):
        _check_answer(answer, said)
    if repeatable:
        for request, first in ((FREE, free), (FORMED, formed)):
            again = await _answer(model, replace(request, item="another"), said)
            promise(again.text == first.text, f"{said} answers the same question differently at temperature 0.")


async def _answer(model: ChatModel, request: ChatRequest, said: str) -> ChatAnswer:
    try:
        answer = await model.complete(request)
    except ModelError as error:
        raise AssertionError(f"{said} does not answer: {error}") from error
    except Exception as error:
        raise AssertionError(f"{said} raises {error!r}; a model raises ModelError where it cannot answer.") from error
    _check_answer(answer, said)
    return answer


def _check_answer(answer: ChatAnswer, said: str) -> None:
    promise(isinstance(answer, ChatAnswer), f"{said} answers with a {type(answer).__name__}, not a ChatAnswer.")
    promise(isinstance(answer.text, str), f"{said} answers with a text that is a {type(answer.text).__name__}.")
    promise("<think>" not in answer.text, f"{said} leaves its reasoning (<think>) in the answer.")
    counts = (answer.prompt_tokens, answer.completion_tokens)
    promise(
        all(isinstance(count, int) and count >= 0 for count in counts) and answer.seconds >= 0,
        f"{said} says that an answer took {counts[0]} and {counts[1]} tokens and {answer.seconds} seconds; "
        "each is 0 or more.",
    )
