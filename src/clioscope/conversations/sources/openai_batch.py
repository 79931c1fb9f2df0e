"""Batch files: requests and answers in two files, joined by ``custom_id``.

Written from OpenAI's Batch API (2026; requests to Chat Completions, Responses and Completions) and Anthropic's
Message Batches, whose lines are of the same kind.
"""

from __future__ import annotations

from typing import Any

from clioscope.conversations.build import conversation_of, object_of
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.fields.columns import plain_id
from clioscope.conversations.formats import Context, source
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import NoConversation, RecordError
from clioscope.conversations.messages.turns import Turns
from clioscope.conversations.sources.logs import add_answer
from clioscope.conversations.sources.parts.items import read_items, request_turns

ALONE = (
    "an answer without its request: the output of a batch holds answers alone; give the batch's input file beside it "
    "(they are joined by custom_id)"
)
TWICE = "requests that are given twice"
UNCLEAR = "answers whose custom_id several requests have"
FURTHER = "further answers to a request"
_NO_TALK = ("/embeddings", "/moderations", "/images/", "/videos")
_SKIP = ("custom_id", "method", "id", "stream")


def matches(record: Any) -> bool:
    return isinstance(record, dict) and "custom_id" in record and (_asks(record) or _answers(record))


def thread(record: Any, context: Context) -> str:
    """The custom_id. Raises NoConversation for requests of another kind (embeddings, moderation)."""
    record = object_of(record)
    try:
        request_id = plain_id(record.get("custom_id"))
    except ValueError:
        request_id = None
    if request_id is None or not matches(record):
        raise RecordError("this is no line of a batch: it has no custom_id, or no body and no response")
    if any(path in str(record.get("url")) for path in _NO_TALK):
        raise NoConversation("requests for embeddings, images or moderation")
    return request_id


@source(
    "openai_batch",
    about="input and output of a batch, joined by custom_id",
    matches=matches,
    fields=("custom_id", "method", "url", "body"),
    thread=thread,
    across=True,
)
def parse(record: Any, context: Context) -> list[Conversation]:
    """One conversation per request, with its answer. A request that failed keeps the user's side.

    Several requests with the same custom_id, from several batches, are conversations without an answer, since nothing
    says which answer belongs to which.
    """
    lines = list(record)
    requests: list[dict[str, Any]] = []
    for line in lines:
        if _asks(line) and all(line != other for other in requests):
            requests.append(line)
    answers = [line for line in lines if not _asks(line)]
    if not requests:
        raise RecordError(ALONE)
    good = [answer for answer in answers if _body(answer)]
    conversations = [_conversation(request, good[-1:] if len(requests) == 1 else [], context) for request in requests]
    repeated = len(lines) - len(answers) - len(requests)
    for what, count in ((TWICE, repeated), (UNCLEAR if len(requests) > 1 else FURTHER, _further(requests, answers))):
        if count:
            context.leave_out(what, count)
    return conversations


def _further(requests: list[Any], answers: list[Any]) -> int:
    return len(answers) if len(requests) > 1 else max(0, len(answers) - 1)


def _conversation(line: dict[str, Any], answers: list[dict[str, Any]], context: Context) -> Conversation:
    request = object_of(_request(line))
    turns = request_turns(request)
    if turns is None:
        raise RecordError("body: no messages, input or prompt")
    body: dict[str, Any] = {}
    for answer in answers:
        body = _body(answer)
        add_body(turns, body)
    extra = request.get("metadata")
    return conversation_of(
        {**request, **{name: value for name, value in line.items() if name not in ("body", "params")}},
        turns,
        context,
        skip=(*_SKIP, "input", "prompt", "instructions", "system"),
        source_id=line["custom_id"],
        created_at=body.get("created") or body.get("created_at"),
        metadata=extra if isinstance(extra, dict) else {},
        place="custom_id",
    )


def add_body(turns: Turns, body: dict[str, Any]) -> None:
    """Add the answer that the body of a response holds: choices, items or a message."""
    choices = body.get("choices")
    if isinstance(body.get("output"), list):
        read_items(body["output"], "output", turns)
    elif isinstance(choices, list) and choices and isinstance(choices[0], dict) and "text" in choices[0]:
        turns.say("assistant", str(choices[0]["text"] or ""))
    elif isinstance(body.get("content"), list | str):
        turns.add("assistant", body["content"], "content")
    else:
        add_answer(turns, body)


def _request(line: dict[str, Any]) -> Any:
    return cell(line.get("body", line.get("params")))


def _asks(line: dict[str, Any]) -> bool:
    request = _request(line)
    return isinstance(request, dict) and ("url" in line or bool({"messages", "input", "prompt"} & request.keys()))


def _answers(line: dict[str, Any]) -> bool:
    response, result = cell(line.get("response")), cell(line.get("result"))
    return (
        (isinstance(response, dict) and ("body" in response or "status_code" in response))
        or (isinstance(result, dict) and "type" in result)
        or ("response" in line and "error" in line)
    )


def _body(line: dict[str, Any]) -> dict[str, Any]:
    """The body of an answer; empty for one that failed."""
    response, result = cell(line.get("response")), cell(line.get("result"))
    if isinstance(result, dict):
        message = result.get("message")
        return message if isinstance(message, dict) else {}
    body = cell(response.get("body")) if isinstance(response, dict) else None
    status = response.get("status_code") if isinstance(response, dict) else None
    failed = isinstance(status, int) and status >= 400
    return body if isinstance(body, dict) and not failed and not body.get("error") else {}
