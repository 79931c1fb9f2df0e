"""Spans of OpenTelemetry in their layouts: OTLP JSON, the SDKs' console output, rows with flattened columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_EXPORTS = (
    ("resourceSpans", "scopeSpans", "spans"),
    ("resourceLogs", "scopeLogs", "logRecords"),
    ("resource_spans", "scope_spans", "spans"),
    ("resource_logs", "scope_logs", "log_records"),
)
_TRACES = ("traceId", "trace_id", "traceID", "TraceId", "context.trace_id")
_IDS = ("spanId", "span_id", "spanID", "SpanId", "context.span_id")
_PARENTS = ("parentSpanId", "parent_span_id", "parent_id", "parentId", "ParentSpanId")
_STARTS = (
    "Timestamp",
    "startTimeUnixNano",
    "start_time_unix_nano",
    "start_time",
    "startTime",
    "timeUnixNano",
    "timestamp",
)


@dataclass(slots=True)
class Span:
    """A span, or an event of its own (a log record). ``start`` is as the record has it."""

    attributes: dict[str, Any]
    trace: str | None
    id: str | None
    parent: str | None
    start: Any
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    resource: dict[str, Any] = field(default_factory=dict)


def is_export(record: Any) -> bool:
    return isinstance(record, dict) and any(isinstance(record.get(names[0]), list) for names in _EXPORTS)


def is_span(record: Any) -> bool:
    """Whether a record names a trace and has attributes."""
    return (
        isinstance(record, dict)
        and (_first(record, _TRACES) is not None or isinstance(record.get("context"), dict))
        and (
            isinstance(record.get("attributes"), dict | list | str)
            or any(str(name).startswith(("attributes.", "gen_ai.", "llm.", "SpanAttributes")) for name in record)
        )
    )


def spans_of(record: dict[str, Any]) -> Iterator[Span]:
    """The spans of an export request, or the one that the record is."""
    if not is_export(record):
        yield _span(record, {})
        return
    for outer, scoped, inner in _EXPORTS:
        for group in _dicts(record.get(outer)):
            resource = attributes_of(_inside(group.get("resource")))
            scopes = group.get(scoped) or group.get("instrumentationLibrarySpans")
            for scope in _dicts(scopes):
                for span in _dicts(scope.get(inner)):
                    yield _span(span, resource)


def attributes_of(value: Any) -> dict[str, Any]:
    """Attributes as an object: from OTLP's list of keys and typed values, JSON text, or an object already."""
    from clioscope.conversations.messages.cells import cell

    value = cell(value)
    if isinstance(value, list):
        return {str(pair.get("key")): _typed(pair.get("value")) for pair in _dicts(value)}
    return value if isinstance(value, dict) else {}


def get(attributes: Mapping[str, Any], path: str) -> Any:
    """The value under a dotted name, flat or nested; None where there is none."""
    if path in attributes:
        return attributes[path]
    head, dot, rest = path.partition(".")
    while dot:
        inner = attributes.get(head)
        if isinstance(inner, Mapping) and (value := get(inner, rest)) is not None:
            return value
        more, dot, rest = rest.partition(".")
        head = f"{head}.{more}"
    return None


def indexed(attributes: Mapping[str, Any], prefix: str) -> list[Any]:
    """The fields ``prefix.0.…``, ``prefix.1.…`` as a list of objects."""
    tree: dict[str, Any] = {}
    for name, value in attributes.items():
        if name.startswith(f"{prefix}.") and name[len(prefix) + 1 : len(prefix) + 2].isdigit():
            at = tree
            *path, last = name[len(prefix) + 1 :].split(".")
            for part in path:
                inner = at.setdefault(part, {})
                if not isinstance(inner, dict):
                    break
                at = inner
            else:
                at[last] = value
    listed = _lists(tree)
    return listed if isinstance(listed, list) else []


def _span(record: dict[str, Any], resource: dict[str, Any]) -> Span:
    attributes = attributes_of(record.get("attributes") or record.get("SpanAttributes"))
    attributes = {
        **{name.removeprefix("attributes."): value for name, value in record.items() if _is_attribute(name)},
        **attributes,
    }
    context = record["context"] if isinstance(record.get("context"), dict) else record
    events = [(str(event.get("name") or ""), _event(event)) for event in _dicts(record.get("events"))]
    if "timeUnixNano" in record or "eventName" in record or "body" in record:  # a log record
        named = attributes.get("event.name") or record.get("eventName") or record.get("event_name")
        events.append((str(named or ""), _event(record)))
    return Span(
        attributes,
        _text(_first(context, _TRACES) or _first(record, _TRACES)),
        _text(_first(context, _IDS) or _first(record, _IDS)),
        _text(_first(record, _PARENTS)),
        _time(_first(record, _STARTS)),
        events,
        resource or attributes_of(_inside(record.get("resource"))),
    )


def _inside(resource: Any) -> Any:
    return resource.get("attributes") if isinstance(resource, dict) else None


def _is_attribute(name: Any) -> bool:
    return isinstance(name, str) and name.startswith(("attributes.", "gen_ai.", "llm."))


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes and the body of an event."""
    body = event.get("body")
    decoded = _typed(body) if isinstance(body, dict) and any(str(key).endswith("Value") for key in body) else body
    return {**attributes_of(event.get("attributes")), **(decoded if isinstance(decoded, dict) else {})}


def _typed(value: Any) -> Any:
    """A value of OTLP JSON: ``{"stringValue": "…"}``, arrays and key lists included."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    name, inner = next(iter(value.items()))
    if name == "arrayValue":
        return [_typed(item) for item in _values(inner)]
    if name == "kvlistValue":
        return attributes_of(_values(inner))
    return inner if name.endswith("Value") else value


def _values(inner: Any) -> list[Any]:
    values = inner.get("values") if isinstance(inner, dict) else None
    return values if isinstance(values, list) else []


def _lists(tree: Any) -> Any:
    """Objects whose names are all numbers as lists, in the order of the numbers."""
    if not isinstance(tree, dict):
        return tree
    if tree and all(name.isdigit() for name in tree):
        return [_lists(tree[name]) for name in sorted(tree, key=int)]
    return {name: _lists(value) for name, value in tree.items()}


def _dicts(value: Any) -> list[dict[str, Any]]:
    from clioscope.conversations.messages.cells import cell

    value = cell(value)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((record[name] for name in names if record.get(name) not in (None, "")), None)


def _time(value: Any) -> Any:
    """A time; of OpenTelemetry's SDK for JavaScript, seconds and nanoseconds."""
    if isinstance(value, list) and len(value) == 2 and all(isinstance(part, int | float) for part in value):
        return value[0] + value[1] / 1e9
    return value


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) else None
