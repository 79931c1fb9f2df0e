"""The registry of input formats, open to plug-ins.

A format is two functions over one decoded record (a JSON value, or a table row as a dict): ``matches`` says
whether the record looks like this format, ``parse`` makes a Conversation of it or raises RecordError. Where the
records are single messages, a third function, ``thread``, says which conversation a record belongs to, and
``parse`` gets the list of its records. A plug-in registers one with the decorator and names its module under the
entry points ``clioscope.sources``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from clioscope.conversations.conversation import Conversation
from clioscope.conversations.fields.columns import Columns
from clioscope.conversations.fields.date_text import Order
from clioscope.conversations.threads import Key
from clioscope.registry import Registry

BUILT_IN = (
    *("clioscope", "claude_code", "codex", "openai_batch", "responses", "anthropic", "otel", "langsmith", "langfuse"),
    *("sharegpt", "wildchat", "lmsys", "arena", "chatgpt", "claude", "gemini_takeout", "open_webui"),
    *("librechat", "llama_ui", "oasst", "openai", "message_table", "logs", "pairs", "text"),
)  # in the order of trying: from the most particular to the most general


@dataclass(slots=True)
class Context:
    """What a parser may know beside the record, and where it says what it left out; one per file.

    ``text_column`` is the column of the ``text`` format; ``account`` names the file or folder, for exports of
    one person's account that carry no user id. ``columns`` tells ids, users and dates by their names; ``settle``
    gives the order of day and month that a whole column of dates has. ``memory`` is what ``prepare`` found out
    and ``thread`` keeps of the records before (a few values; it must not grow with the file).
    """

    text_column: str | None = None
    account: str = ""
    columns: Columns = field(default_factory=Columns)
    settle: Callable[[str], Order | None] = lambda column: None
    left_out: Counter[str] = field(default_factory=Counter)
    memory: dict[str, Any] = field(default_factory=dict)
    _orders: dict[str, Order | None] = field(default_factory=dict)

    def order(self, column: str) -> Order | None:
        """The order of day and month in a column of dates; None where the column does not settle it."""
        if column not in self._orders:
            self._orders[column] = self.settle(column)
        return self._orders[column]

    def leave_out(self, what: str, count: int = 1) -> None:
        """Count what is no conversation of the user by its nature; it is listed once per file."""
        if count:
            self.left_out[what] += count


Parser = Callable[[Any, Context], Conversation | list[Conversation]]


@dataclass(frozen=True, slots=True)
class Format:
    """One input format.

    ``fields`` are the names that its records have, to tell the nearest format of an unknown record. ``ignore``
    names Parquet columns that it never needs (they are not even read). ``thread`` gives the id of the
    conversation that a record belongs to, or those of a part and its whole (it raises RecordError, or
    NoConversation for a record that holds no message); with ``across`` records of all files of the input are put
    together, else those of one file. ``parse`` then gets an iterable of them, to be gone through once, and may give
    several conversations. ``parts`` takes a record apart that wraps several (a page of an API, an export request)
    before ``thread`` sees them.
    ``prepare`` sees the first records of a file before it is read, and may raise InputError.
    """

    name: str
    about: str
    matches: Callable[[Any], bool]
    parse: Parser
    fields: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    thread: Callable[[Any, Context], Key] | None = None
    across: bool = False
    prepare: Callable[[Sequence[Any], Context, str], None] | None = None
    parts: Callable[[Any], Iterable[Any]] | None = None


formats: Registry[Format] = Registry(
    "input format",
    "clioscope.sources",
    {name: f"clioscope.conversations.sources.{name}" for name in BUILT_IN},
    lambda part: isinstance(part, Format),
)
_loaded = False  # plug-ins are looked for once per process, since formats are asked for once per file


def source(
    name: str,
    *,
    about: str,
    matches: Callable[[Any], bool],
    fields: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    thread: Callable[[Any, Context], Key] | None = None,
    across: bool = False,
    prepare: Callable[[Sequence[Any], Context, str], None] | None = None,
    parts: Callable[[Any], Iterable[Any]] | None = None,
) -> Callable[[Parser], Parser]:
    """Register the decorated parser as the format ``name``; see ``Format`` for the rest."""

    def register(parse: Parser) -> Parser:
        made = Format(name, about, matches, parse, fields, ignore, thread, across, prepare, parts)
        formats.register(name, parse.__module__)(made)
        return parse

    return register


def all_formats(named: str | None = None) -> dict[str, Format]:
    """All formats by name, in the order of trying: ours, plug-ins, ``text`` (the most general).

    A plug-in that cannot be loaded is left out, with a warning unless it is the one that is ``named``.
    """
    global _loaded
    if not _loaded:
        formats.usable(named=(named or "",))
        _loaded = True
    order = {name: place for place, name in enumerate(BUILT_IN[:-1])}
    last = len(order) + 1
    known = formats.registered().items()
    return dict(sorted(known, key=lambda pair: order.get(pair[0], last - (pair[0] != "text"))))


def get_format(name: str) -> Format:
    """The format of that name. Raises SettingsError that lists the names, or says why a plug-in cannot be loaded."""
    known = all_formats(name)
    return known[name] if name in known else formats.get(name)
