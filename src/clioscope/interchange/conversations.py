"""Conversations out of the tools that hold tables, as a file that ``build`` reads."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clioscope.errors import InputError
from clioscope.files.plain import escaped
from clioscope.files.replacing import saving

if TYPE_CHECKING:
    import polars as pl

FORMATS = (".parquet", ".jsonl")


def save_conversations(data: Any, to: str | Path) -> Path:
    """Write conversations that are in memory to a .parquet or .jsonl file, and return its path for ``build``.

    ``data`` is a frame of polars or pandas, a table of Arrow, a ``Dataset`` of Hugging Face, a relation of DuckDB, or
    a list of dicts. Its columns are those of any input (docs/input-formats.md). Only you may read the file; ``update``
    reads it again, so keep it as long as the atlas.

    >>> import polars as pl
    >>> from clioscope import interchange
    >>> chats = pl.DataFrame({"id": ["a"], "messages": [[{"role": "user", "content": "How do I bake bread?"}]]})
    >>> interchange.save_conversations(chats, "mine.parquet").name
    'mine.parquet'

    Raises InputError for data that is no table or has no rows, and for another suffix; ClioscopeError if the file
    cannot be written.
    """
    import polars as pl

    to = Path(to)
    if to.suffix not in FORMATS:
        raise InputError(f"{to}: give a file that ends in {' or '.join(FORMATS)}.")
    frame = pl.DataFrame() if isinstance(data, list) and not data else _frame(data)
    if frame.is_empty():
        raise InputError("The data has no rows, so there is nothing to write.")
    held = io.BytesIO()
    if to.suffix == ".parquet":
        frame.write_parquet(held)
    else:
        held.write(escaped(frame.write_ndjson()).encode())
    with saving(to) as part:
        part.write_bytes(held.getvalue())
    return to


def _frame(data: Any) -> pl.DataFrame:
    """Any table as a frame of polars, through the interfaces of Arrow where it has them."""
    import polars as pl

    if isinstance(data, pl.DataFrame):
        return data
    if isinstance(data, pl.LazyFrame):
        return data.collect()
    if type(data).__module__.startswith("datasets."):
        if not hasattr(data, "to_polars"):
            raise InputError("The data is not one table; choose a split, as in dataset['train'], or take some rows.")
        return _known(data.to_polars())
    if type(data).__module__.startswith("pandas."):
        return _known(pl.from_pandas(data))
    try:
        if isinstance(data, list):
            return pl.from_dicts(data, infer_schema_length=None)
        return _known(pl.DataFrame(data))
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise InputError(f"The data ({type(data).__name__}) is no table that can be read: {error}.") from error


def _known(frame: Any) -> pl.DataFrame:
    import polars as pl

    return frame if isinstance(frame, pl.DataFrame) else pl.DataFrame(frame)
