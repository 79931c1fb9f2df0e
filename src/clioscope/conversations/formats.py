"""The registry of input formats, open to plug-ins.

A format is two functions over one decoded record (a JSON value, or a table row as a dict): ``matches`` says
whether the record looks like this format, ``parse`` makes a Conversation of it or raises RecordError. A
plug-in registers one with the decorator and names its module under the entry points ``clioscope.sources``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from clioscope.conversations.conversation import Conversation
from clioscope.errors import SettingsError

GROUP = "clioscope.sources"
BUILT_IN = ("clioscope", "sharegpt", "wildchat", "lmsys", "chatgpt", "claude", "openai", "text")


@dataclass(frozen=True, slots=True)
class Context:
    """What a parser may know beside the record.

    ``text_column`` is the column of the ``text`` format; ``account`` names the file or folder, for exports of
    one person's account that carry no user id.
    """

    text_column: str | None = None
    account: str = ""


Parser = Callable[[Any, Context], Conversation]


@dataclass(frozen=True, slots=True)
class Format:
    """One input format; ``ignore`` names Parquet columns that it never needs (they are not even read)."""

    name: str
    about: str
    matches: Callable[[Any], bool]
    parse: Parser
    ignore: tuple[str, ...] = ()


_formats: dict[str, Format] = {}
_loaded = False


def source(
    name: str, *, about: str, matches: Callable[[Any], bool], ignore: tuple[str, ...] = ()
) -> Callable[[Parser], Parser]:
    """Register the decorated parser as the format ``name``."""

    def register(parse: Parser) -> Parser:
        _formats[name] = Format(name, about, matches, parse, ignore)
        return parse

    return register


def all_formats() -> dict[str, Format]:
    """All formats by name, in the order of trying: ours, plug-ins, ``text`` (the most general)."""
    global _loaded
    if not _loaded:
        from importlib.metadata import entry_points

        for name in BUILT_IN:
            import_module(f"clioscope.conversations.sources.{name}")
        for point in entry_points(group=GROUP):
            try:
                point.load()
            except Exception as error:
                raise SettingsError(f"The input plug-in {point.value} cannot be loaded ({error}).") from error
        _loaded = True
    order = {name: place for place, name in enumerate(BUILT_IN[:-1])}
    last = len(order) + 1
    return dict(sorted(_formats.items(), key=lambda pair: order.get(pair[0], last - (pair[0] != "text"))))


def get_format(name: str) -> Format:
    """The format of that name. Raises SettingsError that lists the names."""
    known = all_formats()
    if name not in known:
        raise SettingsError(f"There is no input format {name!r}; choose one of {', '.join(known)}.")
    return known[name]
