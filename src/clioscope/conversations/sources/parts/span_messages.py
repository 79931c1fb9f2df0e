"""The messages that a span carries, under the names that instrumentations use.

OpenTelemetry's conventions for generative AI (1.28 to 1.40), OpenLLMetry, OpenInference, Vercel's AI SDK,
Pydantic AI, MLflow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from clioscope.conversations.messages.cells import cell, find_messages
from clioscope.conversations.messages.content import RecordError
from clioscope.conversations.messages.turns import Turns, read_message, speaks
from clioscope.conversations.sources.parts.items import read_items
from clioscope.conversations.sources.parts.spans import Span, get, indexed

_LISTS = (  # (what was asked, what was answered)
    ("gen_ai.input.messages", "gen_ai.output.messages"),
    ("pydantic_ai.all_messages", ""),
    ("all_messages_events", ""),
    ("gen_ai.prompt", "gen_ai.completion"),
    ("llm.input_messages", "llm.output_messages"),
    ("ai.prompt.messages", "ai.response.text"),
    ("ai.prompt", "ai.response.text"),
    ("langfuse.observation.input", "langfuse.observation.output"),
    ("mlflow.spanInputs", "mlflow.spanOutputs"),
    ("input.value", "output.value"),
    ("traceloop.entity.input", "traceloop.entity.output"),
)
_INDEXED = (("gen_ai.prompt", "gen_ai.completion"), ("llm.input_messages", "llm.output_messages"))
_OTHER_KINDS = frozenset(("tool", "retriever", "embedding", "reranker", "guardrail", "evaluator", "parser"))
_OTHER_WORK = frozenset(("execute_tool", "embeddings", "retrieval", "create_agent"))
_ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
    "gen_ai.choice": "assistant",
}


class Said(NamedTuple):
    """The turns of a span; ``plain`` where what was asked is text without roles."""

    turns: Turns
    plain: bool


def messages_of(span: Span) -> Said | None:
    """What a span says; None where it holds no messages. Raises RecordError for messages that cannot be read."""
    kind = str(get(span.attributes, "openinference.span.kind") or get(span.attributes, "traceloop.span.kind"))
    if kind.lower() in _OTHER_KINDS or str(get(span.attributes, "gen_ai.operation.name")) in _OTHER_WORK:
        return None
    sources = [span.attributes, *(attributes for _, attributes in span.events)]
    for attributes in sources:
        if (said := _in_attributes(attributes)) is not None:
            return said
    spoken = list(_in_events(span))
    if spoken:
        turns = Turns()
        for place, message in enumerate(spoken):
            read_message(message, f"event {place + 1}", turns)
        return Said(turns, False)
    return _plain(span)


def _in_attributes(attributes: dict[str, Any]) -> Said | None:
    for asked, answered in _LISTS:
        messages = _listed(get(attributes, asked))
        if messages is None:
            continue
        turns = Turns()
        instructions = get(attributes, "gen_ai.system_instructions") or get(attributes, "ai.prompt.system")
        if instructions:
            turns.add("system", cell(instructions), "gen_ai.system_instructions")
        _read(messages, asked, turns)
        _answer(get(attributes, answered), answered, turns)
        return Said(turns, False)
    for asked, answered in _INDEXED:
        messages = indexed(attributes, asked)
        if messages:
            turns = Turns()
            _read(messages, asked, turns)
            answers = [{"role": "assistant", **_bare(message)} for message in indexed(attributes, answered)]
            _read(answers, answered, turns)
            return Said(turns, False)
    return None


def _in_events(span: Span) -> Iterator[dict[str, Any]]:
    """Messages that are events of their own."""
    for name, attributes in span.events:
        if name == "gen_ai.choice" and isinstance(cell(attributes.get("message")), dict):
            yield {"role": "assistant", **cell(attributes["message"])}
        elif name in _ROLES:
            yield {"role": _ROLES[name], **{key: cell(attributes[key]) for key in _MESSAGE if attributes.get(key)}}


_MESSAGE = ("content", "tool_calls", "parts")


def _plain(span: Span) -> Said | None:
    """Text without roles: the input of a span that has no parent, or of a call of a model."""
    for asked, answered in (*_LISTS[3:4], *_LISTS[-5:]):
        text = _words(get(span.attributes, asked))
        if text and (span.parent is None or asked == "gen_ai.prompt"):
            turns = Turns()
            turns.say("user", text)
            _answer(get(span.attributes, answered), answered, turns)
            return Said(turns, True)
    return None


def _words(value: Any) -> str:
    """Text that is no JSON, or that JSON holds under one of the usual names."""
    value = cell(value)
    if isinstance(value, dict):
        for name in ("input", "question", "query", "prompt", "message", "text", "content", "inputs"):
            if value.get(name):
                return _words(value[name])
        return ""
    return value if isinstance(value, str) else ""


def _listed(value: Any) -> list[Any] | None:
    value = cell(value)
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        bare = [_bare(item) for item in value]
        return bare if speaks(bare[0]) else None
    return find_messages(value)


def _answer(value: Any, field: str, turns: Turns) -> None:
    from clioscope.conversations.sources.logs import add_answer

    value = cell(value)
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        _read([{"role": "assistant", **_bare(item)} for item in value], field, turns)
    elif value:
        add_answer(turns, value)


def _read(messages: list[Any], field: str, turns: Turns) -> None:
    bare = [_bare(message) for message in messages]
    if any("role" not in item and str(item.get("type")).endswith(("_call", "_output")) for item in bare):
        read_items(bare, field, turns)
        return
    for place, message in enumerate(messages):
        if not isinstance(message, dict):
            raise RecordError(f"{field}[{place}]: expected an object")
        read_message(_bare(message), f"{field}[{place}]", turns)


def _bare(message: Any) -> Any:
    """A message of OpenInference (``message.role``, ``message.contents``, …) by the usual names."""
    if not isinstance(message, dict):
        return message
    inner = message.get("message") if isinstance(message.get("message"), dict) else None
    if inner is None:
        named = {key.removeprefix("message."): value for key, value in message.items() if key.startswith("message.")}
        if not named:
            return message
        inner = named
    bare: dict[str, Any] = dict(inner)
    if not bare.get("content") and isinstance(contents := bare.pop("contents", None), list):
        bare["content"] = [_content(content) for content in contents]
    if isinstance(calls := bare.get("tool_calls"), list):
        names = [get(call, "tool_call.function.name") or get(call, "function.name") for call in calls]
        bare["tool_calls"] = [{"function": {"name": name}} for name in names]
    return bare


def _content(part: Any) -> dict[str, Any]:
    type_ = get(part, "message_content.type") if isinstance(part, dict) else None
    return {"type": type_ or "text", "text": get(part, "message_content.text")} if isinstance(part, dict) else {}
