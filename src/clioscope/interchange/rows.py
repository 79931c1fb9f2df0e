"""The flat table of an atlas as a file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.atlas.flat import table
from clioscope.errors import ClioscopeError
from clioscope.files.csv_text import csv_text
from clioscope.files.plain import escaped
from clioscope.files.replacing import saving

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

FORMATS = (".parquet", ".csv", ".jsonl")


def save_table(atlas: Atlas | str | Path, to: str | Path) -> Path:
    """Write ``clioscope.table(atlas)`` to a .parquet, .csv or .jsonl file, which only you may read.

    >>> from clioscope import interchange
    >>> interchange.save_table("atlas/", "rows.parquet").name
    'rows.parquet'

    Raises ClioscopeError for another suffix or if the file cannot be written, AtlasError for a published atlas.
    """
    to = Path(to)
    if to.suffix not in FORMATS:
        raise ClioscopeError(f"{to}: give a file that ends in {', '.join(FORMATS)}.")
    rows = table(atlas)
    held = io.BytesIO()
    if to.suffix == ".parquet":
        rows.write_parquet(held)
    elif to.suffix == ".csv":
        held.write(csv_text(rows).encode())
    else:
        held.write(escaped(rows.write_ndjson()).encode())
    with saving(to) as part:
        part.write_bytes(held.getvalue())
    return to
