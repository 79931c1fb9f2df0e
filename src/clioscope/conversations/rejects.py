"""``rejected.jsonl``: what could not be used, where it stands and why."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from clioscope.conversations.conversation import Rejected
from clioscope.errors import AtlasError
from clioscope.files.modes import open_private


class RejectsFile:
    """Writes rejected records to a file beside ``path``; ``keep`` then moves the file to ``path`` in one step.

    Without ``keep`` nothing stays behind. If there were no records, ``keep`` removes the file of an earlier run. If
    ``path`` is None, records are only counted.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.count = 0  # records
        self.flawed = 0  # records that are used without a field
        self.files = 0  # files that were found and not read
        self.first: Rejected | None = None
        self._partial = None if path is None else path.with_name(f".{path.name}.{os.getpid()}.partial")
        self._stream: IO[str] | None = None

    def __enter__(self) -> RejectsFile:
        return self

    def add(self, record: Rejected) -> None:
        """Count and write one record. Raises AtlasError if it cannot be written."""
        if record.kind == "field":
            self.flawed += record.count
        elif record.kind == "file":
            self.files += record.count
            self.first = self.first or record
        elif record.kind == "record":
            self.count += record.count
            self.first = self.first or record
        if self._partial is None:
            return
        row = {"file": record.file, "line": record.line, "kind": record.kind, "reason": record.reason}
        if record.count != 1:
            row["count"] = record.count
        try:
            if self._stream is None:
                self._partial.parent.mkdir(parents=True, exist_ok=True)
                self._stream = open_private(self._partial, "w")
            text = json.dumps(row, ensure_ascii=False).encode("utf-8", "replace").decode()
            self._stream.write(f"{text}\n")
        except OSError as error:
            raise self._unwritable(error) from error

    def keep(self) -> None:
        """Make the file appear whole at ``path``. Raises AtlasError if it cannot."""
        if self.path is None or self._partial is None:
            return
        try:
            if self._stream is None:
                self.path.unlink(missing_ok=True)
                return
            self._stream.close()
            self._stream = None
            self._partial.replace(self.path)
        except OSError as error:
            raise self._unwritable(error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            with suppress(OSError):  # a full disk shows again on closing; it has been told already
                self._stream.close()
            self._stream = None
        if self._partial is not None:
            with suppress(OSError):
                self._partial.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> AtlasError:
        return AtlasError(f"{self.path}: the file cannot be written ({error.strerror or error}).")
