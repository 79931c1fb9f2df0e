"""Traces and observations of Langfuse: exports of tables and of blob storage, downloads, pages of the API (2026)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clioscope.conversations.conversation import Conversation
from clioscope.conversations.fields.columns import plain_id
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import RecordError
from clioscope.conversations.messages.turns import Turns
from clioscope.conversations.sources.parts.traces import (
    Call,
    add_output,
    asked_turns,
    call_of,
    conversation_of_calls,
    plain_text,
    thread_of,
)

_TYPES = frozenset(
    (
        *("SPAN", "GENERATION", "EVENT", "AGENT", "TOOL", "CHAIN", "RETRIEVER", "EVALUATOR", "EMBEDDING"),
        "GUARDRAIL",
    )
)
_OUTER = frozenset(("SPAN", "AGENT", "CHAIN", "GENERATION"))
_TRACE_FIELDS = frozenset(
    ("sessionId", "session_id", "observations", "htmlPath", "bookmarked", "public", "release", "observationCount")
)


def matches(record: Any) -> bool:
    return isinstance(record, dict) and (_is_observation(record) or _is_trace(record) or _inner(record) is not None)


def parts(record: Any) -> Iterator[Any]:
    """The traces and observations that a record holds: a page, a session, a trace with its observations, a row."""
    if not matches(record):
        yield {"error": "no trace and no observation: it has no input beside a session, or no trace id and type"}
        return
    yield from _calls(record)


@source(
    "langfuse",
    about="traces and observations of Langfuse",
    matches=matches,
    fields=("traceId", "sessionId", "userId", "input", "output", "observations"),
    thread=thread_of,
    across=True,
    parts=parts,
)
def parse(record: Any, context: Context) -> Conversation:
    """What a trace says, or else its outermost observation, or else its longest call of a model. Sessions become one
    conversation."""
    return conversation_of_calls(record, context)


def _is_observation(record: Mapping[str, Any]) -> bool:
    return (
        str(record.get("type")) in _TYPES
        and _get(record, "traceId", "trace_id") is not None
        and "attributes" not in record
    )


def _is_trace(record: Mapping[str, Any]) -> bool:
    return (
        "input" in record
        and "id" in record
        and ("timestamp" in record or "createdAt" in record)
        and bool(_TRACE_FIELDS & record.keys())
        and "run_type" not in record
    )


def _inner(record: Mapping[str, Any]) -> list[Any] | None:
    """The traces or observations of a page or a session, or those of a download."""
    for name in ("data", "traces"):
        held = cell(record.get(name))
        if (
            isinstance(held, list)
            and held
            and isinstance(held[0], dict)
            and (_is_trace(held[0]) or _is_observation(held[0]))
        ):
            return held
    trace = record.get("trace")
    if isinstance(trace, dict) and "id" in trace and "input" in trace:
        return [{"observations": record.get("observations"), "timestamp": None, **trace}]
    return None


def _calls(record: dict[str, Any]) -> Iterator[Call]:
    inner = _inner(record)
    if inner is not None:
        session = record.get("id") if "traces" in record else None
        for inner_record in inner:
            held = inner_record if isinstance(inner_record, dict) else {}
            yield from _calls({**held, "sessionId": _get(held, "sessionId", "session_id") or session})
    elif _is_observation(record):
        outermost = not _get(record, "parentObservationId", "parent_observation_id")
        rank = 1 if outermost and record["type"] in _OUTER else 2
        usable = rank == 1 or record["type"] == "GENERATION"
        yield _call(record, str(_get(record, "traceId", "trace_id")), rank, usable)
    elif "input" in record and "id" in record:
        yield _call(record, str(record["id"]), 0, True)
        held = cell(record.get("observations"))
        for inner_record in held if isinstance(held, list) else ():
            if isinstance(inner_record, dict):
                yield from _calls({"traceId": record["id"], **inner_record})
    else:
        yield {"error": "no trace and no observation"}


def _call(record: Mapping[str, Any], trace: str, rank: int, usable: bool) -> Call:
    try:
        said = _said(record, rank) if usable else None
        session, user = (
            plain_id(_get(record, *names)) for names in (("sessionId", "session_id"), ("userId", "user_id"))
        )
    except (RecordError, ValueError) as error:
        return {"error": str(error)}
    return call_of(
        said,
        trace=trace,
        rank=rank,
        conversation=session,
        user=user,
        start=_get(record, "timestamp", "startTime", "start_time", "createdAt", "created_at"),
        metadata={
            name: record[name] for name in ("name", "environment", "release") if rank == 0 and _get(record, name)
        },
    )


def _said(record: Mapping[str, Any], rank: int) -> Turns | None:
    """The turns of a trace or an observation; text without roles is a question only at the outermost step."""
    turns = asked_turns(record.get("input"), "input")
    if turns is None:
        text = plain_text(record.get("input"))
        if not text or rank == 2:
            return None
        turns = Turns()
        turns.say("user", text)
    return add_output(turns, record.get("output"))


def _get(record: Mapping[str, Any], *names: str) -> Any:
    return next((record[name] for name in names if record.get(name) not in (None, "")), None)
