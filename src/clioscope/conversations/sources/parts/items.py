"""The items of OpenAI's Responses API (requests, answers, stored conversations, Codex) as turns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from clioscope.conversations.messages.content import RecordError, call_mark, kind, names_of
from clioscope.conversations.messages.turns import Turns, read_message, read_messages

_HIDDEN = ("reasoning", "item_reference", "compaction", "mcp_list_tools", "snapshot", "compaction_summary")
_PARTS = ("input_text", "input_image", "input_file", "input_audio", "output_text", "text")


def read_items(items: Iterable[Any], field: str, turns: Turns) -> None:
    """Add items in order. Raises RecordError for one that is neither text nor an object."""
    for index, item in enumerate(items):
        where = f"{field}[{index}]"
        if isinstance(item, str):
            turns.say("user", item)
        elif isinstance(item, dict):
            read_item(item, where, turns)
        else:
            raise RecordError(f"{where}: expected an object, found {kind(item)}")


def read_item(item: dict[str, Any], where: str, turns: Turns) -> None:
    """Add an item: a message, a call (a mark of the assistant), a call's output (role tool); reasoning is hidden."""
    type_ = str(item.get("type") or "message")
    if type_ == "message" or ("role" in item and "content" in item):
        read_message(item, where, turns)
    elif any(word in type_ for word in _HIDDEN):
        return
    elif type_ in _PARTS:
        turns.add("user", [item], where)
    elif type_.endswith(("_output", "_result")) or type_ == "mcp_approval_response":
        turns.add("tool", [{"type": "tool_result", "content": _output(item.get("output"))}], where)
    elif type_.endswith(("_call", "_request")):
        turns.say("assistant", call_mark(item.get("name") or type_.removesuffix("_call")))
    else:
        turns.flaws.append(f"{where}: an item has the unknown type {type_[:40]!r} (fields: {names_of(item)})")


def request_turns(request: dict[str, Any]) -> Turns | None:
    """The turns of a request: Responses (``instructions``, ``input``), Chat (``messages``), Completions (``prompt``).

    None where it has none of these.
    """
    turns = Turns()
    for name in ("system", "instructions"):  # Anthropic's requests have the one, Responses the other
        if request.get(name):
            _system(request[name], name, turns)
    if isinstance(request.get("messages"), list):
        said = read_messages(request["messages"], "messages")
        said[:0] = turns
        return said
    for name in ("input", "prompt"):
        given = request.get(name)
        if isinstance(given, str):
            turns.say("user", given)
            return turns
        if isinstance(given, list):
            read_items(given, name, turns)
            return turns
    return None


def _system(value: Any, name: str, turns: Turns) -> None:
    if isinstance(value, list) and any(isinstance(item, dict) and "role" in item for item in value):
        read_items(value, name, turns)
    else:
        turns.add("system", value, name)


def _output(output: Any) -> Any:
    """What a call gave; older Codex wraps it in an object."""
    return output["content"] if isinstance(output, dict) and "content" in output else output
