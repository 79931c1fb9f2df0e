"""The answers of a batch, read back into the store of answers."""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from clioscope.errors import InputError
from clioscope.models.batch.client import BatchClient, BatchReply, NotSent
from clioscope.models.batch.formats import FORMATS
from clioscope.models.batch.parts import chunks
from clioscope.models.batch.replies import BrokenLine, read_line
from clioscope.models.batch.waitlist import FailedReply, Question, Waitlist
from clioscope.models.chat import ChatAnswer
from clioscope.models.ledger import Failure
from clioscope.models.loop import run_loop
from clioscope.models.parse import parse_json
from clioscope.models.problems import Unanswered
from clioscope.models.profile import Habits, joined
from clioscope.models.store import Store, refusal_key

_CHUNK = 1024  # lines judged at once
_LONGEST = 64_000_000  # bytes of a line; an answer has a few hundred
_ODD = (TypeError, ValueError, KeyError, IndexError, AttributeError)


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that is no reply: where it is, in which field, and what is wrong with it."""

    path: Path
    line: int
    field: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}, line {self.line:,}: {self.field} {self.what}"


@dataclass(slots=True)
class Taken:
    """What became of the lines of some files. Every line counts in exactly one of the first seven.

    ``stored``: answers that are new in the store. ``unusable``: those that are stored, but do not have the form that
    was asked for. ``known``: of questions that had an answer. ``repeated``: failed replies that were read before.
    ``others``: of no question of this build. ``failed``: replies without an answer; ``reasons`` counts why. ``broken``:
    no replies at all. ``reformed``: failed questions that the next files will ask in another form. ``failures``: what
    goes into the ledger, ``settled`` the (stage, item) of all questions that were stored.
    """

    stored: int = 0
    unusable: int = 0
    known: int = 0
    repeated: int = 0
    others: int = 0
    failed: int = 0
    broken: list[Broken] = field(default_factory=list)
    reformed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    settled: set[tuple[str, str]] = field(default_factory=set)

    @property
    def lines(self) -> int:
        """How many lines were read."""
        return self.stored + self.unusable + self.known + self.repeated + self.others + self.failed + len(self.broken)


def take_answers(waitlist: Waitlist, store: Store, files: Iterable[Path]) -> Taken:
    """Read the replies in ``files`` (JSON Lines, also with gzip) and store the answers among them.

    The order of the lines does not matter, and a line that comes again changes nothing. An answer wins over a failure.
    Each answer is read as the plain client reads it. What the question itself is to blame for (refused, held back by a
    filter, too long) is stored as a refusal; what the service is to blame for is noted, and the question waits on. A
    service that refuses every question in the same words is to blame itself.

    Raises InputError for a file that is missing or cannot be read.
    """
    work = _Work(waitlist, store)
    for path in files:
        for lines in chunks(_lines(path), _CHUNK):
            run_loop(work.take(path, lines))
    work.finish()
    return work.taken


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, with their numbers from 1."""
    try:
        with _opened(path) as file:
            number = 0
            while line := file.readline(_LONGEST):
                number += 1
                if line.strip():
                    yield number, line
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file.") from None
    except (OSError, EOFError) as error:
        raise InputError(
            f"{path}: it cannot be read ({getattr(error, 'strerror', None) or error}); what came before is stored."
        ) from error


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]


class _Work:
    """The reading of some files, chunk by chunk; what is found is written after each chunk."""

    def __init__(self, waitlist: Waitlist, store: Store) -> None:
        self._waitlist, self._store = waitlist, store
        self.taken = Taken()
        self._forms: dict[str, str] = {}
        self._clients: dict[str, BatchClient] = {}
        self._sent: dict[str, Habits] = {}  # how the questions were asked; what replies teach holds for the next ones
        self._learnt: dict[str, Habits] = {}
        for model, (settings, known) in waitlist.models().items():
            form, habits = known or ("openai", FORMATS["openai"].habits())
            self._forms[model], self._clients[model] = form, BatchClient(settings, habits)
            self._sent[model] = self._learnt[model] = habits
        self._refused: dict[str, tuple[Question, str]] = {}
        self._heard: set[str] = set()  # models that answered something

    async def take(self, path: Path, lines: list[tuple[int, bytes]]) -> None:
        """Judge some lines of a file and write down what they hold."""
        replies: list[tuple[int, str, BatchReply, str]] = []
        for number, line in lines:
            try:
                key, reply = read_line(line)
            except BrokenLine as error:
                self.taken.broken.append(Broken(path, number, error.field, error.what))
                continue
            replies.append((number, key, reply, hashlib.blake2b(line.strip(), digest_size=16).hexdigest()))
        keys = [key for _, key, _, _ in replies]
        found, known = self._waitlist.find(keys), self._store.known_answers(keys)
        answers: list[tuple[str, ChatAnswer, str]] = []
        faults: dict[str, FailedReply] = {}
        read: list[str] = []
        for number, key, reply, line_hash in replies:
            if key in known:
                self.taken.known += 1
            elif key not in found:
                self.taken.others += 1
            elif line_hash in read or self._waitlist.was_read(line_hash):
                self.taken.repeated += 1
            else:
                try:
                    answer = await self._judged(found[key], reply, faults)
                except _ODD as error:
                    self.taken.broken.append(Broken(path, number, "response", f"cannot be read ({error!r})"))
                    continue
                if answer is None:
                    read.append(line_hash)
                else:
                    answers.append((key, answer, found[key].request.item))
                    known.add(key)
        if answers:
            self._store.put_answers(answers)
        self._waitlist.note(faults, [key for key, _, _ in answers], read)

    async def _judged(self, question: Question, reply: BatchReply, faults: dict[str, FailedReply]) -> ChatAnswer | None:
        """The answer in a reply; None, and a fault or a refusal, where there is none."""
        client = self._clients[question.model]
        client.habits = deepcopy(self._sent[question.model])
        try:
            answer = await client.read(question.request, reply)
        except NotSent:
            why = f"the service refused the form of the question ({reply.fault.words})" if reply.fault else ""
            faults[question.key] = self._failed(question, why or "the model reasoned and came to no answer", True)
            self.taken.reformed += 1
        except Unanswered as problem:
            reason = str(problem)
            if problem.server:
                faults[question.key] = self._failed(question, reason, True)
            elif problem.refused:
                faults[question.key] = self._failed(question, reason, False)
                self._refused[question.key] = question, reason
            else:
                self._failed(question, reason, False)
                self._heard.add(question.model)
                self._refuse(question, reason)
        else:
            self._heard.add(question.model)
            self.taken.settled.add((question.stage, question.request.item))
            self._check(question, answer)
            return answer
        finally:
            if client.habits != self._sent[question.model]:
                self._learnt[question.model] = joined(self._learnt[question.model], client.habits)
        return None

    def _check(self, question: Question, answer: ChatAnswer) -> None:
        """Count an answer, and note one that is not of the form that was asked for."""
        try:
            parse_json(answer.text, question.request.schema) if question.request.schema is not None else None
        except ValueError as error:
            cut = f" (cut off at {question.request.max_tokens} tokens)" if answer.truncated else ""
            reason = f"{str(error).splitlines()[0]}{cut}"
            self.taken.unusable += 1
            self.taken.reasons[reason] += 1
            self.taken.failures.append(Failure(question.stage, question.request.item, reason, question.attempt + 1))
        else:
            self.taken.stored += 1

    def _failed(self, question: Question, reason: str, server: bool) -> FailedReply:
        self.taken.failed += 1
        self.taken.reasons[reason] += 1
        item = question.request.item
        self.taken.failures.append(Failure(question.stage, item, reason, question.attempt + 1, server))
        return FailedReply(reason, server)

    def _refuse(self, question: Question, reason: str) -> None:
        settings = self._clients[question.model].settings
        self._store.put_refusal(refusal_key(question.key, settings), reason)

    def finish(self) -> None:
        """Settle what was refused, and keep what was learnt about the services."""
        for question, reason in self._refused.values():
            if question.model in self._heard:  # so the service does not refuse whatever it is asked
                self._refuse(question, reason)
        for model, habits in self._learnt.items():
            self._waitlist.put_habits(model, self._forms[model], habits)
