"""What the server shows of an atlas, and how edits of the page change it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from inspect import signature
from threading import Lock
from typing import TYPE_CHECKING, Any

from clioscope.errors import AtlasError
from clioscope.explorer.meaning import Found, Meaning
from clioscope.explorer.view import make_view

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.edits.editor import Editor

# Operation -> the fields that the page may send with it, and their types. No other field is read.
_FIELDS: dict[str, dict[str, tuple[type, ...]]] = {
    "rename": {"group": (str,), "name": (str,), "description": (str,), "vouch": (bool,)},
    "describe": {"group": (str,), "description": (str,), "vouch": (bool,)},
    "merge": {"groups": (list,), "name": (str,), "vouch": (bool,)},
    "split": {"group": (str,), "into": (int,), "facet": (str,), "query": (str,), "method": (str,)},
    "move": {"group": (str,), "to": (str, type(None))},
    "hide": {"group": (str,), "on": (bool,)},
    "pin": {"group": (str,), "on": (bool,)},
    "note": {"group": (str,), "text": (str,)},
    "colour": {"group": (str,), "colour": (str, type(None))},
    "vouch": {"group": (str,)},
    "undo": {"operation": (str,)},
    "redo": {"operation": (str,)},
}


class Desk:
    """An atlas as it is now, with its view and its search. Edits come one after another.

    ``can_edit`` is false for a published atlas and for a folder that cannot be written.
    """

    def __init__(self, atlas: Atlas, *, title: str | None = None, edits: bool = True) -> None:
        self._title, self._lock = title, Lock()
        self.can_edit = edits and not atlas.published and os.access(atlas.path, os.W_OK)
        self._editor: Editor | None = None
        self._show(atlas)

    def _show(self, atlas: Atlas) -> None:
        self.atlas, self._view = atlas, b""
        before = getattr(self, "_meaning", None)
        self._meaning = None if atlas.published else Meaning(atlas)
        if self._meaning is not None and before is not None:
            self._meaning.take_encoder(before)

    def view(self) -> bytes:
        """What the page shows, made once per state of the atlas."""
        with self._lock:
            if not self._view:
                self._view = make_view(self.atlas, title=self._title, texts=not self.atlas.published)
            return self._view

    def search(self, question: str) -> Found | None:
        """What lies near to a question; None for an atlas without vectors. Raises ModelError."""
        return None if self._meaning is None else self._meaning.search(question)

    @property
    def editor(self) -> Editor:
        """The editor of the atlas, kept, so that what it has read is read once. Raises AtlasError."""
        if not self.can_edit:
            raise AtlasError(f"{self.atlas.path}: cannot be edited here.")
        if self._editor is None:
            from clioscope.edits.editor import edit

            self._editor = edit(self.atlas)
        return self._editor

    def edit(self, asked: Mapping[str, Any]) -> list[str]:
        """Do what the page asks: ``op`` and the fields of the operation. The groups that are there since, by id.

        Raises AtlasError for what cannot be done.
        """
        op, fields = asked.get("op"), {name: value for name, value in asked.items() if name != "op"}
        known = _FIELDS.get(str(op))
        if known is None:
            raise AtlasError(f"{op!r} is no operation; there are {', '.join(_FIELDS)}.")
        for name, value in fields.items():
            right = isinstance(value, known.get(name, ())) and (not isinstance(value, bool) or bool in known[name])
            if not right or (name == "groups" and not all(isinstance(one, str) for one in value)):
                raise AtlasError(f"{op}: the field {name!r} is not one of it, or holds something else than it should.")
        with self._lock:
            method: Callable[..., Atlas] = getattr(self.editor, str(op))
            try:
                signature(method).bind(**fields)
            except TypeError:
                raise AtlasError(f"{op}: a field is missing; it takes {', '.join(known)}.") from None
            before = set(self.atlas.tree["group"])
            self._show(method(**fields))
            return [group for group in self.atlas.tree["group"] if group not in before]

    def history(self) -> dict[str, Any]:
        """``operations`` (the latest first), ``undo`` and ``redo`` (what the next one would do, or None), and the
        ``hidden`` groups (group, name)."""
        import polars as pl

        from clioscope.edits.log import read_log

        with self._lock:
            log = read_log(self.atlas.path)
            undo, redo = log.to_undo(), log.to_redo()
            groups = self.editor.groups()
            hidden = groups.filter(pl.col("hidden")).select("group", "name").rows(named=True)
            return {
                "operations": self.editor.history()[::-1],
                "undo": None if undo is None else undo.id,
                "redo": None if redo is None else redo.id,
                "hidden": hidden,
            }
