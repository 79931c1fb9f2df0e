"""Runs of LangSmith, as its API, its bulk export and ``read_run`` with child runs give them (2026)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clioscope.conversations.conversation import Conversation
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

_THREADS = ("session_id", "thread_id", "conversation_id")  # in the metadata; a run's own session_id is its project
_USERS = ("user_id", "ls_user_id", "userId", "user", "user_email", "langgraph_auth_user_id")
_OTHER_KINDS = frozenset(("tool", "retriever", "embedding", "prompt", "parser"))


def matches(record: Any) -> bool:
    if not isinstance(record, dict):
        return False
    runs = record.get("runs")
    return _is_run(record) or (isinstance(runs, list) and bool(runs) and _is_run(runs[0]))


def parts(record: Any) -> Iterator[Any]:
    """The runs of a page, each with the runs below it."""
    if not matches(record):
        yield {"error": "no run: it has no run_type and inputs"}
        return
    for run in record["runs"] if isinstance(record.get("runs"), list) else [record]:
        yield from _calls(run, None, {})


@source(
    "langsmith",
    about="runs of LangSmith: inputs, outputs, run_type, trace_id",
    matches=matches,
    fields=("run_type", "inputs", "outputs", "trace_id", "parent_run_id"),
    thread=thread_of,
    across=True,
    parts=parts,
)
def parse(record: Any, context: Context) -> Conversation:
    """The outermost run of a trace that holds a question, or else the longest call of a model. Threads are joined."""
    return conversation_of_calls(record, context)


def _is_run(record: Any) -> bool:
    return isinstance(record, dict) and isinstance(record.get("run_type"), str) and "inputs" in record


def _calls(run: Any, trace: str | None, above: dict[str, Any]) -> Iterator[Call]:
    if not _is_run(run):
        yield {"error": "child_runs: no run (it has no run_type and inputs)"}
        return
    trace = trace or _text(run.get("trace_id") or run.get("id"))
    extra = cell(run.get("extra"))
    held = cell(extra.get("metadata")) if isinstance(extra, dict) else None
    metadata = {**above, **(held if isinstance(held, dict) else {})}
    root = not (run.get("parent_run_id") or cell(run.get("parent_run_ids")) or above)
    try:
        said = _said(run, root)
    except RecordError as error:
        yield {"error": str(error)}
        return
    yield call_of(
        said,
        trace=trace,
        rank=0 if root else 1,
        conversation=_first(metadata, _THREADS),
        user=_first(metadata, _USERS),
        start=run.get("start_time"),
        metadata={name: run[name] for name in ("name", "session_name", "status") if root and _text(run.get(name))},
    )
    for child in cell(run.get("child_runs")) or ():
        yield from _calls(child, trace, {**metadata, "": ""})  # never empty: it is below another


def _said(run: Mapping[str, Any], root: bool) -> Turns | None:
    """What a run says: the calls of models, and the outermost run of any kind."""
    if run["run_type"] in _OTHER_KINDS or not (root or run["run_type"] == "llm"):
        return None
    turns = asked_turns(run["inputs"], "inputs")
    if turns is None:
        text = plain_text(run["inputs"])
        if not text or not root:
            return None
        turns = Turns()
        turns.say("user", text)
    return add_output(turns, run.get("outputs"))


def _first(metadata: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := _text(metadata.get(name))) is not None), None)


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) and value != "" else None
