"""The names of a table's columns."""

from __future__ import annotations

from collections.abc import Sequence


def unique_names(cells: Sequence[str]) -> list[str]:
    """Trimmed names, each once: an empty one is called after its place, a second ``text`` is ``text (2)``."""
    names: list[str] = []
    taken = {cell.strip() for cell in cells}
    used: set[str] = set()
    for place, cell in enumerate(cells, 1):
        name = cell.strip() or f"column {place}"
        number = 1
        while name in used or (number > 1 and name in taken):
            number += 1
            name = f"{cell.strip() or f'column {place}'} ({number})"
        used.add(name)
        names.append(name)
    return names
