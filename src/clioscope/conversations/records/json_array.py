"""JSON in one big array, or values one after the other, decoded an element at a time over a sliding window.

A parser of events (ijson) was tried: 1.6 times slower on 125 MB of ShareGPT, loses lone surrogates, refuses NaN.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO, Any

from clioscope.conversations.records.json_window import Window
from clioscope.conversations.records.record import Record, bad_bytes, decode_error, unread

_COMMAS = re.compile(r"[ \t\r\n,]*")
FARTHEST = 1 << 26  # characters searched for the next element
_LEARN = 20  # elements looked at to know one when it is met
_CUT_OFF = "the file is cut off within this record (all before it was read)"


def json_values(stream: IO[bytes], *, array: bool) -> Iterator[Record]:
    """The elements of one array, or values that follow each other.

    A damaged element is rejected, and the reading goes on at the next place where surely an element begins; where
    there is no such place, the last record says how much was not read.
    """
    window = Window(stream)
    window.skip()
    if array:
        window.take("[")
    look = Look(array)
    number = 0
    while True:
        window.skip(_COMMAS)
        if array and window.take("]"):
            window.skip()
            if not window.at_end():
                left, size = window.rest()
                yield Record(number + 1, None, f"text after the end of the array; {unread(left, size)}", 0)
            return
        if window.at_end():
            if array:
                yield Record(
                    number + 1, None, "the array is not closed: the file is cut off after the record before", 0
                )
            return
        number += 1
        try:
            value, text = window.next_value()
        except (EOFError, ValueError, RecursionError) as error:
            lost = look.next_element(window)
            if lost:
                yield Record(number, None, f"{_why(error)}; the reading went on at the next record", lost)
                number += lost - 1
                continue
            if isinstance(error, EOFError):
                yield Record(number, None, _CUT_OFF)
            else:
                yield Record(number, None, f"{_why(error)}; {unread(*window.rest())}")
            return
        look.learn(value)
        reason = bad_bytes(text)
        yield Record(number, None if reason else value, reason)


def _why(error: Exception) -> str:
    return "not closed" if isinstance(error, EOFError) else decode_error(error)


class Look:
    """What an element looks like, so that the next one is found behind a damaged one."""

    def __init__(self, array: bool) -> None:
        self._array = array
        self._learnt = 0
        self._keys: set[str] = set()
        self._first: str | None = None
        self._is_safe = True  # no element holds objects that look like elements

    def learn(self, value: Any) -> None:
        if self._learnt >= _LEARN or not isinstance(value, dict) or not value:
            return
        self._learnt += 1
        first = next(iter(value))
        self._is_safe = self._is_safe and first == (self._first or first)
        self._first = first
        self._keys |= value.keys()
        self._is_safe = self._is_safe and not any(self._alike(inner) for inner in _objects(value))

    def next_element(self, window: Window) -> int:
        """Move the window to the next element, past the one that cannot be decoded.

        Returns how many elements were passed over, 0 where none was found; the window stays as it is then.
        """
        pattern = self._pattern(window)
        if pattern is None:
            return 0
        passed, offset = 1, 1  # the offset counts from the damaged element, which the window holds on to
        while True:
            match = pattern.search(window.text, window.place + offset)
            if match is None:
                length = len(window.text) - window.place
                if length > FARTHEST or not window.more():
                    return 0
                offset = max(1, length - 64)
                continue
            offset = match.start("element") - window.place
            kind = self._kind(window, offset)
            if kind == "element":
                window.place += offset
                return passed
            passed += kind == "damaged"
            offset += 1

    def _kind(self, window: Window, offset: int) -> str:
        """Whether an ``element`` begins there, a ``damaged`` one, or an ``other`` object."""
        value = window.value_at(offset)
        if not isinstance(value, dict):
            return "damaged"
        return "element" if not self._keys or self._alike(value) else "other"

    def _alike(self, value: dict[str, Any]) -> bool:
        keys = value.keys()
        return bool(value) and 2 * len(keys & self._keys) >= len(keys | self._keys)

    def _pattern(self, window: Window) -> re.Pattern[str] | None:
        """Where elements may begin. Within a text quotes are escaped, so that ``{"id":`` is never part of one."""
        if self._first is not None:
            if not self._is_safe:
                return None
            names = {json.dumps(self._first), json.dumps(self._first, ensure_ascii=False)}
            return re.compile(r"(?<![:\s])\s*(?P<element>\{\s*(?:" + "|".join(map(re.escape, names)) + r")\s*:)")
        # Nothing is known of the elements yet: as far to the right as the damaged one, which what is in it is not.
        if (indent := window.indent()) is None or (self._array and not indent):
            return None
        return re.compile(rf"\n{indent}(?P<element>\{{)")


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects within a value."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(inner, dict):
            yield inner
        if isinstance(inner, dict | list):
            yield from _objects(inner)
