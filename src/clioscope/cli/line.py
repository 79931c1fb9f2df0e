"""One line that fits the terminal: what is less important gives way first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

_LEAST = 12  # columns that a name keeps, as far as it has so many
_SHORT = 8  # columns that the rest of a part must have to be shown cut


def fitted(name: tuple[str, str], beside: Sequence[tuple[str, str]], width: int) -> Text:
    """``name`` and the parts ``beside`` it, the most important first, on one line of at most ``width`` columns.

    Each is a text with its style; the parts begin with their own blanks. The last parts are left out, or end with "…",
    until the line fits. The first part always stays; for it, the name is cut. Columns are those of the terminal: an
    ideograph has two.
    """
    from rich.cells import cell_len
    from rich.text import Text

    first = sum(cell_len(text) for text, _ in beside[:1])
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append_text(_cut(*name, max(width - first, _LEAST)))
    left = width - line.cell_len
    for number, (text, style) in enumerate(beside):
        if number and left < min(cell_len(text), _SHORT):
            break
        part = _cut(text, style, left if number else max(left, cell_len(text)))
        line.append_text(part)
        left -= part.cell_len
    return line


def _cut(text: str, style: str, width: int) -> Text:
    from rich.text import Text

    part = Text(text, style=style)
    part.truncate(width, overflow="ellipsis")
    return part
