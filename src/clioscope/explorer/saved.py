"""What the page asks of saved views: the list, and to save, change or delete one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from clioscope.atlas.views import read_views
from clioscope.edits.views import change_view, delete_view, save_view
from clioscope.errors import AtlasError

if TYPE_CHECKING:
    from clioscope.atlas import Atlas

# What is asked -> the function, the fields that it needs, and those that may be missing; all are texts.
_ASKED: dict[str, tuple[Callable[..., object], tuple[str, ...], tuple[str, ...]]] = {
    "save": (save_view, ("name", "address"), ("note",)),
    "change": (change_view, ("name",), ("new_name", "note", "address")),
    "delete": (delete_view, ("name",), ()),
}


def listed_views(atlas: Atlas) -> list[dict[str, str]]:
    """The saved views for the page: name, note, address, author, at. Raises AtlasError."""
    return [view._asdict() for view in read_views(atlas.path)]


def ask_for_view(atlas: Atlas, asked: Mapping[str, Any]) -> list[dict[str, str]]:
    """Do what the page asks: ``op`` (save, change or delete) and its fields. The views as they are then.

    Raises ValueError for what is none of these, and AtlasError for what cannot be done.
    """
    op, fields = asked.get("op"), {name: value for name, value in asked.items() if name != "op"}
    if op not in _ASKED:
        raise ValueError(f"Ask for one of {', '.join(_ASKED)}.")
    act, needed, more = _ASKED[op]
    known = all(isinstance(value, str) and name in (*needed, *more) for name, value in fields.items())
    if not known or any(name not in fields for name in needed):
        raise ValueError(f"{op} takes the texts {', '.join((*needed, *more))}.")
    if atlas.published:
        raise AtlasError(f"{atlas.path}: no view is saved in a published atlas.")
    act(atlas, **fields)
    return listed_views(atlas)
