"""The questions of a build that wait for the answers of a batch: one SQLite file beside the answer store.

The file holds raw text, so it goes when the build is finished. Each stop of a build is a round. A question of an
earlier round that never got an answer stays on the list, so that a late answer still finds it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from clioscope.errors import AtlasError
from clioscope.files.modes import make_file
from clioscope.models.chat import ChatRequest
from clioscope.models.profile import Habits
from clioscope.models.store import answer_key
from clioscope.settings import ModelSettings

_TABLES = """
create table if not exists models (id text primary key, settings text not null, habits text) without rowid;
create table if not exists frames (frame integer primary key, form text unique not null);
create table if not exists questions (
    place integer primary key, key text unique not null, round integer not null, stage text not null,
    item text not null, model text not null, attempt integer not null, items integer not null, frame integer not null,
    text text not null
);
create table if not exists tallies (
    stage text primary key, total integer not null, answered integer not null, lost integer not null
) without rowid;
create table if not exists faults (key text primary key, reason text not null, server integer not null) without rowid;
create table if not exists rounds (round integer primary key);
create table if not exists seen (line text primary key) without rowid;
"""
_CHUNK = 500  # keys per query


@dataclass(frozen=True, slots=True)
class Question:
    """One question that waits: its answer ``key``, the ``stage`` (kind) that asks it, and the ``model`` (its id) that
    is asked. ``attempt`` counts from 0; later attempts follow an answer that could not be used."""

    key: str
    stage: str
    model: str
    attempt: int
    request: ChatRequest


@dataclass(slots=True)
class Tally:
    """Of the questions of a stage: how many there are, how many are ``answered``, how many ``lost`` (they failed, and
    no batch will change that), how many wait for a batch, and how many of these failed in one before (``again``)."""

    total: int = 0
    answered: int = 0
    lost: int = 0
    waiting: int = 0
    again: int = 0

    def __str__(self) -> str:
        failed = f", {self.lost + self.again:,} failed" if self.lost or self.again else ""
        waiting = f", {self.waiting:,} waiting" if self.waiting else ""
        return f"{self.answered:,} of {self.total:,} answered{failed}{waiting}"


@dataclass(frozen=True, slots=True)
class FailedReply:
    """Why a batch had no answer to a question, and whether that was the service's fault and not the question's."""

    reason: str
    server: bool


class Waitlist:
    """The list in the file ``path``, which is made if it is missing. A context: at its end the file is closed.

    Raises AtlasError when the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._frames: dict[str, int] = {}
        try:
            if not path.exists():
                make_file(path)
            self._db = sqlite3.connect(path, timeout=60.0, check_same_thread=False, isolation_level=None)
            self._db.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise self._explain(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # -- models --------------------------------------------------------------------------------------------

    def put_model(self, model: str, settings: ModelSettings) -> None:
        """Note how the model with this id is named and asked; what was learnt about its service stays."""
        sql = "insert into models values (?, ?, null) on conflict (id) do update set settings = excluded.settings"
        self._do([(sql, (model, settings.model_dump_json()))])

    def models(self) -> dict[str, tuple[ModelSettings, tuple[str, Habits] | None]]:
        """The settings of each model by its id; with the form of its last files, and how their service wants to be
        asked, where there were any."""
        rows = self._query("select id, settings, habits from models", ())
        return {
            one: (ModelSettings.model_validate_json(settings), None if habits is None else _habits(habits))
            for one, settings, habits in rows
        }

    def put_habits(self, model: str, form: str, habits: Habits) -> None:
        """Note in which form a model's questions were written, and how its service wants to be asked."""
        text = json.dumps([form, asdict(habits) | {"dropped": sorted(habits.dropped)}])
        self._do([("update models set habits = ? where id = ?", (text, model))])

    # -- questions -----------------------------------------------------------------------------------------

    def begin_round(self, answered: Iterable[str]) -> None:
        """Begin a new round; the questions with the keys ``answered`` leave the list."""
        with self._writing():
            self._db.executemany("delete from questions where key = ?", ((key,) for key in answered))
            self._db.execute("delete from frames where frame not in (select frame from questions)")
            self._db.execute("insert into rounds values (?)", (self._round() + 1,))
        self._frames.clear()

    def add(self, stage: str, model: str, rows: Iterable[tuple[ChatRequest, int, int]]) -> None:
        """Put questions of this round on the list, each with its attempt and for how many items it stands. One that is
        there comes into this round."""
        with self._writing():
            now = self._round()
            self._db.executemany(
                "insert into questions (key, round, stage, item, model, attempt, items, frame, text) "
                "values (?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "on conflict (key) do update set round = excluded.round, stage = excluded.stage",
                (
                    (answer_key(model, asked), now, stage, asked.item, model, attempt, items, *self._parted(asked))
                    for asked, attempt, items in rows
                ),
            )

    def questions(self, stage: str | None = None) -> Iterator[Question]:
        """The questions of this round, of one stage or of all, in the order in which they came."""
        place, more = 0, "" if stage is None else " and stage = ?"
        values = () if stage is None else (stage,)
        while True:
            sql = f"{_SELECT} where round = ? and place > ?{more} order by place limit {_CHUNK}"
            rows = self._query(sql, (self._round(), place, *values))
            yield from map(_question, rows)
            if len(rows) < _CHUNK:
                return
            place = rows[-1][0]

    def find(self, keys: Sequence[str]) -> dict[str, Question]:
        """Those of ``keys`` that are on the list, of any round."""
        found: dict[str, Question] = {}
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            for question in map(_question, self._query(f"{_SELECT} where key in ({marks})", chunk)):
                found[question.key] = question
        return found

    def keys(self) -> list[str]:
        """The keys of all questions on the list, of any round."""
        return [key for (key,) in self._query("select key from questions", ())]

    def items(self) -> Iterator[tuple[str, str, int]]:
        """Of each question of this round: its key, its stage, and for how many items it stands."""
        yield from self._query("select key, stage, items from questions where round = ?", (self._round(),))

    def put_tallies(self, tallies: dict[str, Tally]) -> None:
        """Note how far the stages of this round are."""
        rows = [
            ("insert into tallies values (?, ?, ?, ?)", (stage, one.total, one.answered, one.lost))
            for stage, one in tallies.items()
        ]
        self._do([("delete from tallies", ()), *rows])

    def tallies(self) -> dict[str, Tally]:
        """How far the stages were when the build stopped: ``again`` and ``waiting`` are 0 in them."""
        rows = self._query("select stage, total, answered, lost from tallies", ())
        return {stage: Tally(total, answered, lost) for stage, total, answered, lost in rows}

    # -- what came back ------------------------------------------------------------------------------------

    def note(self, faults: dict[str, FailedReply], answered: Iterable[str], lines: Iterable[str]) -> None:
        """Note failed replies by key, keys that are ``answered`` now, and the ``lines`` (hashes) that were read."""
        with self._writing():
            rows = ((key, fault.reason, int(fault.server)) for key, fault in faults.items())
            self._db.executemany("insert or replace into faults values (?, ?, ?)", rows)
            self._db.executemany("delete from faults where key = ?", ((key,) for key in answered))
            self._db.executemany("insert or ignore into seen values (?)", ((line,) for line in lines))

    def faults(self) -> dict[str, FailedReply]:
        """The failed replies by key."""
        rows = self._query("select key, reason, server from faults", ())
        return {key: FailedReply(reason, bool(server)) for key, reason, server in rows}

    def was_read(self, line: str) -> bool:
        """Whether a line (its hash) was read before."""
        return bool(self._query("select 1 from seen where line = ?", (line,)))

    # -- the file ------------------------------------------------------------------------------------------

    def _round(self) -> int:
        return int(self._query("select coalesce(max(round), 0) from rounds", ())[0][0])

    def _parted(self, request: ChatRequest) -> tuple[int, str]:
        """The part of a request that many questions share, as a number, and the text of its last message."""
        role, text = request.messages[-1]
        form = json.dumps(asdict(request) | {"messages": [*request.messages[:-1], (role, "")], "item": ""})
        if form not in self._frames:
            self._db.execute("insert or ignore into frames (form) values (?)", (form,))
            ((self._frames[form],),) = self._db.execute("select frame from frames where form = ?", (form,)).fetchall()
        return self._frames[form], text

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                self._frames.clear()
                raise
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def _do(self, steps: Iterable[tuple[str, Sequence[Any]]]) -> None:
        with self._writing():
            for sql, values in steps:
                self._db.execute(sql, values)

    def _query(self, sql: str, values: Sequence[Any]) -> list[Any]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def _explain(self, error: Exception) -> AtlasError:
        return AtlasError(
            f"{self.path}: the list of waiting questions cannot be used ({error}); if this goes on, move it away and "
            "run the same build again, which makes it anew."
        )


_SELECT = "select place, key, stage, model, attempt, form, text, item from questions join frames using (frame)"


def _question(row: Sequence[Any]) -> Question:
    _, key, stage, model, attempt, form, text, item = row
    fields = json.loads(form)
    *before, (role, _) = fields["messages"]
    messages = (*((who, said) for who, said in before), (role, text))
    return Question(key, stage, model, attempt, ChatRequest(**fields | {"messages": messages, "item": item}))


def _habits(text: str) -> tuple[str, Habits]:
    form, fields = json.loads(text)
    return form, Habits(**fields | {"dropped": set(fields["dropped"])})
