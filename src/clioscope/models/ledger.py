"""What failed and why: nothing disappears in silence."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Failure:
    """One item that a stage has no answer for, after ``attempts`` questions."""

    stage: str
    item: str
    reason: str
    attempts: int


@dataclass(slots=True)
class Ledger:
    """The failures of a build, in the order they were found."""

    failures: list[Failure] = field(default_factory=list)

    def add(self, stage: str, item: str, reason: str, attempts: int = 1) -> None:
        self.failures.append(Failure(stage, item, reason, attempts))

    def __len__(self) -> int:
        return len(self.failures)

    def frame(self) -> pl.DataFrame:
        """Columns ``stage``, ``item``, ``reason`` (text) and ``attempts`` (int), sorted by stage and item."""
        import polars as pl

        schema = {"stage": pl.String, "item": pl.String, "reason": pl.String, "attempts": pl.Int64}
        return pl.DataFrame([asdict(failure) for failure in self.failures], schema=schema).sort("stage", "item")
