"""What an input format promises."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from clioscope.conversations.conversation import Conversation, Rejected
from clioscope.conversations.formats import Context, Format, all_formats, formats
from clioscope.conversations.messages.content import RecordError
from clioscope.conversations.read import read_conversations, sniff_format
from clioscope.errors import InputError
from clioscope.testing.promise import carry_out, equal, promise

ROLES = ("user", "assistant", "system", "tool")
ODD: tuple[Any, ...] = (None, True, 3, 2.5, "", "text", [], [None], [[]], {}, {"": None}, {"a": {"b": [1, None]}})


def check_source(format: Format, good_records: Sequence[Any], *, told: bool = True) -> None:
    """Raise AssertionError where the format breaks a promise of ``Format``.

    ``good_records``: JSON values of which every one that ``matches`` can be read. They are read from a file, as a
    build reads them, and again damaged in many ways. ``told``: whether the format must be told from such a file without
    being named, which an earlier format in the order of trying may prevent.
    """
    promise(isinstance(format, Format), f"A format is a Format, not a {type(format).__name__}; use @source(...).")
    said = f"The format {format.name}"
    promise(bool(format.about.strip()), f"{said} has no `about`, a few words on what its records are.")
    promise(bool(good_records), f"{said} cannot be checked without a record.")
    _check_matches(format, good_records, said)
    all_formats()
    with formats.temporarily(), tempfile.TemporaryDirectory() as folder:
        formats.register(format.name, "a check")(format)
        path = Path(folder) / "records.jsonl"
        records = copy.deepcopy(list(good_records))
        _write(path, records)
        _check_read(path, format, said)
        if told:
            name = sniff_format(path)
            promise(name == format.name, f"{said} is not told from its own records: they are taken for {name}.")
        _check_parser(format, records, said)
        _check_damage(path, format, records, said)


def _check_matches(format: Format, records: Sequence[Any], said: str) -> None:
    before = copy.deepcopy(list(records))
    for odd in (*ODD, *records):
        found = carry_out(lambda: format.matches(odd), f"{said} cannot say whether {str(odd)[:200]} matches")  # noqa: B023
        promise(isinstance(found, bool), f"{said} says {found!r} of a record; `matches` returns True or False.")
    promise(equal(before, list(records)), f"{said} changes the records that it is shown.")
    count = sum(map(format.matches, records))
    promise(2 * count >= len(records), f"{said} matches {count} of {len(records)} of its own records; half must.")


def _check_read(path: Path, format: Format, said: str) -> None:
    runs: list[list[Conversation | Rejected]] = [
        carry_out(lambda: list(read_conversations(path, format=format.name)), f"{said} does not read its own records")
        for _ in range(2)
    ]
    conversations = [found for found in runs[0] if isinstance(found, Conversation)]
    reasons = [found.reason for found in runs[0] if isinstance(found, Rejected)]
    promise(bool(conversations), f"{said} reads no conversation from its own records ({'; '.join(reasons[:3])}).")
    promise(runs[0] == runs[1], f"{said} reads other conversations the second time.")
    for conversation in conversations:
        _check_conversation(conversation, said)


def _check_conversation(conversation: Conversation, said: str) -> None:
    where = f"{said}, conversation {conversation.source_id!r},"
    promise(isinstance(conversation.source_id, str) and bool(conversation.source_id), f"{said} leaves out a source_id.")
    roles = {message.role for message in conversation.messages}
    promise(roles <= set(ROLES), f"{where} has the roles {sorted(roles)}; there are {', '.join(ROLES)}.")
    promise("user" in roles, f"{where} has no message of the user.")
    texts = [message.content for message in conversation.messages]
    promise(all(isinstance(text, str) and text.strip() for text in texts), f"{where} has a message without text.")
    at = conversation.created_at
    promise(at is None or at.utcoffset() == timedelta(0), f"{where} has a date that is not in UTC: {at}.")
    odd = [name for name, value in conversation.metadata.items() if not isinstance(value, str | int | float | bool)]
    promise(not odd, f"{where} has metadata that is no text, number or truth value: {', '.join(odd)}.")


def _check_parser(format: Format, records: list[Any], said: str) -> None:
    """The parser itself, on single records: it leaves them as they are, since another format may be tried next."""
    if format.thread is not None:
        return
    before = copy.deepcopy(records)
    context = Context()
    if format.prepare is not None:
        format.prepare(records, context, "records.jsonl")
    for record in records:
        with suppress(RecordError):
            format.parse(record, context)
    promise(equal(before, records), f"{said} changes the records that it reads.")


def _check_damage(path: Path, format: Format, records: list[Any], said: str) -> None:
    """Damaged records are read or rejected; those of a thread one by one, since one may hide what another does."""
    damaged = list(_damaged(records))
    alone = [[record] for record in damaged]
    batches = alone if format.thread is not None else [damaged, *alone[: len(ODD)]]
    for batch in batches:
        error = _problem(path, format, [*records, *batch] if len(batch) > 1 else [*batch, *records])
        if error is None:
            continue
        culprit = next((one for one in batch if _problem(path, format, [one, *records]) is not None), batch)
        raise AssertionError(
            f"{said} raises {error!r} for the damaged record {str(culprit)[:300]}; a record that cannot be read is a "
            "RecordError."
        ) from error


def _problem(path: Path, format: Format, records: Sequence[Any]) -> Exception | None:
    """What goes wrong when the records are read from a file, apart from what may."""
    _write(path, records)
    try:
        for _ in read_conversations(path, format=format.name):
            pass
    except InputError:
        return None  # `prepare` may say that a file cannot be read
    except Exception as error:
        return error
    return None


def _damaged(records: Sequence[Any]) -> Iterator[Any]:
    """Records with one field, at most two levels down, that holds something else or is gone."""
    yield from ODD
    for record in records[:3]:
        for place in _places(record):
            for odd in (*ODD, "\x00 <|im_end|>", 10**30):
                yield _with(record, place, odd)
            yield _with(record, place, None, gone=True)


def _places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(min(2, len(value))))
    for key in keys[:12]:
        yield (*above, key)
        if len(above) < 2 and isinstance(value[key], dict | list):
            yield from _places(value[key], (*above, key))


def _with(record: Any, place: tuple[Any, ...], value: Any, *, gone: bool = False) -> Any:
    changed = copy.deepcopy(record)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    if gone:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return changed


def _write(path: Path, records: Sequence[Any]) -> None:
    path.write_text("".join(json.dumps(record, default=str) + "\n" for record in records), encoding="utf-8")
