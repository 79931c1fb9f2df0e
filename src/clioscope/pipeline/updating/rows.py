"""The rows of an updated atlas: old and new ones in the order of their conversations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl


class Rows:
    """Where the rows of an atlas and the new rows come to lie among all.

    ``old`` (m,) and ``new`` (n,) are places in the joint order, by the id of the conversation. An atlas sorts its rows
    so in a build as well.
    """

    def __init__(self, old: pl.Series, new: pl.Series) -> None:
        import polars as pl

        ids = pl.concat([old, new]).rename("conversation")
        order = ids.arg_sort().to_numpy()
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        self.order, self.old, self.new = order, place[: len(old)], place[len(old) :]
        self.ids = ids[order]

    def __len__(self) -> int:
        return len(self.order)

    def table(self, old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
        """A table of one row per conversation with its new rows; the columns and types are those of ``old``."""
        import polars as pl

        types = {name: kind for name, kind in old.schema.items() if kind != pl.Null}
        new = new.select(name for name in new.columns if name in old.columns)
        new = new.cast({name: kind for name, kind in types.items() if name in new.columns}, strict=False)
        return pl.concat([old, new], how="diagonal_relaxed").select(old.columns)[self.order]

    def array(self, old: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
        """An array of one row per conversation with its new rows."""
        joint = np.empty((len(self), *old.shape[1:]), old.dtype)
        joint[self.old], joint[self.new] = old, new
        return joint


def read(folder: Path, name: str) -> pl.DataFrame:
    """A table of the atlas, as it was built."""
    import polars as pl

    return pl.read_parquet(folder / f"{name}.parquet", glob=False)
