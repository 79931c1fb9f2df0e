"""A row of a table of messages: which columns hold the role, the text and the conversation's id."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from clioscope.conversations.conversation import Role
from clioscope.conversations.fields.columns import normal
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import ROLES
from clioscope.conversations.messages.turns import speaks, unwrapped

ROLE_NAMES = (
    "role",
    "sender",
    "sendertype",
    "authortype",
    "authorrole",
    "from",
    "speaker",
    "author",
    "messagerole",
    "speakertype",
    "usertype",
    "participanttype",
    "participant",
    "direction",
    "messagedirection",
    *("роль", "отправитель"),
    "type",
)
_SIDES: dict[str, Role] = {  # what is a role only in a table of messages
    **dict.fromkeys(("inbound", "incoming", "contact", "requester"), "user"),
    **dict.fromkeys(("outbound", "outgoing", "agentbot", "agent_bot", "staff", "admin"), "assistant"),
}
_FLAGS = {  # yes or no in place of a role: what yes and what no means
    **dict.fromkeys(("isoperator", "isstaffreply", "fromagent"), ("assistant", "user")),
    **dict.fromkeys(("fromuser", "isfromuser", "fromcustomer", "isfromcustomer"), ("user", "assistant")),
    **dict.fromkeys(
        ("isbot", "isassistant", "isai", "isagent", "isstaff", "frombot"),
        ("assistant", "user"),
    ),
    **dict.fromkeys(
        (
            "isuser",
            "ishuman",
            "iscustomer",
            "iscreatedbyuser",
            "incoming",
            "isincoming",
            "inbound",
            "isinbound",
            "fromuser",
            "isfromuser",
            "fromcustomer",
            "isfromcustomer",
        ),
        ("user", "assistant"),
    ),
}
_YES, _NO = ("true", "1", "t", "yes", "y", "1.0"), ("false", "0", "f", "no", "n", "0.0")
_WRAPPED = ("message", "data", "content", "payload", "body", "msg", "event", "value")
TEXT_NAMES = (
    "content",
    "text",
    "message",
    "body",
    "value",
    "parts",
    "messagetext",
    "messagecontent",
    "utterance",
    "msg",
    *("текст", "сообщение"),
)
ID_NAMES = (
    *("conversationid", "convid", "chatid", "threadid", "sessionid", "dialogid", "dialogueid", "messagetreeid"),
    *("conversation", "conversationuuid", "ticketid", "caseid", "caseno", "casenumber", "roomid", "chat", "dialog"),
    *("traceid", "runid", "contextid", "interactionid", "channelid", "issueid", "requestid"),
    *map(normal, ("id_диалога", "id_чата", "id_беседы", "id_обращения")),
)
POSITION_NAMES = (
    "position",
    "index",
    "messageindex",
    "turn",
    "turnid",
    "turnindex",
    "order",
    "seq",
    "sequence",
    "step",
    "seqno",
    "seqnum",
    "seqnumber",
    "sequenceno",
    "sequencenumber",
    "messageno",
    "messagenumber",
    "messageorder",
    "messageposition",
    "msgindex",
    "msgno",
    "turnno",
    "turnnumber",
    "orderindex",
    "ordinal",
    "stepindex",
    "idx",
)
TIME_NAMES = (
    "createdat",
    "timestamp",
    "time",
    "createdate",
    "createddate",
    "createtime",
    "sentat",
    "date",
    "ts",
    "datetime",
)


def row_of(record: Any) -> dict[str, Any]:
    """The row itself, or the message that it wraps (``{"type": "message", "message": {...}}``)."""
    if not isinstance(record, dict):
        return {}
    inner = record.get("message")
    if isinstance(inner, dict) and ("role" in inner or "content" in inner):
        return {**record, **inner}
    role = name_of(record, ROLE_NAMES)
    if role is not None and role_name(record[role]) is not None:
        return record
    for column in map(str, record):
        flag = _FLAGS.get(normal(column))
        answer = str(record.get(column)).strip().lower()
        if flag is not None and answer in (*_YES, *_NO) and name_of(record, ID_NAMES):
            return {**record, "role": flag[answer in _NO]}
    for name in _WRAPPED:  # LangChain's chat histories: a message as JSON in a cell
        held = cell(record[name]) if isinstance(record.get(name), str | dict) else None
        if isinstance(held, dict) and speaks(held):
            return {**{key: value for key, value in record.items() if key != name}, **unwrapped(held)}
    direction = name_of(record, ("direction", "messagedirection"))
    if direction is not None and role_name(record[direction]) is not None:
        return {**record, "role": record[direction]}
    return record


def name_of(row: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """The column that goes by the first of the names."""
    return _column(tuple(row), names)


@lru_cache(maxsize=4096)
def _column(columns: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    normals = {normal(column): column for column in reversed(columns)}
    return next((normals[name] for name in names if name in normals), None)


def role_name(value: object) -> Role | None:
    """The role that a cell names; None for a name that is not known."""
    name = value.strip().lower() if isinstance(value, str) else ""
    return ROLES.get(name) or _SIDES.get(name)
