"""Logs of OpenAI's Responses API (2026): a response with the input that it answers, as one object or as two."""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import RecordError
from clioscope.conversations.messages.turns import Turns
from clioscope.conversations.sources.openai_batch import add_body
from clioscope.conversations.sources.parts.items import request_turns
from clioscope.conversations.sources.parts.joined import BESIDE, REPEATED, join

_ASKED = ("request", "request_body", "requestBody", "body", "params", "kwargs")
_ANSWERED = ("response", "response_body", "responseBody", "result")
_SKIP = ("input", "output", "instructions", "object", "id", "previous_response_id", "output_text", "store", "stream")
_KNOWN = 100_000  # ids of responses that are kept, to find what a later one goes on from
_ITEMS = ("message", "reasoning", "function_call", "function_call_output", "web_search_call", "file_search_call")


def matches(record: Any) -> bool:
    """A response (``object``, or items as output) with its input, in the record or in two objects of it."""
    if not isinstance(record, dict):
        return False
    request, response = _sides(record)
    if not isinstance(request.get("input"), str | list) or "messages" in request:
        return False
    return response.get("object") == "response" or _are_items(response.get("output")) or _are_items(request["input"])


def thread(record: Any, context: Context) -> str:
    """The conversation's id, or the first response of the chain; a record without either stands by itself."""
    record = object_of(record)
    request, response = _sides(record)
    own, held = response.get("id") or record.get("id"), response.get("conversation") or request.get("conversation")
    if isinstance(held, dict):
        held = held.get("id")
    if isinstance(held, str) and held:
        return f"conversation {held}"
    before = response.get("previous_response_id") or request.get("previous_response_id")
    roots: dict[Any, str] = context.memory.setdefault("roots", {})
    context.memory["number"] = context.memory.get("number", 0) + 1
    if isinstance(before, str) and before:
        root = roots.get(before, before)
    else:
        root = str(own or f"record {context.memory['number']}")
        if root in roots:  # the id stands for another response already
            return f"{root} {context.memory['number']}"
    if isinstance(own, str):
        roots[own] = root
        if len(roots) > _KNOWN:
            del roots[next(iter(roots))]
    return root


@source(
    "responses",
    about="logs of the Responses API: input and output items",
    matches=matches,
    fields=("object", "input", "output", "instructions", "previous_response_id"),
    thread=thread,
)
def parse(record: Any, context: Context) -> Conversation:
    """The chain of responses in the order of their times; id, user and date are those of the first."""
    sides = [(*_sides(item), item) for item in record]
    if all(isinstance(response.get("created_at"), int | float) for _, response, _ in sides):
        sides.sort(key=lambda side: side[1]["created_at"])
    turns = join((_turns(request, response) for request, response, _ in sides), "always")
    request, response, whole = sides[0]
    extra = response.get("metadata") or request.get("metadata")
    conversation = conversation_of(
        {**request, **response, **{key: whole[key] for key in whole if key not in (*_ASKED, *_ANSWERED)}},
        turns,
        context,
        skip=(*_SKIP, *_ASKED, *_ANSWERED),
        source_id=response.get("id") or whole.get("id"),
        user_id=_user(request, response),
        metadata=extra if isinstance(extra, dict) else {},
        place="user or safety_identifier",
    )
    for what, count in ((REPEATED, turns.repeats), (BESIDE, turns.beside)):
        if count:
            context.leave_out(what, count)
    return conversation


def _turns(request: dict[str, Any], response: dict[str, Any]) -> Turns:
    turns = request_turns(request)
    if turns is None:
        raise RecordError("input: expected text or a list of items, found nothing")
    if response.get("output") is not None and not isinstance(response["output"], list):
        turns.add("assistant", response["output"], "output")
    else:
        add_body(turns, response)
    return turns


def _sides(record: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(request, response); the record is what has no object of its own."""
    request = next((inner for name in _ASKED if isinstance(inner := cell(record.get(name)), dict)), record)
    response = next((inner for name in _ANSWERED if isinstance(inner := cell(record.get(name)), dict)), record)
    if isinstance(request.get("input"), str):
        decoded = cell(request["input"])
        request = {**request, "input": decoded if _are_items(decoded) else request["input"]}
    if "output" not in response and isinstance(response.get("body"), dict):
        response = response["body"]
    return request, response


def _are_items(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) for item in value)
        and any(item.get("type") in _ITEMS for item in value)
    )


def _user(request: dict[str, Any], response: dict[str, Any]) -> Any:
    names = ("user", "safety_identifier")
    return next((side[name] for name in names for side in (response, request) if side.get(name)), None)
