"""The calls of language models in traces, joined to traces, and these to conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from clioscope.conversations.build import conversation_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.fields.dates import parse_date
from clioscope.conversations.formats import Context
from clioscope.conversations.messages.cells import LISTS, cell, find_messages, list_field
from clioscope.conversations.messages.content import ROLES, NoConversation, RecordError
from clioscope.conversations.messages.turns import Turns, read_messages
from clioscope.conversations.sources.parts.joined import BESIDE, REPEATED, join
from clioscope.conversations.threads import Key

EMPTY = "steps of traces without messages"
INNER = "steps of traces whose outer step, or whose messages with roles, say the same"
_ASKED = ("input", "question", "query", "human_input", "user_input", "prompt", "message", "text", "content", "inputs")
_IN_LIST = ("input", "question", "query", "human_input", "user_input")

Call = dict[str, Any]
"""A step of a trace: ``trace``, ``conversation``, ``user``, ``start``, ``metadata``; ``turns``, ``flaws`` and ``lost``
where it says something; ``rank``, the lower the better, where several steps say the same; or an ``error``."""


def call_of(
    said: Turns | None,
    *,
    trace: str | None,
    rank: int,
    conversation: str | None = None,
    user: Any = None,
    start: Any = None,
    metadata: dict[str, Any] | None = None,
) -> Call:
    """A step of a trace, as it is kept until all of its conversation is there."""
    call: Call = {"trace": trace, "conversation": conversation, "user": user, "start": start, "rank": rank}
    call["metadata"] = metadata or {}
    if said is not None and (said or said.flaws):
        call |= {"turns": list(said), "flaws": said.flaws, "lost": said.lost}
    return call


def thread_of(call: Call, context: Context) -> Key:
    """The trace, and the conversation where the step names it. Raises RecordError, or NoConversation."""
    if "error" in call:
        raise RecordError(call["error"])
    if "turns" not in call and not (call["conversation"] or call["user"]):
        raise NoConversation(EMPTY)
    if not call["trace"]:
        context.memory["number"] = context.memory.get("number", 0) + 1
    trace = f"trace {call['trace'] or (context.account, context.memory['number'])}"
    return (trace, f"conversation {call['conversation']}") if call["conversation"] else trace


def conversation_of_calls(calls: Iterable[Call], context: Context) -> Conversation:
    """The longest list of messages of each trace. The traces of a conversation follow one another."""
    every = sorted(calls, key=_moment)
    spoken = [call for call in every if "turns" in call]
    if not spoken:
        raise NoConversation(EMPTY)
    traces: dict[Any, list[Call]] = {}
    for call in spoken:
        traces.setdefault(call["trace"], []).append(call)
    left_out = Counter({EMPTY: len(every) - len(spoken)})
    longest = []
    for members in traces.values():
        asking = [call for call in members if any(role == "user" for role, _ in call["turns"])] or members
        best = min(call["rank"] for call in asking)
        chosen = [call for call in asking if call["rank"] == best]
        left_out[INNER] += len(members) - len(chosen)
        history = join(map(_turns, chosen), "never")
        left_out.update({REPEATED: history.repeats, BESIDE: history.beside})
        longest.append(history)
    turns = join(longest, "alike")
    left_out.update({REPEATED: turns.repeats, BESIDE: turns.beside})
    conversation = conversation_of(
        {},
        turns,
        context,
        source_id=next((call["conversation"] for call in every if call["conversation"]), spoken[0]["trace"]),
        user_id=next((call["user"] for call in every if call["user"]), None),
        created_at=next((call["start"] for call in spoken if call["start"]), None),
        metadata={name: value for call in every for name, value in call["metadata"].items()},
        place="the trace",
    )
    for what, count in (+left_out).items():  # without what is zero
        context.leave_out(what, count)
    return conversation


def asked_turns(value: Any, field: str) -> Turns | None:
    """What was asked: messages with roles, with the question beside a history; None where there are none."""
    value = _named(cell(value))
    messages = find_messages(value)
    if messages is None:
        return None
    turns = read_messages(messages, field)
    if isinstance(value, dict) and list_field(value) in LISTS:
        beside = next((value[name] for name in _IN_LIST if isinstance(value.get(name), str) and value[name]), None)
        if beside is not None and ("user", beside) not in turns:
            turns.say("user", beside)
    return turns


def plain_text(value: Any) -> str:
    """A question that is text, or that stands under one of the usual names; empty where there is none."""
    value = cell(value)
    if isinstance(value, dict):
        named = next((value[name] for name in _ASKED if value.get(name)), None)
        return plain_text(named) if isinstance(named, str | dict) else ""
    return value if isinstance(value, str) else ""


def add_output(turns: Turns, value: Any) -> Turns:
    """The turns with what was answered; an output that holds the whole conversation stands for both."""
    from clioscope.conversations.sources.logs import add_answer

    value = _named(_generation(cell(value)))
    said = Turns()
    messages = find_messages(value)
    if messages is not None:
        named = [{"role": "assistant", **message} if _nameless(message) else message for message in messages]
        said = read_messages(named, "output")
    elif isinstance(value, dict) and isinstance(value.get("kwargs"), dict):  # a message as LangChain keeps it
        said = read_messages([value], "output")
    elif value:
        add_answer(said, value)
    return join([turns, said], "always") if said or said.flaws else turns


def _nameless(message: Any) -> bool:
    return isinstance(message, dict) and "role" not in message and "type" not in message and "id" not in message


def _generation(value: Any) -> Any:
    """The message or text of the first of LangChain's ``generations``."""
    if isinstance(value, dict) and isinstance(value.get("generations"), list):
        first: Any = value["generations"]
        while isinstance(first, list) and first:
            first = first[0]
        if isinstance(first, dict):
            return first.get("message") or first.get("text")
    return value


def _named(value: Any) -> Any:
    """Messages that are pairs (``["user", "text"]``) as objects."""
    if isinstance(value, dict):
        return {name: _named(inner) if name in LISTS else inner for name, inner in value.items()}
    pairs = isinstance(value, list) and bool(value) and all(isinstance(pair, list) and len(pair) == 2 for pair in value)
    if pairs and all(isinstance(role, str) and role.lower() in ROLES for role, _ in value):
        return [{"role": role, "content": content} for role, content in value]
    return value


def _turns(call: Call) -> Turns:
    turns = Turns(call["turns"])
    turns.flaws, turns.lost = list(call["flaws"]), call["lost"]
    return turns


def _moment(call: Call) -> float:
    try:
        moment = parse_date(call["start"])
    except ValueError:
        return 0.0
    return moment.timestamp() if moment is not None else 0.0
