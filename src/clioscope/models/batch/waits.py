"""A model that is asked by batch files only, and what a build notes of the questions that wait for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.errors import QuestionsWaiting
from clioscope.models.batch.waitlist import FailedReply, Tally, Waitlist
from clioscope.models.chat import ChatAnswer, ChatRequest
from clioscope.models.problems import Waiting
from clioscope.models.store import answer_key
from clioscope.settings import ModelSettings

if TYPE_CHECKING:
    from clioscope.models.store import Store


class Waits:
    """The questions that a build comes to and does not ask: they go on the list in ``path``.

    With ``without_failed`` a question that failed in a batch counts as failed, and does not wait for another one.
    A context of ``together`` collects the questions of several calls before the build stops.
    """

    def __init__(self, path: Path, store: Store, *, without_failed: bool = False) -> None:
        self._path, self._store, self.without_failed = path, store, without_failed
        self._list: Waitlist | None = None
        self._faults: dict[str, FailedReply] | None = None
        self._begun = self._together = False
        self.tallies: dict[str, Tally] = {}

    def model(self, settings: ModelSettings) -> WaitingModel:
        """The model of these settings, which is never asked from here. Raises ModelError for one without a name."""
        from clioscope.models.batch.client import BatchClient

        model = WaitingModel(BatchClient(settings).id, settings, self)
        self.waitlist.put_model(model.id, settings)
        return model

    @property
    def waitlist(self) -> Waitlist:
        if self._list is None:
            self._list = Waitlist(self._path)
        return self._list

    def fault(self, key: str) -> FailedReply | None:
        """Why the last batch had no answer to a question."""
        if self._faults is None:
            self._faults = self.waitlist.faults()
        return self._faults.get(key)

    def take(
        self,
        stage: str,
        model: str,
        waiting: Sequence[tuple[ChatRequest, int, int, str]],
        total: int,
        answered: int,
    ) -> None:
        """Note the questions of a stage. Each that waits comes with its attempt, for how many items it stands, and why
        it failed before (empty: it did not)."""
        if waiting and not self._begun:
            self.waitlist.begin_round(self._store.known_answers(self.waitlist.keys()))
            self._begun = True
        tally = self.tallies.setdefault(stage, Tally())
        tally.total += total
        tally.answered += answered
        tally.waiting += sum(items for _, _, items, _ in waiting)
        tally.lost = tally.total - tally.answered - tally.waiting
        tally.again += sum(items for _, _, items, reason in waiting if reason)
        self.waitlist.add(stage, model, (row[:3] for row in waiting))
        if not self._together:
            self.stop()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Collect the questions of all calls in the context: the build stops at its end, and not before."""
        self._together = True
        try:
            yield
        finally:
            self._together = False
        self.stop()

    def stop(self) -> None:
        """Raise QuestionsWaiting where questions wait."""
        if any(tally.waiting for tally in self.tallies.values()):
            self.waitlist.put_tallies(self.tallies)
            said = "; ".join(f"{stage}: {tally}" for stage, tally in self.tallies.items() if tally.waiting)
            raise QuestionsWaiting(said, again=any(tally.again for tally in self.tallies.values()))

    def close(self) -> None:
        """Close the list."""
        if self._list is not None:
            self._list.close()
            self._list = None


class WaitingModel:
    """A ``ChatModel`` whose answers are in the store or not there yet: ``complete`` always raises Waiting."""

    def __init__(self, model: str, settings: ModelSettings, waits: Waits) -> None:
        self.id, self.settings, self._waits = model, settings, waits
        self.concurrency = 1

    async def complete(self, request: ChatRequest) -> ChatAnswer:
        """Raise Waiting, with the reason of the last batch if it had no answer to this question."""
        fault = self._waits.fault(answer_key(self.id, request))
        given_up = self._waits.without_failed
        if fault is None:
            raise Waiting(given_up=given_up)
        raise Waiting(fault.reason, server=fault.server, given_up=given_up)

    def close(self) -> None:
        """There is nothing to release."""
