"""Logs of requests and answers: messages one level down, in ``body``, ``input``, ``request``, ``data`` and the like.

Covers traces with ``input`` and ``output``, gateways that log ``request`` and ``response``, and tables whose cells
hold the same as JSON text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clioscope.conversations.build import conversation_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.fields.columns import normal
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell, find_messages
from clioscope.conversations.messages.content import RecordError, flatten_content
from clioscope.conversations.messages.turns import Turns, read_message, read_messages, speaks

ASKED = (
    *("request", "requestbody", "body", "input", "inputs", "prompt", "payload", "data", "params", "kwargs", "value"),
    *(
        "requestpayload",
        "inputmessages",
        "requestmessages",
        "promptmessages",
        "messagesjson",
        "conversationjson",
        "transcript",
        "log",
        "event",
    ),
)
ANSWERED = (
    "response",
    "responsebody",
    "output",
    "outputs",
    "completion",
    "answer",
    "result",
    "generations",
    "choices",
    "responsemessages",
    "outputmessages",
    "completionmessages",
    "responsepayload",
    "chosen",
)
_WORDS = ("text", "content", "output_text", "answer", "output", "response", "completion", "result", "value")


def matches(record: Any) -> bool:
    """A record that holds a list of messages in a field for requests, or an object for both."""
    if not isinstance(record, dict):
        return False
    return _opened(record) is not None


@source(
    "logs",
    about="requests and answers in a log: messages inside body, input, request or data",
    matches=matches,
    fields=("input", "output"),
)
def parse(record: Any, context: Context) -> Conversation:
    """The messages of the request, then the answer if it is not one of them."""
    record = _opened(object_of(record)) or record
    asked = {name: value for name, value in record.items() if normal(str(name)) in ASKED}
    lists = ((name, find_messages(value)) for name, value in asked.items())
    field, items = next((pair for pair in lists if pair[1] is not None), ("", None))
    if items is None:
        raise RecordError(f"no list of messages in any of {', '.join(map(str, asked)) or 'the fields'}")
    turns = read_messages(items, str(field))
    for name, value in record.items():
        if normal(str(name)) in ANSWERED:
            add_answer(turns, value)
    skip = [name for name in record if normal(str(name)) in (*ASKED, *ANSWERED)]
    return conversation_of(record, turns, context, skip=skip)


def _opened(record: dict[str, Any]) -> dict[str, Any] | None:
    """The record itself, or the record with the fields of the object in it that holds the request; None where no
    request holds messages.

    The object may be JSON text. Azure's diagnostic logs have request and response in ``properties``.
    """
    if _asks(record):
        return record
    for name, value in record.items():
        inner = cell(value)
        if isinstance(inner, dict) and _asks(inner):
            return {**{key: held for key, held in record.items() if key != name}, **inner}
    return None


def _asks(record: Mapping[str, Any]) -> bool:
    return any(normal(str(name)) in ASKED and find_messages(value) is not None for name, value in record.items())


def add_answer(turns: Turns, value: Any) -> None:
    """Add what was answered, as a turn of the assistant: messages, choices, or a text, whatever holds them."""
    value = cell(value)
    before = set(turns)
    messages = answer_messages(value)
    if messages is not None:
        for index, message in enumerate(messages):
            added = Turns()
            read_message({"role": "assistant", **message}, f"output[{index}]", added)
            turns.flaws += added.flaws
            turns.extend(turn for turn in added if turn not in before)
    elif text := _text(value):
        turns.say("assistant", text)


def answer_messages(value: Any) -> list[dict[str, Any]] | None:
    """The messages of an answer: chat completions, Messages and Responses of the APIs, bare messages; else None."""
    value = cell(value)
    if isinstance(value, dict):
        if isinstance(value.get("choices"), list):
            choices = [choice for choice in value["choices"] if isinstance(choice, dict)]
            inner = [choice.get("message") or choice.get("delta") for choice in choices]
            return [message for message in inner if isinstance(message, dict)][:1]
        if speaks(value) and ("content" in value or "parts" in value or "tool_calls" in value):
            return [value]
        if isinstance(value.get("candidates"), list):  # Gemini
            inner = [candidate.get("content") for candidate in value["candidates"] if isinstance(candidate, dict)]
            return [message for message in inner if isinstance(message, dict)][:1]
        for name in ("body", "message", "output", "response", "messages", "generations", "data", "result"):
            if isinstance(value.get(name), dict | list) and (messages := answer_messages(value[name])) is not None:
                return messages
        return None
    if isinstance(value, list) and value:
        if all(isinstance(item, dict) for item in value) and any(speaks(item) for item in value):
            return [item for item in value if speaks(item)]
        return answer_messages(value[0]) if isinstance(value[0], dict | list) else None
    return None


def _text(value: Any) -> str:
    """The text of an answer that is no message."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        named = next((value[name] for name in _WORDS if value.get(name)), None)
        return _text(named) if named is not None else ""
    try:
        return flatten_content(value, "output")
    except RecordError:
        return ""
