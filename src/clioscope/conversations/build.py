"""From the fields of a record to a Conversation: the checks that all formats share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clioscope.conversations.clean import clean_text, has_half_character
from clioscope.conversations.conversation import Conversation, Message, Role, content_id
from clioscope.conversations.fields.columns import Columns, Kind, plain_id
from clioscope.conversations.fields.date_text import Order
from clioscope.conversations.fields.dates import AmbiguousDate, is_nothing, parse_date
from clioscope.conversations.fields.ids import LOST
from clioscope.conversations.messages.cells import cell
from clioscope.conversations.messages.content import RecordError, kind
from clioscope.conversations.messages.turns import Turns, read_messages

if TYPE_CHECKING:
    from clioscope.conversations.formats import Context

__all__ = ["conversation_of", "flat_fields", "id_of", "list_of", "make_conversation", "object_of", "read_messages"]

KINDS: tuple[Kind, ...] = ("id", "user", "date")
OWN = "the format's own field"
HALVES = "half a character (a lone surrogate) in the text was left out"
ABANDONED = "messages on branches that an edit or a new answer left behind"
_KNOWN: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system", "tool": "tool"}


def object_of(record: object) -> dict[str, Any]:
    """The record itself. Raises RecordError where it is not an object."""
    if not isinstance(record, dict):
        raise RecordError(f"expected an object, found {kind(record)}")
    return record


def list_of(record: Mapping[str, Any], field: str) -> list[Any]:
    """The list in a field, which may hold it as JSON text. Raises RecordError where it holds no list."""
    value = record.get(field)
    if isinstance(value, str):
        value = cell(value)
    if not isinstance(value, list):
        raise RecordError(f"{field}: expected a list, found {kind(value)}")
    return value


def id_of(record: Mapping[str, Any], field: str) -> str | None:
    """The id in a field; None where it says nothing. Raises RecordError for what cannot be an id."""
    try:
        return plain_id(record.get(field))
    except ValueError as error:
        raise RecordError(f"{field}: {error}") from error


def conversation_of(
    record: Mapping[str, Any],
    turns: Iterable[tuple[str, str]],
    context: Context,
    *,
    skip: Iterable[str] = (),
    source_id: object = None,
    user_id: object = None,
    created_at: object = None,
    metadata: Mapping[str, Any] | None = None,
    flaws: Iterable[str] = (),
    place: str = OWN,
) -> Conversation:
    """A conversation with the id, user and date of a record, whatever their fields are called.

    The first of these counts: a column that the user named; what the format gives here; a field whose name tells what
    it is (``clioscope.conversations.fields.columns``); for user and date such a field of the user's first message. All
    other fields but those in ``skip`` become metadata; ``metadata`` wins where both have the same name. ``place`` says
    where the given user was found. Raises RecordError like ``make_conversation``.
    """
    fields, named = context.columns.of(record), context.columns.named
    told_id, told_user, told_date = fields.id_value, fields.user_value, fields.date_value
    taken: list[object] = [told_id, told_user, told_date]
    names = (fields.id_name, fields.user_name, fields.date_name)
    for index, (kind_, given) in enumerate(zip(KINDS, (source_id, user_id, created_at), strict=True)):
        if given is None or given is taken[index] or named[kind_] is not None or is_nothing(given):
            continue
        taken[index] = given
        context.columns.instead(kind_, names[index], place if kind_ == "user" else OWN)
    if isinstance(turns, Turns) and turns.opening is not None and (is_nothing(taken[1]) or is_nothing(taken[2])):
        _take_from_message(turns.opening, taken, context)
    if isinstance(turns, Turns) and turns.abandoned:
        context.leave_out(ABANDONED, turns.abandoned)
    date_name = fields.date_name if taken[2] is told_date else None
    return make_conversation(
        turns,
        source_id=taken[0],
        user_id=taken[1],
        created_at=taken[2],
        metadata=flat_fields(record, (*names, *skip)) | dict(metadata or {}),
        flaws=flaws,
        order=(lambda: context.order(date_name)) if date_name is not None else None,
    )


def _take_from_message(message: Mapping[str, Any], taken: list[object], context: Context) -> None:
    """Take user and date from a message of the user where neither the record nor its format has them."""
    fields = Columns().of(message)
    told: tuple[tuple[Kind, int, str | None, object], ...]
    told = (("user", 1, fields.user_name, fields.user_value), ("date", 2, fields.date_name, fields.date_value))
    for kind_, index, name, value in told:
        if name is not None and is_nothing(taken[index]) and context.columns.named[kind_] is None:
            taken[index] = value
            context.columns.instead(kind_, None, f"messages[].{name}")


def make_conversation(
    turns: Iterable[tuple[str, str]],
    *,
    source_id: object = None,
    user_id: object = None,
    created_at: object = None,
    metadata: Mapping[str, Any] | None = None,
    flaws: Iterable[str] = (),
    order: Callable[[], Order | None] | None = None,
) -> Conversation:
    """Clean the texts, drop empty messages and check every field.

    ``metadata`` may be the record itself: only flat values are kept. A record without an id gets the hash of its
    content as its id, so that ids do not depend on the order of the file. A fault in a field that is not needed does
    not cost the record: a bad id, user id or date is left out, and a message with an unknown role is kept as ``system``
    (context that is not shown to a model). ``flaws`` of the conversation name such faults, after those given here.
    ``order`` gives the order of day and month in the column, for a date that does not settle it. Raises RecordError
    where there is no text of the user, or a question could not be read and nothing but a greeting is left.
    """
    faults = list(flaws)
    if isinstance(turns, Turns):
        faults += turns.flaws
        if turns.misleading:
            raise RecordError("; ".join(turns.flaws[:5]))
    kept: list[Message] = []
    asked = False
    for role, raw in turns:
        text = _clean(raw, faults).strip()
        if text:
            known = _KNOWN.get(role) or _role(role, faults)
            kept.append(Message(known, text))
            asked = asked or known == "user"
    messages = tuple(kept)
    if not asked:
        raise RecordError("; ".join(["no user text" if messages else "no message with text", *faults]))
    return Conversation(
        source_id=_identifier(source_id, "id", faults) or content_id(messages),
        messages=messages,
        user_id=_identifier(user_id, "user_id", faults),
        created_at=_date(created_at, faults, order),
        metadata=flat_fields(metadata) if metadata else {},
        flaws=tuple(faults),
    )


def flat_fields(record: Mapping[str, Any], skip: Iterable[str | None] = ()) -> dict[str, object]:
    """The fields that hold one value (text, number, true/false, date), without those named in ``skip``."""
    left_out = set(skip)
    flat: dict[str, object] = {}
    for name, value in record.items():
        if name in left_out or value is None or value == "":
            continue
        if isinstance(value, str):
            flat[clean_text(str(name))] = clean_text(value)
        elif isinstance(value, bool | int | float):
            flat[clean_text(str(name))] = value
        elif isinstance(value, datetime):
            flat[clean_text(str(name))] = value.isoformat()
    return flat


def _clean(raw: str, flaws: list[str]) -> str:
    text = clean_text(raw)
    if text is not raw and HALVES not in flaws and has_half_character(raw):
        flaws.append(HALVES)
    return text


def _role(name: str, flaws: list[str]) -> Role:
    role = _KNOWN.get(name)
    if role is None:
        flaw = f"the unknown role {clean_text(name)[:40]!r} is taken as system"
        if flaw not in flaws:
            flaws.append(flaw)
    return role or "system"


def _identifier(value: object, field: str, flaws: list[str]) -> str | None:
    try:
        text = plain_id(value)
    except ValueError as error:
        if str(error) == LOST:
            flaws.append(f"{field}: {str(value)[:40]!r} is {LOST}")
        else:
            flaws.append(f"{field}: expected text or a number, found {kind(value)}")
        return None
    return clean_text(text) if text else None


def _date(value: object, flaws: list[str], order: Callable[[], Order | None] | None) -> datetime | None:
    try:
        try:
            return parse_date(value)
        except AmbiguousDate:
            return parse_date(value, order() if order is not None else None)
    except ValueError as error:
        shown = repr(value)[:40] if isinstance(value, str | int | float) else kind(value)
        flaws.append(f"created_at: {shown} is not a date ({error})")
        return None
