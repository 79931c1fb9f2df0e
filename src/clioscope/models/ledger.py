"""What failed and why, so that no failure goes unnoticed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Failure:
    """One item that a stage has no answer for, after ``attempts`` questions.

    ``server``: the server failed (time-out, 5xx, lost connection), so the question is worth asking again. Unusable
    answers and refusals would be the same again.
    """

    stage: str
    item: str
    reason: str
    attempts: int
    server: bool = False


@dataclass(slots=True)
class Ledger:
    """The failures of a build, in the order they were found, and how many questions each stage asked."""

    failures: list[Failure] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)

    def add(self, stage: str, item: str, reason: str, attempts: int = 1, *, server: bool = False) -> None:
        self.failures.append(Failure(stage, item, reason, attempts, server))

    def count(self, stage: str, questions: int) -> None:
        """Note that ``stage`` asked so many questions, whatever came of them."""
        self.asked[stage] = self.asked.get(stage, 0) + questions

    def __len__(self) -> int:
        return len(self.failures)

    def frame(self) -> pl.DataFrame:
        """Columns ``stage``, ``item``, ``reason`` (text), ``attempts`` (int) and ``server`` (whether the server
        failed); one row per failure, sorted by stage and item."""
        import polars as pl

        schema = {
            "stage": pl.String,
            "item": pl.String,
            "reason": pl.String,
            "attempts": pl.Int64,
            "server": pl.Boolean,
        }
        return pl.DataFrame([asdict(failure) for failure in self.failures], schema=schema).sort("stage", "item")
