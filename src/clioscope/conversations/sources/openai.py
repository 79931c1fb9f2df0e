"""Message lists: ``{"messages": [...]}`` (or ``contents``, ``history``, …), or a bare list of messages per record.

Read with the message shapes of OpenAI's chat completions (API reference of 2026), Anthropic's Messages, AI SDK 5
(``UIMessage`` with ``parts``), Gemini's ``contents`` and LangChain.
"""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, object_of, read_messages
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.fields.columns import normal
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import LISTS, cell, is_messages, list_field
from clioscope.conversations.messages.content import RecordError, kind
from clioscope.conversations.messages.tree import leaf_of
from clioscope.conversations.sources.logs import ANSWERED, add_answer


def matches(record: Any) -> bool:
    return list_field(record) is not None if isinstance(record, dict) else is_messages(record)


@source(
    "openai",
    about="a list of messages per record: messages[{role, content or parts}]",
    matches=matches,
    fields=("messages",),
)
def parse(record: Any, context: Context) -> Conversation:
    """Multi-part content, tool and function calls and their answers included."""
    if isinstance(record, list):
        return conversation_of({}, read_messages(record, "messages"), context)
    record = object_of(record)
    field = list_field(record) or next((name for name in LISTS if name in record), "messages")
    items = cell(record.get(field))
    if not isinstance(items, list):
        raise RecordError(f"{field}: expected a list, found {kind(items)}")
    turns = read_messages(items, field, leaf_of(record))
    if isinstance(record.get("system"), str | list):  # Anthropic: the system prompt stands beside the messages
        turns.insert(0, ("system", _system(record["system"])))
    answers = [name for name in record if normal(str(name)) in ANSWERED]
    if turns and turns[-1][0] in ("user", "tool"):  # gateways log what was answered beside the messages
        for name in answers:
            add_answer(turns, record[name])
    extra = record.get("metadata")
    return conversation_of(
        record,
        turns,
        context,
        skip=("system", field, *answers),
        source_id=_first(record, "id", "custom_id"),
        metadata=extra if isinstance(extra, dict) else {},
    )


def _system(content: Any) -> str:
    from clioscope.conversations.messages.content import flatten_content

    try:
        return flatten_content(content, "system")
    except RecordError:
        return ""


def _first(record: dict[str, Any], *names: str) -> Any:
    """The first of the named fields that holds something."""
    return next((record[name] for name in names if record.get(name) not in (None, "")), None)
