"""What failed and why: nothing disappears in silence."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.errors import AtlasError

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

    def write(self, path: str | Path) -> None:
        """Write the frame as Parquet, whole or not at all."""
        target = Path(path)
        part = target.with_name(target.name + ".part")
        try:
            self.frame().write_parquet(part)
            part.replace(target)
        except OSError as error:
            raise AtlasError(f"{target}: the ledger cannot be written ({error.strerror or error}).") from error
