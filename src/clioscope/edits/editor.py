"""Editing an atlas: one method per operation."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from clioscope.atlas import Atlas
from clioscope.edits.apply import apply
from clioscope.edits.asking import asking
from clioscope.edits.draft import Draft, Node
from clioscope.edits.history import history
from clioscope.edits.labels import UNAUDITED
from clioscope.edits.log import Log, append, editing, read_log
from clioscope.edits.material import Material
from clioscope.edits.operation import Operation, new_operation
from clioscope.edits.replay import compose, replayed, write_layer
from clioscope.edits.sentences import NotApplicable, Refused, Said
from clioscope.errors import AtlasError

if TYPE_CHECKING:
    import polars as pl

    from clioscope.models.asker import Asker

_SHOWN = 8  # ids that an error lists


def edit(atlas: Atlas | str | Path, *, author: str | None = None) -> Editor:
    """An editor of an atlas, for ``author`` (default: the name of the user who is logged in).

    Raises AtlasError for a published atlas.

    >>> atlas = clioscope.edit("mine/").note(clioscope.open("mine/").tree["group"][0], "Ask about crusts.")
    """
    return Editor(atlas if isinstance(atlas, Atlas) else Atlas(atlas), author=author)


class Overview(NamedTuple):
    """``operations``: rows of ``Editor.history``; ``groups``: the table ``Editor.groups``; ``undo`` and ``redo``: the
    ids of the operations that the next one would take back or bring back, None for none."""

    operations: list[dict[str, Any]]
    groups: pl.DataFrame
    undo: str | None
    redo: str | None


class Editor:
    """The analyst's edits of one atlas.

    Each method adds an operation to ``edits.jsonl``, makes what it changes anew, and returns the edited atlas. Groups
    are given by id or by exact name. With ``ask_model`` the atlas's model names what changed, and the auditor reads the
    names. Every method raises AtlasError, with the reason, for what cannot be done; then nothing is changed.
    """

    def __init__(self, atlas: Atlas, *, author: str | None = None) -> None:
        if atlas.published:
            raise AtlasError(f"{atlas.path}: a published atlas cannot be edited; edit the one that it was made from.")
        self.path = atlas.path
        self.author = author or user_name()
        self._material: Material | None = None

    @property
    def atlas(self) -> Atlas:
        """The atlas as it is edited now."""
        return Atlas(self.path)

    def rename(
        self, group: str, name: str, *, description: str | None = None, vouch: bool = False, ask_model: bool = False
    ) -> Atlas:
        """Give a group another name. A detail that too few people of the group wrote needs ``vouch``."""
        return self._do("rename", ask_model, group=group, name=name, description=description, vouch=vouch or None)

    def describe(self, group: str, description: str, *, vouch: bool = False, ask_model: bool = False) -> Atlas:
        """Give a group another description."""
        return self._do("describe", ask_model, group=group, description=description, vouch=vouch or None)

    def merge(
        self, groups: Sequence[str], name: str | None = None, *, vouch: bool = False, ask_model: bool = False
    ) -> Atlas:
        """Make one group of several of the same level. It lies where the first lay."""
        return self._do("merge", ask_model, groups=list(groups), name=name, vouch=vouch or None)

    def split(
        self,
        group: str,
        into: int | None = None,
        *,
        facet: str | None = None,
        query: str | None = None,
        method: Literal["kmeans", "ward"] = "kmeans",
        ask_model: bool = False,
    ) -> Atlas:
        """Split a group ``into`` a number of groups by meaning, by the values of a ``facet``, or by a ``query``: what
        is near to it, and the rest. A group of groups can be split into a number only."""
        ways = {"into": into, "facet": facet, "query": query, "method": None if into is None else method}
        return self._do("split", ask_model, group=group, **ways)

    def move(self, group: str, to: str | None, *, ask_model: bool = False) -> Atlas:
        """Move a group into another one of a higher level, or to the top (None)."""
        return self._do("move", ask_model, group=group, to=to)

    def move_conversations(self, conversations: Sequence[str], to: str, *, ask_model: bool = False) -> Atlas:
        """Move conversations, by their ids, to a base group."""
        return self._do("move", ask_model, conversations=list(conversations), to=to)

    def hide(self, group: str, on: bool = True) -> Atlas:
        """Hide a group and all in it, or show it again."""
        return self._do("hide", False, group=group, on=on)

    def pin(self, group: str, on: bool = True) -> Atlas:
        """Keep the id and the name of a group in later builds, however it moves."""
        return self._do("pin", False, group=group, on=on)

    def note(self, group: str, text: str) -> Atlas:
        """Write a note to a group; an empty one takes it away."""
        return self._do("note", False, group=group, text=text)

    def colour(self, group: str, colour: str | None) -> Atlas:
        """Give a group a colour (#rrggbb), or the usual one (None)."""
        return self._do("colour", False, group=group, colour=colour or "")

    def vouch(self, group: str) -> Atlas:
        """Vouch for the name and description of a group: they count as audited. A published copy says so."""
        return self._do("vouch", False, group=group)

    def name(self, group: str, *, ask_model: bool = False) -> Atlas:
        """Have the name and description of a group made anew."""
        return self._do("name", ask_model, group=group)

    def audit(self) -> Atlas:
        """Have the atlas's model read all names that no auditor has seen."""
        return self._do("audit", True)

    def undo(self, operation: str | None = None) -> Atlas:
        """Take back an operation by its id; without one, the last."""
        return self._mark("undo", operation)

    def redo(self, operation: str | None = None) -> Atlas:
        """Bring back an operation that was undone; without an id, the last one, if nothing was done since."""
        return self._mark("redo", operation)

    def history(self) -> list[dict[str, Any]]:
        """All operations, the first first: id, at, author, op, details, state (applied, undone, no longer applies), and
        why it does not apply. A line of the file that cannot be read is a row without an id."""
        return self.overview().operations

    def groups(self) -> pl.DataFrame:
        """All groups, hidden ones too: group, level, parent, name, hidden, pinned, note, colour."""
        return self.overview().groups

    def overview(self) -> Overview:
        """The history, the groups, and what the next undo and redo would do, from one replay."""
        log = read_log(self.path)
        done = replayed(self._of_now(), log)
        undo, redo = log.to_undo(), log.to_redo()
        return Overview(
            history(log, done.no_longer),
            self._groups_of(done.draft),
            None if undo is None else undo.id,
            None if redo is None else redo.id,
        )

    def _groups_of(self, draft: Draft) -> pl.DataFrame:
        import polars as pl

        tree = self.atlas.tree
        names = dict(zip(tree["group"], tree["name"], strict=True))
        rows = [
            {
                "group": node.group,
                "level": node.level,
                "parent": node.parent,
                "name": names.get(node.group, node.shown_name),
                "hidden": draft.is_hidden(node),
                "pinned": node.pinned,
                "note": node.note,
                "colour": node.colour,
            }
            for node in draft.nodes.values()
        ]
        return pl.DataFrame(rows, infer_schema_length=None)

    # -- how it is done ------------------------------------------------------------------------------------

    def _of_now(self) -> Material:
        """The material, read again where the atlas has been built anew."""
        built = Atlas(self.path, edits=False)
        if self._material is None or self._material.atlas.manifest != built.manifest:
            self._material = Material(built)
        return self._material

    def _do(self, op: str, ask_model: bool, **details: Any) -> Atlas:
        with editing(self.path):
            material, log = self._of_now(), read_log(self.path)
            with asking(material.atlas) if ask_model else nullcontext() as ask:
                done = replayed(material, log)
                names = self._names(done.draft)
                found = {field: self._resolved(done.draft, names, field, value) for field, value in details.items()}
                if op == "vouch":
                    self._check_seen(done.draft.find(found["group"]))
                called = [names.get(group) or group for group in _named(found)]
                operation = new_operation(op, self.author, **found, called=called or None, ask_model=ask_model or None)
                if "to" in details:
                    operation = operation.having(to=found["to"])  # None is the top
                try:
                    operation = apply(done.draft, operation, material)
                except NotApplicable as error:
                    raise Refused("cannot", self.path, op=op, why=error.said) from None
                done = done._replace(applied=[*done.applied, operation.id])
                self._finish(material, Log([*log.operations, operation], log.unread), done, ask)
        return self.atlas

    def _finish(self, material: Material, log: Log, done: Any, ask: Asker | None) -> None:
        """Write the last operation of the log, with what was made for it, and the layer."""
        layer = compose(material, log, done, ask)
        last, labelled = log.operations[-1], layer.labelled
        if labelled.made:
            last = last.having(labels=labelled.made)
        if labelled.said:
            last = last.having(verdicts=labelled.said)
        vouched = [group for group in labelled.vouched if done.draft.nodes[group].vouch is log.operations[-1]]
        for group in vouched:
            label = labelled.labels[group]
            last = last.having(vouched=[label.name, label.description])
        if last.op == "pin" and last.details["on"] and last.details.get("kept") is None:
            group = last.details["group"]
            named, (score, first, action) = labelled.labels.get(group), labelled.verdicts.get(group, UNAUDITED)
            if named is not None and action not in (
                "withheld",
                "vouched",
            ):  # vouching is its own backing
                text = {"name": named.name, "description": named.description}
                said = {**text, "score": score, "first_score": first, "action": action}
                last = last.having(kept=text, verdicts=[*labelled.said, said])
        append(self.path, [last])
        write_layer(self.path, layer)

    def _mark(self, op: Literal["undo", "redo"], wanted: str | None) -> Atlas:
        with editing(self.path):
            material, log = self._of_now(), read_log(self.path)
            one = (log.to_undo() if op == "undo" else log.to_redo()) if wanted is None else log.find(wanted)
            if one is None:
                if wanted is None:
                    raise Refused(f"nothing_to_{op}", self.path)
                raise Refused("no_operation", self.path, operation=wanted)
            if (one.id in log.undone) == (op == "undo"):
                raise Refused("undone_already" if op == "undo" else "not_undone", self.path, operation=one.id)
            log = Log([*log.operations, new_operation(op, self.author, of=one.id)], log.unread)
            self._finish(material, log, replayed(material, log), None)
        return self.atlas

    def _check_seen(self, node: Node) -> None:
        """Raise AtlasError for a name that nobody gave and the auditor withheld: the analyst cannot see it."""
        tree = self.atlas.tree
        if node.name is None and "withheld" in tree.filter(tree["group"] == node.group)["action"]:
            raise Refused("cannot", self.path, op="vouch", why=Said("withheld", {}))

    def _names(self, draft: Draft) -> dict[str, str]:
        """The names of the groups as they are shown now; of a hidden group, that of the build or the analyst."""
        from clioscope.atlas.shown import shown_tree

        found = {group: node.shown_name for group, node in draft.nodes.items()}
        return found | dict(shown_tree(self.atlas).select("group", "name").iter_rows())

    def _resolved(self, draft: Draft, names: dict[str, str], field: str, value: Any) -> Any:
        """The ids of what names groups; anything else as it is."""
        if field == "groups":
            return [self._find(draft, names, one).group for one in value]
        return self._find(draft, names, value).group if field in ("group", "to") and value is not None else value

    def _find(self, draft: Draft, names: dict[str, str], reference: str) -> Node:
        """The group of an id or a name. Raises AtlasError where there is none, or more than one."""
        try:
            return draft.find(reference)
        except NotApplicable:
            found = [group for group in draft.nodes if names.get(group) == reference]
        if len(found) == 1:
            return draft.nodes[found[0]]
        if found:
            ids = ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
            raise Refused("many_called", self.path, n=len(found), name=reference, ids=ids)
        raise Refused("no_group", self.path, group=reference, atlas=str(self.path))


def _named(details: dict[str, Any]) -> list[str]:
    return Operation("", "", "", "", details).groups


def user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "analyst"
