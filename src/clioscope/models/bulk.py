"""Questions to a bulk model: many asked at once, elsewhere, in a few rounds instead of one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar, runtime_checkable

from clioscope.errors import ModelError
from clioscope.models.account import Account
from clioscope.models.answers import unusable, vary
from clioscope.models.chat import ChatRequest
from clioscope.models.ledger import Ledger
from clioscope.models.outcome import Outcome, keep_outcomes
from clioscope.models.store import Store, answer_key, refusal_key
from clioscope.progress import Step

T = TypeVar("T")

_ALIKE = 5  # refusals with the same words, and nothing else, that mean that the server refuses everything


@runtime_checkable
class BulkModel(Protocol):
    """Answers many questions at once, as a cluster does.

    ``id`` names model and weights for the store of answers, as that of a ``ChatModel`` does; ``settings`` are those of
    the model. ``answer_all`` gets distinct questions by their key and yields outcomes as they come, several at once and
    in any order; a question without an outcome counts as one that the server failed on. It may yield outcomes of
    earlier calls too. It raises ModelError when it cannot go on.
    """

    id: str

    @property
    def settings(self) -> object: ...

    def answer_all(self, questions: Mapping[str, ChatRequest]) -> Iterator[list[Outcome]]: ...

    def close(self) -> None: ...


def ask_in_bulk(
    model: BulkModel,
    requests: Sequence[ChatRequest],
    parse: Callable[[str], T],
    *,
    store: Store,
    account: Account,
    ledger: Ledger,
    stage: str,
    retries: int = 2,
    on_progress: Step | None = None,
) -> list[T | None]:
    """Ask every request and return what ``parse`` makes of the answers, in the order of the requests.

    The same as ``ask_all``, but for a bulk model: only distinct questions that the store lacks are asked, all of them
    in one round. Questions whose answers ``parse`` cannot use (ValueError) are asked again in another round, each time
    with another seed and a higher temperature, ``retries`` times at most. A question that fails is None in the result,
    and ``ledger`` has one row per item. ``on_progress`` is called with (requests done, all requests).

    Raises ModelError when no question can be answered: a refused key, the same refusal of everything, nobody there; and
    when the model cannot go on. Answers that came are stored by then, and the same call asks only the rest.
    """
    keys = [answer_key(model.id, request) for request in requests]
    rounds = _Rounds(model, store, account, stage, parse, Counter(keys), on_progress)
    waiting: dict[str, ChatRequest] = {}
    for key, request in zip(keys, requests, strict=True):
        waiting.setdefault(key, request)
    for attempt in range(max(0, retries) + 1):
        if waiting:
            waiting = rounds.ask(waiting, attempt)
    ledger.count(stage, len(requests))
    for key, request in zip(keys, requests, strict=True):
        if key not in rounds.values:
            reason, attempts, server = rounds.reasons[key]
            ledger.add(stage, request.item, reason, attempts, server=server)
    return [rounds.values.get(key) for key in keys]


@dataclass(slots=True)
class _Rounds(Generic[T]):
    model: BulkModel
    store: Store
    account: Account
    stage: str
    parse: Callable[[str], T]
    times: Counter[str]  # how many requests have this key
    on_progress: Step | None
    values: dict[str, T] = field(default_factory=dict)  # by the key of the first attempt
    reasons: dict[str, tuple[str, int, bool]] = field(default_factory=dict)

    def ask(self, waiting: Mapping[str, ChatRequest], attempt: int) -> dict[str, ChatRequest]:
        """One round: ask what the store lacks, and return the questions whose answers are of no use."""
        asked = {key: vary(request, attempt) for key, request in waiting.items()}
        names = asked if attempt == 0 else {answer_key(self.model.id, request): request for request in asked.values()}
        known = self.store.known_answers(list(names))
        refused = {name: reason for name in names if name not in known and (reason := self.refusal(name)) is not None}
        missing = {name: request for name, request in names.items() if name not in known and name not in refused}
        self.report(len(missing))
        failed = self.fetch(missing) if missing else {}
        again: dict[str, ChatRequest] = {}
        for key, request in asked.items():
            name = key if attempt == 0 else answer_key(self.model.id, request)
            answer = self.store.get_answer(name)
            if answer is None:
                outcome = failed.get(name)
                server = name not in refused and (outcome is None or outcome.kind == "server")
                reason = refused.get(name) or (outcome.reason if outcome else "no answer came back")
                self.reasons[key] = reason, attempt + 1, server
                continue
            self.account.add(self.stage, replace(answer, cached=name in known))
            try:
                self.values[key] = self.parse(answer.text)
            except ValueError as error:
                self.reasons[key] = unusable(error, answer, request), attempt + 1, False
                again[key] = waiting[key]
        return again

    def fetch(self, missing: Mapping[str, ChatRequest]) -> dict[str, Outcome]:
        """Have the model answer, store what comes, and return the outcomes without an answer.

        Raises ModelError when there is a reason that holds for every question.
        """
        items = {name: request.item for name, request in missing.items()}
        failed: dict[str, Outcome] = {}
        seen: set[str] = set()
        heard = False
        try:
            for outcomes in self.model.answer_all(missing):
                failed |= keep_outcomes(outcomes, self.store, items, self.model.settings)
                seen.update(outcome.key for outcome in outcomes if outcome.key in missing)
                heard = heard or any(outcome.answer is not None for outcome in outcomes)
                self.report(len(missing) - len(seen))
        except ModelError as error:
            raise self.stopped(str(error), missing) from error
        failed = {name: outcome for name, outcome in failed.items() if name in missing}
        lasting = next((outcome for outcome in failed.values() if outcome.kind == "lasting"), None)
        if lasting is not None:
            raise self.stopped(lasting.reason, missing)
        refusals = {name: outcome.reason for name, outcome in failed.items() if outcome.kind == "refused"}
        words = set(refusals.values())
        if not heard and len(words) == 1 and _ALIKE <= len(refusals) == len(failed):
            raise self.stopped(f"The server refuses whatever it is asked: {words.pop()}", missing)
        if not heard and failed and all(outcome.kind == "server" for outcome in failed.values()):
            first = next(iter(failed.values()))
            raise self.stopped(f"The server stopped answering ({first.reason.rstrip('.')})", missing)
        for name, reason in refusals.items():
            self.store.put_refusal(refusal_key(name, self.model.settings), reason)
        return failed

    def refusal(self, name: str) -> str | None:
        """Why this question has no answer and will have none, as an earlier run found out."""
        return self.store.get_refusal(refusal_key(name, self.model.settings))

    def report(self, left: int) -> None:
        """Say how many requests have an outcome; those of a later round were counted as done before."""
        if self.on_progress is not None:
            total = self.times.total()
            self.on_progress(max(0, total - left), total)

    def stopped(self, cause: str, missing: Mapping[str, ChatRequest]) -> ModelError:
        """The error for a cause that ends the round; it says how many answers are stored."""
        stored = len(self.store.known_answers(list(missing)))
        return ModelError(
            f"{cause.rstrip('.')}; {stored:,} of the {len(missing):,} answers that were missing are stored, and the "
            "same command asks the rest once this is fixed."
        )
