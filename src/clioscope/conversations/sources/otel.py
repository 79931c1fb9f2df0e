"""Traces of OpenTelemetry with the messages of language models (conventions 1.28 to 1.40), and their relatives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.content import RecordError
from clioscope.conversations.sources.parts.span_messages import messages_of
from clioscope.conversations.sources.parts.spans import Span, get, is_export, is_span, spans_of
from clioscope.conversations.sources.parts.traces import Call, call_of, conversation_of_calls, thread_of

_CONVERSATIONS = (
    *("gen_ai.conversation.id", "session.id", "langfuse.session.id", "gen_ai.thread.id", "thread.id"),
    *(f"traceloop.association.properties.{name}" for name in ("conversation_id", "session_id", "thread_id", "chat_id")),
    *(f"ai.telemetry.metadata.{name}" for name in ("conversationId", "sessionId", "threadId", "chatId")),
)
_USERS = (
    *("enduser.id", "user.id", "enduser.pseudo.id", "langfuse.user.id", "traceloop.association.properties.user_id"),
    *("ai.telemetry.metadata.userId", "user.email", "user.name"),
)
_META = ("gen_ai.request.model", "gen_ai.agent.name", "gen_ai.provider.name", "llm.model_name", "service.name")


def matches(record: Any) -> bool:
    return is_export(record) or is_span(record)


def parts(record: Any) -> Iterator[Any]:
    """What each span of a record says, in as few fields as it takes."""
    if not matches(record):
        yield {"error": "no span: it names no trace, or has no attributes"}
        return
    yield from map(_call, spans_of(record))


@source(
    "otel",
    about="traces of OpenTelemetry: spans with the messages of language models",
    matches=matches,
    fields=("resourceSpans", "traceId", "attributes", "startTimeUnixNano"),
    thread=thread_of,
    across=True,
    parts=parts,
)
def parse(record: Any, context: Context) -> Conversation:
    """The longest list of messages of each trace. The traces of a conversation follow one another."""
    return conversation_of_calls(record, context)


def _call(span: Span) -> Call:
    try:
        said = messages_of(span)
    except RecordError as error:
        return {"error": str(error)}
    held = {name: get(span.attributes, name) or span.resource.get(name) for name in _META}
    return call_of(
        None if said is None else said.turns,
        trace=span.trace,
        rank=int(said is not None and said.plain),
        conversation=_find(span, _CONVERSATIONS),
        user=_find(span, _USERS),
        start=span.start,
        metadata={name: value for name, value in held.items() if isinstance(value, str)},
    )


def _find(span: Span, names: tuple[str, ...]) -> str | None:
    for attributes in (span.attributes, *(event for _, event in span.events), span.resource):
        for name in names:
            value = get(attributes, name)
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                return str(value)
    return None
