"""The name, description and verdict of every group of an edited tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.edits.draft import SHORT, Draft, Node
from clioscope.edits.material import Material
from clioscope.edits.names import holds_lost, new_labels
from clioscope.edits.operation import Operation
from clioscope.naming.candidates import Label

if TYPE_CHECKING:
    from clioscope.models.asker import Asker

KEPT = 0.8  # a group keeps its name while it shares this much (Jaccard) with the group that was named
_SKETCH = 32  # ids of a sketch
_PART = 0.4  # a group of which the one that was named is a smaller part (Jaccard) is named anew
Rows = Mapping[str, NDArray[np.intp]]
Verdict = tuple[int | None, int | None, str]  # score, first score, action
UNAUDITED: Verdict = (None, None, "unaudited")


class Labelled(NamedTuple):
    """By group: ``labels`` and ``verdicts``. ``made`` are labels that were not recorded yet, ``said`` verdicts of texts
    that the auditor was asked about now, ``vouched`` the groups whose text the analyst vouches for."""

    labels: dict[str, Label]
    verdicts: dict[str, Verdict]
    made: dict[str, dict[str, Any]]
    said: list[dict[str, Any]]
    vouched: list[str]


def label_groups(
    draft: Draft,
    material: Material,
    members: Rows,
    built: Rows,
    operations: Sequence[Operation],
    ask: Asker | None,
) -> Labelled:
    """The label of each group in ``members`` (the visible ones, with the rows of their conversations).

    A group keeps its name while its members are nearly those of the build (``built``), each detail of the name has
    enough support, and no name of a group that is gone is in it. What the analyst gave stays. All others get a name
    that an operation recorded for these members, or one made now: by the model with ``ask``, else without.
    """
    recorded = _recorded(operations)
    labels: dict[str, Label] = {}
    wanted: list[Node] = []
    for group, rows in members.items():
        node = draft.nodes[group]
        if _keeps(draft, node, rows, built.get(node.row.get("group", group)), material):
            labels[group] = _given(node, node.label)
        elif (label := _known(draft, node, rows, recorded, material)) is not None:
            labels[group] = _given(node, label)
        else:
            wanted.append(node)
    made: dict[str, dict[str, Any]] = {}
    if wanted:
        fixed = [node for node in wanted if node.name is not None]
        others = labels | {node.group: _given(node, node.label) for node in fixed}
        fresh = new_labels(draft, material, wanted, others, ask)
        for node in wanted:
            made[node.group] = _as_record(fresh[node.group], draft, members[node.group])
            labels[node.group] = _given(node, fresh[node.group])
    verdicts, vouched = _verdicts(draft, labels, operations)
    said = _audited(draft, material, labels, verdicts, made, ask)
    return Labelled(labels, verdicts, made, said, vouched)


def _keeps(
    draft: Draft, node: Node, rows: NDArray[np.intp], before: NDArray[np.intp] | None, material: Material
) -> bool:
    if before is None or node.renewed or holds_lost(node.label.name, draft.lost):
        return False
    if any(holds_lost(node.label.description, [name]) for name in draft.lost if " " in name):
        return False
    if np.array_equal(rows, before):
        return True
    common = len(np.intersect1d(rows, before))
    if common < KEPT * (len(rows) + len(before) - common):
        return False
    return not material.unsupported(f"{node.label.name}. {node.label.description}", rows)


def _given(node: Node, label: Label) -> Label:
    """The label with what the analyst gave in place of the rest. Of a label that the auditor withheld nothing stays."""
    if node.name is not None and label is node.label and node.row.get("action") == "withheld":
        label = label._replace(description="", phrases=())
    return label._replace(
        name=label.name if node.name is None else node.name,
        description=label.description if node.description is None else node.description,
    )


def _hash(draft: Draft, rows: NDArray[np.intp]) -> str:
    ids = sorted(draft.conversations[row] for row in rows.tolist())
    return blake2b("\n".join(ids).encode(), digest_size=6).hexdigest()


def _as_record(label: Label, draft: Draft, rows: NDArray[np.intp]) -> dict[str, Any]:
    told = {"members": _hash(draft, rows), "sketch": _sketch(draft, rows)}
    return {**label._asdict(), "phrases": list(label.phrases), **told}


def _sketch(draft: Draft, rows: NDArray[np.intp]) -> list[str]:
    """The first ids of the members. Ids are hashes, so these are a random sample that another set can be compared by
    (Broder 1997)."""
    return sorted(draft.conversations[row][:SHORT] for row in rows.tolist())[:_SKETCH]


def _stayed(sketch: Sequence[str], draft: Draft, rows: NDArray[np.intp]) -> bool:
    """Whether a group is still the one that a sketch is of: its members are there as far as the atlas has them, and
    they are no small part of it."""
    own = {draft.conversations[row][:SHORT] for row in rows.tolist()}
    there = [id for id in sketch if id in own or id in draft.short_ids]
    first = sorted({*sketch, *own})[: len(sketch)]
    return (
        bool(there)
        and sum(id in own for id in there) >= KEPT * len(there)
        and sum(id in own and id in sketch for id in first) >= _PART * len(first)
    )


def _recorded(operations: Sequence[Operation]) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """By group, the labels that operations recorded, each with the operation, the latest first."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for one in reversed(operations):
        for group, label in one.details.get("labels", {}).items():
            found.setdefault(group, []).append((one.id, label))
    return found


def _known(
    draft: Draft, node: Node, rows: NDArray[np.intp], recorded: Mapping[str, Any], material: Material
) -> Label | None:
    """The latest label that was recorded for a group of these members, or of nearly the same ones."""
    members = _hash(draft, rows)
    for operation, label in recorded.get(node.group, ()):
        asked_anew = node.renewed and node.maker is not None and operation != node.maker.id
        alike = label["members"] == members
        if not alike and _stayed(label.get("sketch", ()), draft, rows):
            alike = not material.unsupported(f"{label['name']}. {label['description']}", rows)
        if alike and not asked_anew and not holds_lost(label["name"], draft.lost):
            return Label(label["name"], label["description"], tuple(label["phrases"]), label["mixed"])
    return None


def _verdicts(
    draft: Draft, labels: Mapping[str, Label], operations: Sequence[Operation]
) -> tuple[dict[str, Verdict], list[str]]:
    """The verdict on each label: that of the build for the text that was audited, else what an operation recorded."""
    said = {
        (one["name"], one["description"]): (one["score"], one["first_score"], one["action"])
        for operation in operations
        for one in operation.details.get("verdicts", ())
    }
    found: dict[str, Verdict] = {}
    vouched: list[str] = []
    for group, label in labels.items():
        node, text = draft.nodes[group], (label.name, label.description)
        if node.vouch is not None and node.vouch.details.get("vouched", list(text)) == list(text):
            found[group] = (None, None, "vouched")
            vouched.append(group)
        elif node.row and text == (node.row["name"], node.row["description"] or ""):
            found[group] = (node.row["score"], node.row["first_score"], node.row["action"])
        else:
            found[group] = said.get(text, UNAUDITED)
        if node.vouch is not None and group not in vouched:
            draft.remarks.append(f"{node.vouch.id}: what was vouched for in {group} has another name now")
    return found, vouched


def _audited(
    draft: Draft,
    material: Material,
    labels: dict[str, Label],
    verdicts: dict[str, Verdict],
    made: dict[str, dict[str, Any]],
    ask: Asker | None,
) -> list[dict[str, Any]]:
    """Have the recogniser and the auditor read what they have not seen, if there is a model; labels and verdicts are
    changed in place.

    A name that the analyst gave is read by the auditor alone and never rewritten: if it does not pass it is withheld.
    """
    from clioscope.facets.language import language_name
    from clioscope.privacy.audit import audit_labels, score_labels

    settings = material.settings
    unseen = [group for group, verdict in verdicts.items() if verdict == UNAUDITED]
    if ask is None or not settings.privacy.audit or not unseen:
        return []
    own = [
        group for group in unseen if draft.nodes[group].name is not None or draft.nodes[group].description is not None
    ]
    texts = [(labels[group].name, labels[group].description) for group in own]
    for group, score in zip(own, score_labels(texts, ask, settings.privacy.auditor) if own else (), strict=True):
        passed = score is not None and score >= settings.privacy.accept
        verdicts[group] = (score, score, "accepted" if passed else "withheld")
    others = [group for group in unseen if group not in own]
    texts = [(labels[group].name, labels[group].description) for group in others]
    judged = audit_labels(
        texts,
        settings.privacy,
        ask=ask,
        language=language_name(settings.facets.language),
        words=settings.naming.max_words,
        recognise=material.recognise() if others else None,
        taken=[label.name for group, label in labels.items() if group not in others],
    )
    for group, verdict in zip(others, judged, strict=True):
        labels[group] = labels[group]._replace(name=verdict.name, description=verdict.description)
        verdicts[group] = (verdict.score, verdict.first, verdict.action)
        if group in made:
            made[group] |= {"name": verdict.name, "description": verdict.description}
    return [
        {
            "name": labels[group].name,
            "description": labels[group].description,
            "score": verdicts[group][0],
            "first_score": verdicts[group][1],
            "action": verdicts[group][2],
        }
        for group in unseen
    ]
