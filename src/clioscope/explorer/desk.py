"""What the server shows of an atlas, and how edits of the page change it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from inspect import signature
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from clioscope.errors import AtlasError, ClioscopeError
from clioscope.explorer.meaning import Found, Meaning
from clioscope.explorer.records import record_file, record_table
from clioscope.explorer.stored import StoredView, ViewFolder, make_file, stored_view
from clioscope.explorer.word_search import WordSearch, as_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clioscope.atlas import Atlas
    from clioscope.edits.editor import Editor

MOST_MOVED = 10_000  # conversations that one edit moves: each is named in the file of edits

# Operation -> the fields that the page may send with it, and their types. No other field is read.
_FIELDS: dict[str, dict[str, tuple[type, ...]]] = {
    "rename": {"group": (str,), "name": (str,), "description": (str,), "vouch": (bool,)},
    "describe": {"group": (str,), "description": (str,), "vouch": (bool,)},
    "merge": {"groups": (list,), "name": (str,), "vouch": (bool,)},
    "split": {"group": (str,), "into": (int,), "facet": (str,), "query": (str,), "method": (str,)},
    "move": {"group": (str,), "to": (str, type(None))},
    "move_conversations": {"rows": (list,), "state": (str,), "to": (str,)},
    "hide": {"group": (str,), "on": (bool,)},
    "pin": {"group": (str,), "on": (bool,)},
    "note": {"group": (str,), "text": (str,)},
    "colour": {"group": (str,), "colour": (str, type(None))},
    "vouch": {"group": (str,)},
    "name": {"group": (str,)},
    "audit": {},
    "undo": {"operation": (str,)},
    "redo": {"operation": (str,)},
}
_ASKING = ("merge", "split", "move", "move_conversations", "name")  # with ``ask_model`` these ask the atlas's model
_LISTS: dict[str, type] = {"groups": str, "rows": int}  # what a field that is a list holds


class Desk:
    """An atlas as it is now, with its view and its search. Edits come one after another.

    ``can_edit`` is false for a published atlas and for a folder that cannot be written. ``ask_model``: whether edits
    that name groups ask the atlas's model. ``state`` names the view that is shown: rows of another one are others.
    Raises AtlasError for ``ask_model`` and an atlas that was built without a model.
    """

    def __init__(
        self,
        atlas: Atlas,
        *,
        title: str | None = None,
        edits: bool = True,
        ask_model: bool = False,
        transcripts: bool = False,
    ) -> None:
        if ask_model and not atlas.published and atlas.manifest["settings"]["model"]["name"] is None:
            raise AtlasError(f"{atlas.path}: was built without a language model to ask; leave --ask-model out.")
        self._title, self._lock, self.ask_model = title, Lock(), ask_model
        self._transcripts = transcripts
        self.can_edit = edits and not atlas.published and os.access(atlas.path, os.W_OK)
        self._editor: Editor | None = None
        self._folder = ViewFolder(atlas)
        self._files: dict[str, Path] = {}  # of all states that were shown: a page may still read an earlier one
        self._show(atlas)

    def _show(self, atlas: Atlas) -> None:
        self.atlas, self.state = atlas, secrets.token_hex(8)
        self._view: StoredView | None = None
        before = getattr(self, "_meaning", None)
        self._meaning = None if atlas.published else Meaning(atlas)
        if self._meaning is not None and before is not None:
            self._meaning.take_encoder(before)
        self._words = None if atlas.published else WordSearch(atlas, transcripts=self._transcripts)

    def view(self) -> tuple[bytes, str]:
        """The head of what the page shows, and the ``state``. It is made once per state of the atlas, and kept on disk.

        Raises AtlasError if its files cannot be written.
        """
        with self._lock:
            if self._view is None:
                self._view = stored_view(self.atlas, self._folder, title=self._title)
                self._files |= self._view.files
            return self._view.head, self.state

    def begin(self) -> None:
        """Make the view while the browser starts. What goes wrong is told to the page, which asks for it again."""
        with suppress(ClioscopeError):
            self.view()

    def array(self, name: str) -> Path | None:
        """The file of an array by the name that a head has for it; None for an unknown name or a file that is gone.

        Texts of very many conversations are made when they are first asked for. Raises AtlasError if they cannot be
        written.
        """
        path = self._files.get(name)
        if path is None or path.exists():
            return path
        with self._lock:
            if self._view is not None and name in self._view.later and not path.exists():
                make_file(self.atlas, self._folder, name)
        return path if path.exists() else None

    def search(self, question: str) -> Found | None:
        """What lies near to a question; None for an atlas without vectors. Raises ModelError."""
        return None if self._meaning is None else self._meaning.search(question)

    def neighbours(self, row: int, state: str) -> list[tuple[int, float]] | None:
        """The rows nearest to a row of the view ``state``, with cosines; None for a published atlas. Raises Refused for
        another view, IndexError for a row that is not there."""
        self._check_state(state)
        return None if self._meaning is None else self._meaning.neighbours(row)

    def found(self, question: str, every: bool) -> dict[str, Any] | None:
        """What holds the words of a question (``word_search.as_json``, with all rows if ``every``); None for a
        published atlas."""
        return None if self._words is None else as_json(self._words.search(question), rows=every)

    def records(self, rows: NDArray[Any], columns: list[str] | None, kind: str, state: str) -> bytes | None:
        """A file of the records of some rows of the view ``state`` (``record_file``); None for a published atlas.

        Raises Refused for another view, AtlasError for an unknown column, ClioscopeError for an unknown ``kind``,
        IndexError for a row that is not there.
        """
        if self.atlas.published:
            return None
        self._check_state(state)
        return record_file(record_table(self.atlas, rows, columns), kind)

    def _check_state(self, state: str) -> None:
        """Raise Refused for another view than the one that is shown, whose rows may be others."""
        from clioscope.edits.sentences import Refused

        if state != self.state:
            raise Refused("shown_before", self.atlas.path)

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
            if not right or (name in _LISTS and not all(type(one) is _LISTS[name] for one in value)):
                raise AtlasError(f"{op}: the field {name!r} is not one of it, or holds something else than it should.")
        with self._lock:
            method: Callable[..., Atlas] = getattr(self.editor, str(op))
            try:
                if op == "move_conversations":
                    fields = {"conversations": self._named(fields["rows"], fields["state"]), "to": fields["to"]}
                signature(method).bind(**fields)
            except (KeyError, TypeError):
                raise AtlasError(f"{op}: a field is missing; it takes {', '.join(known)}.") from None
            if op in _ASKING and self.ask_model:
                fields["ask_model"] = True
            before = set(self.atlas.tree["group"])
            self._show(method(**fields))
            return [group for group in self.atlas.tree["group"] if group not in before]

    def _named(self, rows: list[int], state: str) -> list[str]:
        """The ids of conversations by their rows in the view ``state``. Raises Refused for another view than the one
        that is shown, for too many rows, and for rows that are not there."""
        from clioscope.edits.sentences import Refused

        shown = self.atlas.shown_rows
        if state != self.state or any(not 0 <= row < len(shown) for row in rows):
            raise Refused("shown_before", self.atlas.path)
        if len(rows) > MOST_MOVED:
            raise Refused("too_many", self.atlas.path, most=MOST_MOVED, n=len(rows))
        ids: list[str] = self.atlas.clusters["conversation"].gather(shown[rows]).to_list()
        return ids

    def history(self) -> dict[str, Any]:
        """``operations`` (the latest first; of conversations only how many), ``undo`` and ``redo`` (what the next one
        would do, or None), and the ``hidden`` groups (group, name)."""
        import polars as pl

        with self._lock:
            found = self.editor.overview()
        for one in found.operations:
            if "conversations" in one["details"]:
                one["details"]["conversations"] = len(one["details"]["conversations"])
        return {
            "operations": found.operations[::-1],
            "undo": found.undo,
            "redo": found.redo,
            "hidden": found.groups.filter(pl.col("hidden")).select("group", "name").rows(named=True),
        }
