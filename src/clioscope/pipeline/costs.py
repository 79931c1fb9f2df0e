"""What each stage of a finished atlas took: time, rows, memory, bytes on the disk, questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from clioscope.pipeline.stages import STAGES


class StageCosts(NamedTuple):
    """``seconds`` of wall time; ``rows`` of the longest table or array that the stage wrote; ``memory``, the most that
    the process held meanwhile, and ``written``, the size of the stage's files, in bytes; ``questions`` to a model.

    None for what an earlier version did not record.
    """

    stage: str
    seconds: float
    rows: int | None
    memory: int | None
    written: int | None
    questions: int

    @property
    def rows_per_second(self) -> float | None:
        """None for a stage that took no time that can be measured."""
        return None if self.rows is None or self.seconds <= 0 else self.rows / self.seconds


def stage_costs(manifest: Mapping[str, Any]) -> list[StageCosts]:
    """The costs of the stages in a manifest, in the order in which they run; each as of the build that ran it."""
    records = manifest.get("stages", {})
    order = [stage.name for stage in STAGES if stage.name in records]
    order += [name for name in records if name not in order]
    return [
        StageCosts(
            name,
            records[name].get("seconds", 0.0),
            records[name].get("rows"),
            records[name].get("peak_memory"),
            records[name].get("written"),
            sum(kind.get("asked", 0) for kind in records[name].get("questions", {}).values()),
        )
        for name in order
    ]
