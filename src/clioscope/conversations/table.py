"""A table that grows row by row and is kept as columns, which take a tenth of the memory of Python rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

BLOCK = 4096  # rows


class TableBuilder:
    """Takes rows as tuples in the order of ``columns``; gives one frame."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = list(columns)
        self._rows: list[tuple[Any, ...]] = []
        self._blocks: list[pl.DataFrame] = []

    def add(self, row: tuple[Any, ...]) -> None:
        self._rows.append(row)
        if len(self._rows) >= BLOCK:
            self._pack()

    def take(self, other: TableBuilder) -> None:
        """Add the rows of another table of the same columns."""
        other._pack()
        self._blocks += other._blocks

    def _pack(self) -> None:
        import polars as pl

        # Blocks of nulls alone have no type of their own; the schema of `frame` settles it.
        self._blocks.append(pl.DataFrame(self._rows, schema=self._columns, orient="row", infer_schema_length=None))
        self._rows = []

    def frame(self, schema: Mapping[str, Any]) -> pl.DataFrame:
        """All rows; ``schema`` gives the type of each column."""
        import polars as pl

        self._pack()
        typed = [block.select(pl.col(name).cast(schema[name]) for name in self._columns) for block in self._blocks]
        return pl.concat(typed, rechunk=True)
