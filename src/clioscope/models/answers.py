"""Answers to many questions: asked at once, none paid for twice, every failure recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from clioscope.errors import ModelError
from clioscope.models.account import Account
from clioscope.models.chat import ChatAnswer, ChatModel, ChatRequest
from clioscope.models.ledger import Ledger
from clioscope.models.loop import run_loop
from clioscope.models.problems import Refusing, Unanswered, Unreachable, Waiting
from clioscope.models.store import Store, answer_key, refusal_key
from clioscope.progress import Step

if TYPE_CHECKING:
    from clioscope.models.batch.waits import Waits

T = TypeVar("T")

# Each failure counted here has already been retried with backoff by the client.
_FAILURES_IN_A_ROW = 5
# After so many refusals with the same words a harmless question tests whether the server accepts any.
_REFUSALS_IN_A_ROW = (5, 25, 125)
_GRACE = 20.0  # seconds in which questions in flight may still be answered when the run ends
_ANY = ChatRequest((("user", "Say yes."),), max_tokens=64)


def ask_all(
    model: ChatModel,
    requests: Sequence[ChatRequest],
    parse: Callable[[str], T],
    *,
    store: Store,
    account: Account,
    ledger: Ledger,
    stage: str,
    concurrency: int | None = None,
    retries: int = 2,
    on_progress: Step | None = None,
    waits: Waits | None = None,
) -> list[T | None]:
    """Ask every request and return what ``parse`` makes of the answers, in the order of the requests.

    Equal requests are asked once. Every answer is committed to ``store`` under its own key before it is parsed, and
    looked up there first, so a run that was killed asks only what it had not asked. ``parse`` raises ValueError for an
    answer it cannot use; the question is then asked again, up to ``retries`` times, each time with another seed and a
    higher temperature. A question that still fails is None in the result, and ``ledger`` has one row per item. A
    question that was refused for good is not asked again by a later run. ``on_progress`` is called with (requests done,
    all requests) from the thread that asks. ``waits`` takes down the questions that wait for a batch; their result is
    None too.

    Works inside a running event loop too (a notebook): the questions are then asked from a thread.

    Raises ModelError when the model cannot answer at all: a wrong key or model name, no credit, the same refusal of
    whatever it is asked, or a server that stopped answering (five failures in a row, or the first or the last question
    unreachable). Questions in flight may still be answered; finished answers stay stored.
    """
    keys = [answer_key(model.id, request) for request in requests]
    places: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        places.setdefault(key, []).append(index)
    run = _Run(model, store, account, stage, parse, max(0, retries), requests, places, on_progress)
    run_loop(run.ask(concurrency or model.concurrency))
    ledger.count(stage, len(requests))
    for index, key in enumerate(keys):
        if key in run.reasons:
            reason, attempts, server = run.reasons[key]
            ledger.add(stage, requests[index].item, reason, attempts, server=server)
    if waits is not None:
        waits.take(stage, model.id, run.waiting, len(requests), run.stored())
    return [run.values.get(key) for key in keys]


@dataclass(slots=True)
class _Run(Generic[T]):
    model: ChatModel
    store: Store
    account: Account
    stage: str
    parse: Callable[[str], T]
    retries: int
    requests: Sequence[ChatRequest]
    places: dict[str, list[int]]  # key of the first attempt -> indices of the requests
    on_progress: Step | None
    values: dict[str, T] = field(default_factory=dict)
    reasons: dict[str, tuple[str, int, bool]] = field(default_factory=dict)
    done: int = 0
    in_a_row: int = 0
    last_unreachable: Unreachable | None = None
    heard: bool = False  # whether the model has said anything yet
    refusal: str = ""  # what it said of the last questions, which it refused
    refused: int = 0  # how many in a row with these words
    waiting: list[tuple[ChatRequest, int, int, str]] = field(default_factory=list)  # request, attempt, items, why
    unsure: dict[str, str] = field(default_factory=dict)  # refusals that may turn out to be of every question
    fatal: BaseException | None = None

    async def ask(self, concurrency: int) -> None:
        """Let ``concurrency`` workers share the distinct questions; the first fatal error stops them all."""
        questions = iter(self.places)

        async def work() -> None:
            for key in questions:
                if self.fatal is not None:
                    return
                try:
                    await self.settle(key)
                except BaseException as error:
                    self.fatal = self.fatal or error
                    raise

        workers = [asyncio.create_task(work()) for _ in range(max(1, min(concurrency, len(self.places))))]
        try:
            _, busy = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
            if busy and self.heard:
                await asyncio.wait(busy, timeout=_GRACE)
            if self.fatal is None:
                await self.settle_refusals()
        except Refusing as error:
            self.fatal = error
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            # A client's connections belong to this loop; they are closed before it ends.
            release = getattr(self.model, "release", None)
            if release is not None:
                await release()
        if isinstance(self.fatal, Refusing):
            raise self.refusing(str(self.fatal)) from self.fatal
        if self.fatal is not None:
            raise self.fatal
        if self.last_unreachable is not None and self.in_a_row:
            raise self.stopped(self.last_unreachable)

    async def settle(self, key: str) -> None:
        """Ask one distinct question until its answer parses, or note why it never did."""
        first = self.requests[self.places[key][0]]
        reason, attempts, server = "", 0, False
        for attempt in range(self.retries + 1):
            request = vary(first, attempt)
            try:
                answer = await self.answer(request)
            except Waiting as wait:
                if wait.reason:
                    reason, attempts, server = wait.reason, attempts + 1, wait.server
                if not (wait.given_up and reason):
                    self.waiting.append((request, attempt, len(self.places[key]), reason))
                if not reason:
                    return
                break
            except (Unanswered, Unreachable) as problem:
                reason, attempts = str(problem), attempts + 1
                server = isinstance(problem, Unreachable) or problem.server
                if isinstance(problem, Unreachable) or problem.server:
                    self.in_a_row += 1
                    self.last_unreachable = problem if isinstance(problem, Unreachable) else None
                    never_there = self.last_unreachable is not None and not self.heard
                    if never_there or self.in_a_row >= _FAILURES_IN_A_ROW:
                        raise self.stopped(problem) from problem
                else:
                    self.hear()  # it refused, so it is there
                    await self.note_refusal(problem)
                break  # the client has retried already
            attempts += 1
            try:
                self.values[key] = self.parse(answer.text)
                break
            except ValueError as error:
                reason = unusable(error, answer, request)
        if key not in self.values:
            self.reasons[key] = (reason, attempts, server)
        self.done += len(self.places[key])
        if self.on_progress is not None:
            self.on_progress(self.done, len(self.requests))

    async def answer(self, request: ChatRequest) -> ChatAnswer:
        """The answer from the store, or from the model; then it is stored. Refusals are treated in the same way."""
        key = answer_key(self.model.id, request)
        answer = self.store.get_answer(key)
        if answer is not None:
            await asyncio.sleep(0)  # a run of stored answers must not keep an interrupt waiting
        else:
            refusal = refusal_key(key, getattr(self.model, "settings", None))
            reason = self.store.get_refusal(refusal)
            if reason is not None:
                await asyncio.sleep(0)
                raise Unanswered(reason)
            try:
                answer = await self.model.complete(request)
            except Unanswered as problem:
                if problem.refused:
                    self.unsure[refusal] = str(problem)
                elif not problem.server:
                    self.store.put_refusal(refusal, str(problem))
                raise
            self.hear()
            self.refusal, self.refused = "", 0
            self.store.put_answer(key, answer, request.item)
        self.account.add(self.stage, answer)
        return answer

    async def note_refusal(self, problem: Unanswered) -> None:
        """When the server refuses one question after another with the same words, find out whether it accepts any.

        Raises Refusing if it accepts none.
        """
        words = str(problem)
        self.refused = 0 if not problem.refused else self.refused + 1 if words == self.refusal else 1
        self.refusal = words
        if self.refused in _REFUSALS_IN_A_ROW:
            await self.try_any()

    async def try_any(self) -> None:
        """Ask a harmless question. Raises Refusing if it is refused with the words of the last refusal."""
        try:
            await self.model.complete(_ANY)
        except Unanswered as other:
            if other.refused and str(other) == self.refusal:
                raise Refusing(f"The server refuses whatever it is asked: {self.refusal}") from other
        except Unreachable:
            pass

    async def settle_refusals(self) -> None:
        """Store the refusals at the end of a run, after a last check that the server does not refuse everything by
        now."""
        if self.refused:
            await self.try_any()
        for key, reason in self.unsure.items():
            self.store.put_refusal(key, reason)

    def hear(self) -> None:
        """The model is there."""
        self.heard, self.in_a_row, self.last_unreachable = True, 0, None

    def refusing(self, cause: str) -> ModelError:
        """The error for a cause that holds for every question; it says how many answers are stored."""
        return ModelError(
            f"{cause.rstrip('.')}; {self.stored()} of {len(self.requests)} answers are stored, and the same command "
            "asks the rest once this is fixed."
        )

    def stopped(self, cause: ModelError) -> ModelError:
        """The error for a server that stopped answering; it says how many answers are stored."""
        return ModelError(
            f"The server stopped answering ({str(cause).rstrip('.')}); {self.stored()} of {len(self.requests)} "
            f"answers are stored; run the same command again."
        )

    def stored(self) -> int:
        """How many requests have an answer."""
        return sum(len(self.places[key]) for key in self.values)


def vary(request: ChatRequest, attempt: int) -> ChatRequest:
    """The request of an attempt: attempt 0 is the request itself, later attempts differ in seed and temperature."""
    if attempt == 0:
        return request
    temperature = min(1.0, max(request.temperature, 0.2 + 0.2 * attempt))
    return replace(request, seed=request.seed + 7919 * attempt, temperature=temperature)


def unusable(error: ValueError, answer: ChatAnswer, request: ChatRequest) -> str:
    """Why an answer is of no use, in one line."""
    first = (str(error).strip().splitlines() or ["no reason given"])[0]
    if not answer.text.strip():
        first = "the answer is empty"
    if answer.truncated:
        first += f" (cut off at {request.max_tokens} tokens)"
    return first
