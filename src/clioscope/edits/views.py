"""Saving, renaming and deleting views of an atlas. They lie beside the edits and change no group."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from clioscope.atlas import Atlas
from clioscope.atlas.views import MOST, SavedView, fragment, read_views, write_views
from clioscope.edits.editor import user_name
from clioscope.edits.log import editing
from clioscope.edits.sentences import Refused
from clioscope.errors import AtlasError
from clioscope.files.plain import line, plain

MOST_VIEWS = 500


def save_view(
    atlas: Atlas | str | Path, name: str, address: str, note: str = "", *, author: str | None = None
) -> SavedView:
    """Save a view under a new name: ``address`` is an address of the page, or its end after the ``#``.

    Raises AtlasError for a name that is empty or taken, for a text that is too long, for a published atlas, and if the
    folder cannot be written.
    """
    path = _path(atlas)
    made = _checked(path, SavedView(line(name), plain(note).strip(), fragment(address), author or user_name(), _now()))

    def add(views: list[SavedView]) -> list[SavedView]:
        _check_free(path, views, made.name)
        if len(views) >= MOST_VIEWS:
            raise Refused("views_full", path, most=MOST_VIEWS)
        return [*views, made]

    _change(path, add)
    return made


def change_view(
    atlas: Atlas | str | Path,
    name: str,
    *,
    new_name: str | None = None,
    note: str | None = None,
    address: str | None = None,
    author: str | None = None,
) -> SavedView:
    """Give a saved view another name, note or address; what is None stays. Raises AtlasError as ``save_view`` does, and
    for a view that is not there."""
    path = _path(atlas)
    changed: list[SavedView] = []

    def change(views: list[SavedView]) -> list[SavedView]:
        before = _called(path, views, name)
        others = [view for view in views if view is not before]
        made = SavedView(
            before.name if new_name is None else line(new_name),
            before.note if note is None else plain(note).strip(),
            before.address if address is None else fragment(address),
            author or user_name(),
            _now(),
        )
        changed.append(_checked(path, made))
        _check_free(path, others, made.name)
        return [*others, made]

    _change(path, change)
    return changed[0]


def delete_view(atlas: Atlas | str | Path, name: str) -> None:
    """Delete a saved view. Raises AtlasError if it is not there, or the folder cannot be written."""
    path = _path(atlas)

    def leave_out(views: list[SavedView]) -> list[SavedView]:
        gone = _called(path, views, name)
        return [view for view in views if view is not gone]

    _change(path, leave_out)


def _path(atlas: Atlas | str | Path) -> Path:
    opened = atlas if isinstance(atlas, Atlas) else Atlas(atlas)
    if opened.published:
        raise AtlasError(f"{opened.path}: no view is saved in a published atlas; save it in the one it was made from.")
    return opened.path


def _change(path: Path, change: Callable[[list[SavedView]], list[SavedView]]) -> None:
    with editing(path, wait=True):
        views = change(read_views(path))
        try:
            write_views(path, views)
        except OSError as error:
            raise AtlasError(f"{path}: the views cannot be written ({error.strerror or error}).") from error


def _called(path: Path, views: list[SavedView], name: str) -> SavedView:
    found = next((view for view in views if view.name == line(name)), None)
    if found is None:
        raise Refused("no_view", path, name=line(name))
    return found


def _check_free(path: Path, views: list[SavedView], name: str) -> None:
    if any(view.name.casefold() == name.casefold() for view in views):
        raise Refused("view_there", path, name=name)


def _checked(path: Path, view: SavedView) -> SavedView:
    if not view.name:
        raise Refused("no_view_name", path)
    for field, most in MOST.items():
        if len(getattr(view, field)) > most:
            raise Refused("view_long", path, most=most)
    return view


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
