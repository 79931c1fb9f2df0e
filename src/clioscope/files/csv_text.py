"""Tables as CSV in which no cell is a formula to a spreadsheet, or a control sequence to a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from clioscope.files.plain import plain

if TYPE_CHECKING:
    import polars as pl

_FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?(?: ?%)?")


def csv_text(table: pl.DataFrame) -> str:
    """The table as CSV, with a line of headings.

    A text that a spreadsheet takes for a formula (it begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break)
    gets an apostrophe before it, as OWASP advises. Numbers stay numbers, also those that are texts. Control and unseen
    characters are removed from texts.
    """
    import polars as pl

    kept = {name: cell(name) for name in table.columns}
    texts = [name for name, kind in table.schema.items() if kind in (pl.String, pl.Categorical, pl.Enum)]
    made = table.with_columns(
        pl.Series(name, [None if value is None else cell(value) for value in table[name]], dtype=pl.String)
        for name in texts
    )
    return made.rename(kept).write_csv()


def cell(text: str) -> str:
    """The text of one cell."""
    shown = plain(text)
    if _NUMBER.fullmatch(shown):
        return shown
    # What the text began with counts too: a tab, or a carriage return that is gone.
    return f"'{shown}" if _FORMULA.match(shown) or text[:1] in ("\t", "\r", "\n") else shown
