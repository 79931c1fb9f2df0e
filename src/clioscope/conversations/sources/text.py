"""One text a row (tickets, reviews, survey answers): CSV, TSV, Parquet or JSONL with a text column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from clioscope.conversations.build import flat_fields, make_conversation, object_of
from clioscope.conversations.content import RecordError, kind
from clioscope.conversations.conversation import Conversation
from clioscope.conversations.formats import Context, source
from clioscope.errors import InputError

COLUMNS = ("text", "content", "body", "review", "message")


def choose_column(columns: Iterable[str], wanted: str | None, path: str) -> str:
    """The column that holds the text. Raises InputError that lists the columns there are."""
    names = list(columns)
    if wanted is not None and wanted in names:
        return wanted
    listed = ", ".join(name[:60] for name in names[:20]) + (", …" if len(names) > 20 else "")
    if wanted is not None:
        raise InputError(f"{path}: there is no column {wanted!r}; the columns are {listed}.")
    by_lower = {name.strip().lower(): name for name in reversed(names)}
    for usual in COLUMNS:
        if usual in by_lower:
            return by_lower[usual]
    raise InputError(
        f"{path}: no column is called {', '.join(COLUMNS[:-1])} or {COLUMNS[-1]}; "
        f"name the one that holds the text with --text-column (the columns are {listed})."
    )


def matches(record: Any) -> bool:
    return isinstance(record, dict) and any(
        isinstance(value, str) and name.strip().lower() in COLUMNS for name, value in record.items()
    )


@source("text", about="a table (CSV, TSV, Parquet, JSONL) with one text a row", matches=matches)
def parse(record: Any, context: Context) -> Conversation:
    """One user message a row; id, user_id and created_at are taken as such, other columns as metadata."""
    record = object_of(record)
    column = context.text_column or choose_column(record, None, "record")
    text = record.get(column)
    if text is not None and not isinstance(text, str):
        raise RecordError(f"{column}: expected text, found {kind(text)}")
    if not text or not text.strip():
        raise RecordError(f"{column}: empty")
    return make_conversation(
        [("user", text)],
        source_id=record.get("id"),
        user_id=record.get("user_id"),
        created_at=record.get("created_at"),
        metadata=flat_fields(record, (column, "id", "user_id", "created_at")),
    )
