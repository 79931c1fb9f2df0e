"""What each operation does to the tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from clioscope.edits.draft import Draft, Node
from clioscope.edits.operation import Operation, made_id
from clioscope.edits.sentences import NotApplicable, Said
from clioscope.edits.split import parts_of
from clioscope.naming.candidates import Label

if TYPE_CHECKING:
    from clioscope.edits.material import Material

_NOTHING = Label("", "")
_OF_WORDS = ("rename", "describe", "split", "vouch", "name")  # which a group without conversations has no grounds for


def apply(draft: Draft, operation: Operation, material: Material) -> Operation:
    """Apply an operation to the draft; the operation comes back, with what a later replay needs to know.

    Raises NotApplicable, with the reason, and leaves the draft as it was.
    """
    before = draft.fan_outs()
    if operation.op in _OF_WORDS and draft.find(operation.details["group"]).vacant:
        raise NotApplicable("vacant")
    done = _APPLY[operation.op](draft, operation, material)
    draft.tidy(before)
    return done


def _rename(draft: Draft, operation: Operation, material: Material) -> Operation:
    node, name = draft.find(operation.details["group"]), " ".join(str(operation.details["name"]).split())
    if not name:
        raise NotApplicable("no_name")
    _check_support(draft, node, name, operation, material)
    if operation.details.get("description") is not None:
        _describe(draft, operation, material)
    node.name, node.maker, node.renewed, node.kept = name, operation, False, False
    node.vouch = operation if operation.details.get("vouch") else None
    return operation


def _describe(draft: Draft, operation: Operation, material: Material) -> Operation:
    node, text = draft.find(operation.details["group"]), " ".join(str(operation.details["description"]).split())
    _check_support(draft, node, text, operation, material)
    node.description, node.maker = text, operation
    node.vouch = operation if operation.details.get("vouch") else None
    return operation


def _check_support(draft: Draft, node: Node, text: str, operation: Operation, material: Material) -> None:
    """A detail that too few people wrote stands in no name, unless the analyst vouches for it."""
    if operation.details.get("vouch"):
        return
    details = material.unsupported(text, draft.members(node.group))
    if details:
        least = material.settings.naming.support
        raise NotApplicable("unsupported", least=least, details=", ".join(details))


def _merge(draft: Draft, operation: Operation, material: Material) -> Operation:
    nodes = list({node.group: node for node in map(draft.find, operation.details["groups"])}.values())
    if len(nodes) < 2:
        return _merged_already(draft, nodes, operation, material)
    if len({node.level for node in nodes}) > 1:
        raise NotApplicable("levels_differ")
    if any(node.row.get("none") for node in nodes):
        raise NotApplicable("none_merged")
    given = operation.details.get("name")
    name = " ".join(str(given).split()) if given else None
    first = nodes[0]
    made = Node(
        made_id(operation.id, "merged"),
        first.level,
        first.parent,
        _NOTHING,
        name=name,
        maker=operation,
        pinned=any(node.pinned for node in nodes),
        note=" ".join(node.note for node in nodes if node.note),
        colour=next((node.colour for node in nodes if node.colour), ""),
        vouch=operation if operation.details.get("vouch") else None,
    )
    rows = np.concatenate([draft.members(node.group) for node in nodes])
    if name and not operation.details.get("vouch") and (details := material.unsupported(name, rows)):
        raise NotApplicable("unsupported", least=material.settings.naming.support, details=", ".join(details))
    draft.add(made, rows if first.group in draft.numbers else None)
    draft.lost |= _called(operation)
    for node in nodes:
        for child in draft.children(node.group):
            child.parent = made.group
        draft.remove(node, Said("was_merged", {"group": made.group}))
    return operation


def _called(operation: Operation) -> set[str]:
    """What the groups of an operation were called when it was made: the build may call them otherwise by now."""
    return set(operation.details.get("called") or ()) - {*operation.groups, str(operation.details.get("name"))}


def _merged_already(draft: Draft, nodes: list[Node], operation: Operation, material: Material) -> Operation:
    """The build itself holds as one group what was merged before: that group is the merged one."""
    if len(set(operation.details["groups"])) < 2:
        raise NotApplicable("not_two" if nodes else "names_none")
    [node] = nodes
    if node.row.get("none"):
        raise NotApplicable("none_now")
    given = operation.details.get("name")
    if given:
        renaming = operation.having(group=node.group, name=given, description=None)
        _rename(draft, renaming, material)
        node.maker = operation
        node.vouch = operation if operation.details.get("vouch") else None
    draft.call(node, made_id(operation.id, "merged"))
    draft.lost |= _called(operation)
    return operation


def _split(draft: Draft, operation: Operation, material: Material) -> Operation:
    node = draft.find(operation.details["group"])
    if node.row.get("none"):
        raise NotApplicable("none_split")
    operation, parts = parts_of(draft, node, operation, material)
    base = node.group in draft.numbers
    inner = {child.group: child for child in draft.children(node.group)}
    for part, content in parts.items():
        made = Node(made_id(operation.id, part), node.level, node.parent, _NOTHING, maker=operation, hidden=node.hidden)
        if base:
            draft.add(made, np.asarray(content, dtype=np.intp))
        elif len(content) == 1:  # a group of one child is the child
            inner[str(content[0])].parent = node.parent
        else:
            draft.add(made)
            for child in content:
                inner[str(child)].parent = made.group
    for child in draft.children(node.group):  # a category that holds nothing belongs to no part
        child.parent = node.parent
    draft.remove(node, Said("was_split", {"n": len(parts)}))
    draft.lost |= _called(operation)
    return operation


def _move(draft: Draft, operation: Operation, material: Material) -> Operation:
    if operation.details.get("conversations") is not None:
        return _move_conversations(draft, operation)
    if operation.details.get("group") is None:
        raise NotApplicable("moves_nothing")
    node, to = draft.find(operation.details["group"]), operation.details["to"]
    if node.row.get("none"):
        raise NotApplicable("none_moved")
    if to is None:
        if node.parent is None:
            raise NotApplicable("at_the_top")
        node.parent = None
        return operation
    target = draft.find(to)
    if target.group in draft.numbers:
        raise NotApplicable("holds_no_groups", group=target.group)
    if target.level <= node.level:
        raise NotApplicable("no_higher", group=target.group)
    if node.parent == target.group:
        raise NotApplicable("lies_there")
    node.parent = target.group
    return operation


def _move_conversations(draft: Draft, operation: Operation) -> Operation:
    if operation.details["to"] is None:
        raise NotApplicable("needs_group")
    target, ids = draft.find(operation.details["to"]), [str(id) for id in operation.details["conversations"]]
    if target.group not in draft.numbers:
        raise NotApplicable("holds_groups", group=target.group)
    rows = [draft.row_of[id] for id in ids if id in draft.row_of]
    if not rows:
        raise NotApplicable("none_there")
    if (draft.base[rows] == draft.numbers[target.group]).all():
        raise NotApplicable("lie_there")
    if len(rows) < len(ids):
        draft.remarks.append(f"{operation.id}: {len(ids) - len(rows)} of {len(ids)} conversations are not in the atlas")
    draft.base[rows] = draft.numbers[target.group]
    return operation


def _hide(draft: Draft, operation: Operation, material: Material) -> Operation:
    node, on = draft.find(operation.details["group"]), bool(operation.details["on"])
    _check_change(node.hidden, on, "hidden")
    seen = (other for other in draft.nodes.values() if not other.vacant and not draft.is_hidden(other))
    if on and all(node in (other, *draft.ancestors(other)) for other in seen):
        raise NotApplicable("nothing_seen")
    node.hidden = on
    return operation


def _pin(draft: Draft, operation: Operation, material: Material) -> Operation:
    node, on = draft.find(operation.details["group"]), bool(operation.details["on"])
    _check_change(node.pinned, on, "pinned")
    node.pinned = on
    if not on and node.kept:
        node.name = node.description = None
    if on and node.group != operation.details["group"]:  # it took the place of the one that was pinned
        draft.call(node, operation.details["group"])
    kept = operation.details.get("kept") if on and node.name is None else None
    node.kept = kept is not None
    if kept is not None:
        node.name = kept["name"]
        node.description = kept["description"] if node.description is None else node.description
    return operation


def _check_change(now: bool, wanted: bool, word: str) -> None:
    if now == wanted:
        raise NotApplicable(f"{word}_already" if now else f"not_{word}")


def _note(draft: Draft, operation: Operation, material: Material) -> Operation:
    draft.find(operation.details["group"]).note = str(operation.details["text"]).strip()
    return operation


def _colour(draft: Draft, operation: Operation, material: Material) -> Operation:
    import re

    colour = str(operation.details["colour"] or "").lower()
    if colour and not re.fullmatch(r"#[0-9a-f]{6}", colour):
        raise NotApplicable("no_colour", colour=colour)
    draft.find(operation.details["group"]).colour = colour
    return operation


def _vouch(draft: Draft, operation: Operation, material: Material) -> Operation:
    node = draft.find(operation.details["group"])
    if node.name is None and node.row.get("action") == "withheld":
        raise NotApplicable("withheld")
    node.vouch = operation
    return operation


def _name(draft: Draft, operation: Operation, material: Material) -> Operation:
    node = draft.find(operation.details["group"])
    node.name = node.description = node.vouch = None
    node.renewed, node.maker = True, operation
    return operation


def _audit(draft: Draft, operation: Operation, material: Material) -> Operation:
    return operation  # its verdicts are read where the tree is made


_APPLY: dict[str, Callable[[Draft, Operation, Material], Operation]] = {
    "rename": _rename,
    "describe": _describe,
    "merge": _merge,
    "split": _split,
    "move": _move,
    "hide": _hide,
    "pin": _pin,
    "note": _note,
    "colour": _colour,
    "vouch": _vouch,
    "name": _name,
    "audit": _audit,
}
