"""Waiting questions as files that a batch service reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from clioscope.errors import ClioscopeError
from clioscope.files.modes import make_file
from clioscope.models.batch.client import BatchClient
from clioscope.models.batch.formats import FORMATS, line_of
from clioscope.models.batch.parts import chunks
from clioscope.models.batch.waitlist import Question, Waitlist
from clioscope.models.loop import run_loop
from clioscope.models.store import Store

_CHUNK = 1024  # questions made at once


@dataclass(frozen=True, slots=True)
class Written:
    """One file of questions: its ``path``, the ``model`` that it is for (the name that the service knows), the
    ``endpoint``, how many ``questions`` it holds, and its ``size`` in bytes."""

    path: Path
    model: str
    endpoint: str
    questions: int = 0
    size: int = 0


def export_waiting(
    waitlist: Waitlist,
    store: Store,
    path: Path,
    form: str,
    *,
    stage: str | None = None,
    rows: int | None = None,
    size: int | None = None,
) -> list[Written]:
    """Write the questions that have no answer yet, of one stage or of all, in the ``form`` of a service (``FORMATS``).

    A file has one model and one endpoint, and at most ``rows`` questions and ``size`` bytes (if unset: what the service
    allows). Where one file is not enough they are numbered: ``FILE-1.jsonl``, ``FILE-2.jsonl`` and so on. They are
    for their owner alone, and after an error none of them is there. Returns the files in order; none where no question
    waits. Raises ClioscopeError for a question that alone is larger than a file may be, and where a file cannot be
    written.
    """
    chosen = FORMATS[form]
    clients = {
        model: BatchClient(settings, learnt[1] if learnt is not None and learnt[0] == form else chosen.habits())
        for model, (settings, learnt) in waitlist.models().items()
    }
    used: set[str] = set()
    files = _Files(path, rows or chosen.rows, size or chosen.size)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for chunk in chunks(waitlist.questions(stage), _CHUNK):
            known = store.known_answers([question.key for question in chunk])
            asked = [question for question in chunk if question.key not in known]
            for question, (endpoint, body) in zip(asked, run_loop(_forms(asked, clients)), strict=True):
                row = chosen.row(question.key, endpoint, body)
                files.add(clients[question.model].model, endpoint, line_of(row))
            used.update(question.model for question in asked)
        written = files.finish()
    except OSError as error:
        raise ClioscopeError(f"{path}: cannot be written ({error.strerror or error}).") from error
    finally:
        files.discard()
    for model in used:
        waitlist.put_habits(model, form, clients[model].habits)
    return written


async def _forms(questions: Iterable[Question], clients: dict[str, BatchClient]) -> list[tuple[str, dict[str, object]]]:
    return [await clients[question.model].form(question.request) for question in questions]


class _Files:
    """The files of one export: hidden parts beside ``path``, which get their names when all of them are written."""

    def __init__(self, path: Path, rows: int | None, size: int | None) -> None:
        self._path, self._rows, self._size = path, rows, size
        self._open: dict[tuple[str, str], tuple[IO[bytes], int]] = {}  # the file, and its place among the parts
        self._parts: list[Written] = []

    def add(self, model: str, endpoint: str, line: bytes) -> None:
        """Add a line to the file of this model and endpoint; to a new one where that is full."""
        if self._size is not None and len(line) > self._size:
            raise ClioscopeError(f"{self._path}: a question of {len(line):,} bytes is larger than a file may be.")
        key = (model, endpoint)
        if key in self._open:
            file, place = self._open[key]
            part = self._parts[place]
            full = self._rows is not None and part.questions >= self._rows
            if full or (self._size is not None and part.size + len(line) > self._size):
                file.close()
                del self._open[key]
        if key not in self._open:
            part = Written(self._path.with_name(f".{self._path.name}.part{len(self._parts)}"), model, endpoint)
            make_file(part.path)
            self._open[key] = part.path.open("wb"), len(self._parts)
            self._parts.append(part)
        file, place = self._open[key]
        file.write(line)
        part = self._parts[place]
        self._parts[place] = replace(part, questions=part.questions + 1, size=part.size + len(line))

    def finish(self) -> list[Written]:
        """Give the files their names."""
        for file, _ in self._open.values():
            file.close()
        self._open = {}
        named, parts = [], self._parts
        for number, part in enumerate(parts, 1):
            path = self._path if len(parts) == 1 else _numbered(self._path, number)
            part.path.replace(path)
            named.append(replace(part, path=path))
        self._parts = []
        return named

    def discard(self) -> None:
        """Remove the parts that have no name yet."""
        for file, _ in self._open.values():
            file.close()
        for part in self._parts:
            with suppress(OSError):
                part.path.unlink(missing_ok=True)


def _numbered(path: Path, number: int) -> Path:
    """``questions-2.jsonl`` for ``questions.jsonl``; all endings stay at the end."""
    stem, ends = re.fullmatch(r"(.+?)((?:\.\w{1,6})*)", path.name, re.DOTALL).groups()  # type: ignore[union-attr]
    return path.with_name(f"{stem}-{number}{ends}")
