"""Saved views: what an analyst had on the page, under a name and with a note, in a file beside the edits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from clioscope.errors import AtlasError
from clioscope.files.plain import line, plain
from clioscope.files.replacing import replacing
from clioscope.registry import suggestion

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

FILE = "views.json"
MOST = {"name": 120, "note": 4_000, "address": 20_000}  # characters
_SAFE = "=&%+,:;/?@!$'()*-._~"  # what a browser leaves as it is in the end of an address
_LISTED = 8  # names that an error lists


class SavedView(NamedTuple):
    """``address`` is the end of the page's address, after the ``#``; ``at`` an ISO time in UTC, of the last change."""

    name: str
    note: str
    address: str
    author: str
    at: str


def read_views(folder: Path) -> list[SavedView]:
    """The saved views of the atlas in ``folder``, by name; none where there is no such file.

    Raises AtlasError for a file that cannot be read, or that holds something else.
    """
    path = folder / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        views = [_view_from(one) for one in found["views"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise AtlasError(f"{path}: holds no saved views ({error}); repair it, or move it away.") from error
    return sorted(views, key=lambda view: (view.name.casefold(), view.name))


def _view_from(record: Any) -> SavedView:
    """A view of its record in the file, with what a terminal cannot show left out. Raises ValueError."""
    if not isinstance(record, dict):
        raise ValueError("a view is an object")
    found = [record.get(name, "") for name in SavedView._fields]
    if not all(isinstance(one, str) for one in found) or not line(found[0]):
        raise ValueError("a view has a name, and texts")
    name, note, address, author, at = found
    return SavedView(line(name), plain(note), fragment(address), line(author), line(at))


def write_views(folder: Path, views: Iterable[SavedView], mode: int = 0o600) -> None:
    """Write the saved views of the atlas in ``folder``, all or nothing. Raises OSError."""
    text = json.dumps({"views": [view._asdict() for view in views]}, ensure_ascii=False, indent=1)
    with replacing(folder / FILE, mode) as part:
        part.write_text(text + "\n", encoding="utf-8")


def fragment(address: str) -> str:
    """The end of an address of the page, after the ``#``, with every other sign of it in percents."""
    return quote(line(address.partition("#")[2] if "#" in address else address), safe=_SAFE)


def find_address(atlas: Atlas, said: str) -> str:
    """The end of the address of a view: of the saved one of this name (in any case of its letters), or ``said`` itself
    if it is an address of the page, or its end.

    Raises AtlasError, with the names there are, for anything else.
    """
    views = read_views(atlas.path)
    wanted = line(said).casefold()
    found = [view for view in views if view.name == said] or [view for view in views if view.name.casefold() == wanted]
    if found:
        return found[0].address
    if "#" in said or "=" in said:
        return fragment(said)
    names = [view.name for view in views]
    there = ", ".join(repr(name) for name in names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
    raise AtlasError(
        f"{atlas.path}: there is no saved view {said!r}{suggestion(said, names)}; "
        + (f"there are {there}." if names else "none is saved yet: save one on the page, or give an address.")
    )
