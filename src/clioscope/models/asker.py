"""A model with its store, account and ledger: what a stage needs to ask questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from clioscope.models.account import Account
from clioscope.models.answers import ask_all
from clioscope.models.bulk import BulkModel, ask_in_bulk
from clioscope.models.chat import ChatModel, ChatRequest
from clioscope.models.ledger import Ledger
from clioscope.models.store import Store

if TYPE_CHECKING:
    from clioscope.models.batch.waits import Waits

T = TypeVar("T")


@dataclass(slots=True)
class Asker:
    """Asks on behalf of a stage. ``on_progress`` is called with (stage, done, all). ``waits`` takes down the questions
    of a model that is asked by batch files.

    A model that is a ``BulkModel`` gets all questions of a call at once, any other one at a time.
    """

    model: ChatModel | BulkModel
    store: Store
    account: Account = field(default_factory=Account)
    ledger: Ledger = field(default_factory=Ledger)
    concurrency: int | None = None
    retries: int = 2
    temperature: float | None = None
    on_progress: Callable[[str, int, int], None] | None = None
    waits: Waits | None = None

    def together(self) -> AbstractContextManager[None]:
        """A context for several calls of ``ask`` of which none depends on another: in batches they are one round."""
        return nullcontext() if self.waits is None else self.waits.together()

    @property
    def bulk(self) -> bool:
        """Whether it is worth while to ask many questions in one call."""
        return isinstance(self.model, BulkModel)

    def ask(self, stage: str, requests: Sequence[ChatRequest], parse: Callable[[str], T]) -> list[T | None]:
        """Parsed answers in the order of the requests; None (and a row in the ledger) for those that failed.

        Raises ModelError when the model cannot answer at all, and QuestionsWaiting when questions wait for a batch.
        """
        report = self.on_progress
        step = None if report is None else lambda done, total: report(stage, done, total)
        if isinstance(self.model, BulkModel):
            return ask_in_bulk(
                self.model,
                requests,
                parse,
                store=self.store,
                account=self.account,
                ledger=self.ledger,
                stage=stage,
                retries=self.retries,
                on_progress=step,
            )
        return ask_all(
            self.model,
            requests,
            parse,
            store=self.store,
            account=self.account,
            ledger=self.ledger,
            stage=stage,
            concurrency=self.concurrency,
            retries=self.retries,
            on_progress=step,
            waits=self.waits,
        )
