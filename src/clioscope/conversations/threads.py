"""Records of single messages, joined to conversations."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

from clioscope.errors import InputError

_TABLE = """
    PRAGMA journal_mode = OFF; PRAGMA cache_size = -65536; PRAGMA temp_store = FILE;
    CREATE TABLE rows (thread INTEGER NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL, value BLOB NOT NULL);
    CREATE TABLE wholes (thread INTEGER PRIMARY KEY, whole INTEGER NOT NULL);
    BEGIN
"""
_PUT_TOGETHER = """
    UPDATE rows SET thread = (SELECT whole FROM wholes WHERE wholes.thread = rows.thread)
    WHERE thread IN (SELECT thread FROM wholes)
"""
_INDEX = "CREATE INDEX IF NOT EXISTS by_thread ON rows (thread)"  # once all is there: faster than row by row
_IN_ORDER = "SELECT thread FROM rows GROUP BY thread ORDER BY MIN(rowid)"
_ONE = "SELECT file, line, value FROM rows WHERE thread = ? ORDER BY rowid"


Key = str | tuple[str, str]
"""What says which conversation a record belongs to: an id, or the id of a part (a trace) and that of the whole."""


class Row(NamedTuple):
    """A record of a conversation, and where it stands."""

    file: str
    line: int
    value: Any


class Threads:
    """Takes records in any order and gives them by conversation, in the order of the conversations' first records.

    Memory does not grow: the records are in a temporary file, which goes when this object goes.
    """

    def __init__(self) -> None:
        # Without a name it is a temporary file of SQLite's own.
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.executescript(_TABLE)
        self.empty = True

    def add(self, key: Key, row: Row) -> None:
        """Keep a record of the conversation ``key``; of a part and its whole, all records of the part go to the whole.

        Raises InputError where the temporary file cannot be written.
        """
        part, whole = (key, None) if isinstance(key, str) else key
        self.empty = False
        try:
            value = pickle.dumps(row.value, pickle.HIGHEST_PROTOCOL)  # read by this process alone
            self._rows.execute("INSERT INTO rows VALUES (?, ?, ?, ?)", (_number(part), row.file, row.line, value))
            if whole is not None:
                self._rows.execute("INSERT OR IGNORE INTO wholes VALUES (?, ?)", (_number(part), _number(whole)))
        except sqlite3.Error as error:
            raise _unwritable(error) from error

    def __iter__(self) -> Iterator[Iterator[Row]]:
        """The records of each conversation, unpacked one by one; go through them before the next is asked for."""
        try:
            self._rows.execute(_PUT_TOGETHER)
            self._rows.execute(_INDEX)
            for (thread,) in self._rows.execute(_IN_ORDER):
                yield (
                    Row(file, line, pickle.loads(value)) for file, line, value in self._rows.execute(_ONE, (thread,))
                )
        except sqlite3.Error as error:
            raise _unwritable(error) from error


def _number(key: str) -> int:
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True)


def _unwritable(error: sqlite3.Error) -> InputError:
    return InputError(f"A temporary file cannot be written ({error}); set TMPDIR to a folder with room.")
