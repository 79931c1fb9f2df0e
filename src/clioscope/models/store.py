"""The answer store: no model call is ever paid for twice.

One SQLite file in WAL mode. Answers and vectors are addressed by a hash of everything that decides them, so a later
run, another stage or another atlas with the same questions finds them. An answer is committed before it is used; with
``synchronous=NORMAL`` a committed row survives a killed process; a power cut can lose the last rows, but never the
file.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import AtlasError
from clioscope.files.modes import make_file
from clioscope.models.chat import ChatAnswer, ChatRequest

_TABLES = """
create table if not exists answers (
    key text primary key, text text not null, prompt_tokens integer not null,
    completion_tokens integer not null, seconds real not null, truncated integer not null
) without rowid;
create table if not exists refusals (key text primary key, reason text not null) without rowid;
create table if not exists about (key text primary key, item text not null) without rowid;
create table if not exists vectors (key text primary key, vector blob not null) without rowid;
"""
_PAGE = 16_384  # bytes; of a row larger than a quarter of it SQLite puts the rest on pages of its own
_CHUNK = 500  # keys per query; SQLite allows at least 999 parameters


def answer_key(model_id: str, request: ChatRequest) -> str:
    """Hash of all that decides an answer: the model and every field of the request but ``item``.

    The order of the schema's properties counts, since a model fills them in that order.
    """
    fields: list[Any] = [
        model_id,
        request.messages,
        request.schema,
        request.max_tokens,
        float(request.temperature),
        float(request.top_p),
        request.seed,
        request.prefill,
    ]
    return _digest("answer", fields)


def refusal_key(key: str, settings: object) -> str:
    """Hash of all that decides that a question with this ``answer_key`` is refused: also how long a model may think."""
    return _digest("refusal", [key, getattr(settings, "thinking_tokens", None)])


def vector_key(embedder_id: str, text: str) -> str:
    """Hash of the embedder and the text."""
    return _digest("vector", [embedder_id, text])


def _digest(kind: str, fields: list[Any]) -> str:
    canonical = json.dumps([kind, *fields], ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


class Store:
    """A store in the file ``path`` (made with its folder if missing); ``":memory:"`` is a temporary one.

    Safe to use from several threads, and from a second process (which waits its turn to write). Raises AtlasError when
    the file is damaged, is not a store, or cannot be written.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._closed = False
        try:
            if str(path) != ":memory:":
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                if not Path(path).exists():  # SQLite gives its other files the mode of this one
                    make_file(Path(path))
            self._db = sqlite3.connect(path, timeout=60.0, check_same_thread=False, isolation_level=None)
            self._db.execute(f"pragma page_size={_PAGE}")
            self._db.execute("pragma journal_mode=wal")
            self._db.execute("pragma synchronous=normal")
            self._db.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise self._explain(error) from error

    def get_answer(self, key: str) -> ChatAnswer | None:
        """The stored answer with ``cached=True``, or None."""
        rows = self._query(
            "select text, prompt_tokens, completion_tokens, seconds, truncated from answers where key = ?",
            [key],
        )
        for text, prompt_tokens, completion_tokens, seconds, truncated in rows:
            return ChatAnswer(text, prompt_tokens, completion_tokens, seconds, True, bool(truncated))
        return None

    def known_answers(self, keys: Sequence[str]) -> set[str]:
        """Those of ``keys`` that have a stored answer."""
        known: set[str] = set()
        for start in range(0, len(keys), _CHUNK):
            chunk = list(keys[start : start + _CHUNK])
            marks = ",".join("?" * len(chunk))
            known.update(key for (key,) in self._query(f"select key from answers where key in ({marks})", chunk))
        return known

    def put_answer(self, key: str, answer: ChatAnswer, item: str = "") -> None:
        """Store and commit one answer; an answer that is there already stays.

        ``item`` is what the question was about, for example the id of a conversation (see ``keep_answers``).
        """
        self.put_answers([(key, answer, item)])

    def put_answers(self, answers: Iterable[tuple[str, ChatAnswer, str]]) -> None:
        """Store answers, each with its key and what its question was about, in one commit (see ``put_answer``)."""
        listed = list(answers)
        rows = [
            (
                key,
                answer.text.encode("utf-8", "replace").decode("utf-8"),  # half a surrogate pair cannot be stored
                answer.prompt_tokens,
                answer.completion_tokens,
                answer.seconds,
                int(answer.truncated),
            )
            for key, answer, _ in listed
        ]
        if rows:
            self._write("insert or ignore into answers values (?, ?, ?, ?, ?, ?)", rows)
        if about := [(key, item) for key, _, item in listed if item]:
            self._write("insert or ignore into about values (?, ?)", about)

    def get_refusal(self, key: str) -> str | None:
        """Why this question has no answer and will have none, or None."""
        rows = self._query("select reason from refusals where key = ?", [key])
        return str(rows[0][0]) if rows else None

    def put_refusal(self, key: str, reason: str) -> None:
        """Note and commit why a question will have no answer."""
        self._write("insert or replace into refusals values (?, ?)", [(key, reason)])

    def get_vectors(self, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Those of ``keys`` that are stored, each a float32 vector of shape (dimension,)."""
        vectors: dict[str, NDArray[np.float32]] = {}
        for start in range(0, len(keys), _CHUNK):
            chunk = list(keys[start : start + _CHUNK])
            marks = ",".join("?" * len(chunk))
            for key, blob in self._query(f"select key, vector from vectors where key in ({marks})", chunk):
                vectors[key] = np.frombuffer(blob, dtype="<f4").astype(np.float32)
        return vectors

    def put_vectors(self, keys: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store ``vectors`` of shape (len(keys), dimension) in one commit; call it once per batch."""
        if len(keys) != len(vectors):
            raise ValueError(f"{len(keys)} keys for {len(vectors)} vectors")
        rows = ((key, np.asarray(row, dtype="<f4").tobytes()) for key, row in zip(keys, vectors, strict=True))
        self._write("insert or ignore into vectors values (?, ?)", rows)

    def take(self, path: str | Path) -> None:
        """Copy the answers and refusals of another store; what is there already stays.

        Raises AtlasError where the other one cannot be read.
        """
        busy = Path(f"{path}-wal").exists()  # a store that nobody has open is read without a lock, which is a file
        address = f"{Path(path).resolve().as_uri()}?mode=ro{'' if busy else '&immutable=1'}"
        try:
            with closing(sqlite3.connect(address, uri=True)) as other:
                there = {name for (name,) in other.execute("select name from sqlite_master where type = 'table'")}
                for table, columns in (("answers", 6), ("refusals", 2), ("about", 2)):
                    if table not in there:  # a store of an earlier version
                        continue
                    rows = other.execute(f"select * from {table}")
                    while chunk := rows.fetchmany(_CHUNK):
                        self._write(f"insert or ignore into {table} values ({','.join('?' * columns)})", chunk)
        except sqlite3.Error as error:
            raise AtlasError(
                f"{path}: the answers in this store cannot be read ({error}); move it away to go on without them."
            ) from error

    def counts(self) -> dict[str, int]:
        """How many answers and vectors are stored."""
        return {table: int(self._query(f"select count(*) from {table}", [])[0][0]) for table in ("answers", "vectors")}

    def drop_vectors(self) -> None:
        """Delete all vectors and free their space on the disk."""
        if not self.counts()["vectors"]:
            return
        try:
            with self._lock:
                self._db.execute("delete from vectors")
                self._db.execute("vacuum")
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def keep_answers(self, items: Collection[str]) -> int:
        """Delete all answers but those about one of ``items``, all refusals and all vectors; how many answers went.

        An answer of which the store does not say what it is about is deleted too. Nothing of what is deleted stays in
        the file.
        """
        known = set(items)
        kept = {key for key, item in self._query("select key, item from about", []) if item in known}
        gone = [(key,) for (key,) in self._query("select key from answers", []) if key not in kept]
        try:
            with self._lock:
                self._db.execute("pragma secure_delete=on")
                self._db.execute("begin immediate")
                self._db.executemany("delete from answers where key = ?", gone)
                self._db.executemany("delete from about where key = ?", gone)
                self._db.execute("delete from refusals")
                self._db.execute("delete from vectors")
                self._db.execute("commit")
                self._db.execute("vacuum")
                self._db.execute("pragma wal_checkpoint(truncate)")
        except sqlite3.Error as error:
            raise self._explain(error) from error
        return len(gone)

    def close(self) -> None:
        """Close the file; also folds the write-ahead log into it."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _query(self, sql: str, values: Sequence[Any]) -> list[Any]:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def _write(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        try:
            with self._lock:
                self._db.execute("begin immediate")
                try:
                    self._db.executemany(sql, rows)
                    self._db.execute("commit")
                except BaseException:
                    if self._db.in_transaction:
                        self._db.execute("rollback")
                    raise
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def _explain(self, error: Exception) -> AtlasError:
        text = str(error)
        if isinstance(error, OSError):
            return AtlasError(f"{self.path}: the answer store cannot be made ({error.strerror or error}).")
        if "locked" in text or "busy" in text:
            return AtlasError(f"{self.path}: another process is writing to this store; wait for it to finish.")
        if "full" in text:
            return AtlasError(f"{self.path}: the disk is full; free some space and run the same command again.")
        if isinstance(error, sqlite3.OperationalError) and "unable to open" in text:
            return AtlasError(f"{self.path}: the answer store cannot be opened; check the path and its permissions.")
        return AtlasError(
            f"{self.path}: not a usable answer store ({text}); move it away and run again (its answers are lost)."
        )
