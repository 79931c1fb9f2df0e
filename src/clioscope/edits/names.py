"""Names made anew for groups that edits have changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.edits.draft import Draft, Node
from clioscope.edits.material import Material, places_in
from clioscope.naming.candidates import Label
from clioscope.naming.ready import without_ready_name

if TYPE_CHECKING:
    from clioscope.models.asker import Asker
    from clioscope.naming.context import NamingContext

Rows = Mapping[str, NDArray[np.intp]]  # the conversations of each group


def new_labels(
    draft: Draft, material: Material, wanted: Sequence[Node], labels: Mapping[str, Label], ask: Asker | None
) -> dict[str, Label]:
    """Labels of the ``wanted`` groups, by id: from the base to the top, none like another, none like a lost one.

    ``labels`` are those of all other groups. With ``ask`` the model names them, as in a build; else their names are
    made of what sets them apart.
    """
    members = {group: draft.members(group) for group in draft.nodes}
    rows = material.rows_for([members[node.group] for node in wanted])
    context = replace(material.context(rows), ask=ask)
    if ask is not None and context.settings.ready_names == "first":  # who edits asks for the model's own name
        context = replace(context, settings=context.settings.model_copy(update={"ready_names": "better"}))
    places = {group: places_in(rows, own) for group, own in members.items()}
    made: dict[str, Label] = {}
    base = [node for node in wanted if node.group in draft.numbers]
    if base:
        made |= dict(zip((node.group for node in base), _base_labels(context, base, places), strict=True))
        made |= _mixed(draft, material, context, base, made, places)
    for level in sorted({node.level for node in wanted if node.group not in draft.numbers}):
        own = [node for node in wanted if node.level == level and node.group not in draft.numbers]
        made |= _parent_labels(draft, context, own, {**labels, **made}, places)
    return _apart(context, made, labels, draft.lost, places)


def _base_labels(context: NamingContext, groups: Sequence[Node], places: Rows) -> list[Label]:
    """As in a build; all that is in none of the groups counts as one group more, which gets no name."""
    from clioscope.naming import name_groups
    from clioscope.vectors.centroids import centroids_of

    numbers = np.full(len(context.texts), len(groups), dtype=np.int64)
    for number, node in enumerate(groups):
        numbers[places[node.group]] = number
    centroids = centroids_of(context.vectors, numbers, len(groups) + 1)[: len(groups)]
    return name_groups(context, numbers, centroids)


def _mixed(
    draft: Draft,
    material: Material,
    context: NamingContext,
    groups: Sequence[Node],
    made: Mapping[str, Label],
    places: Rows,
) -> dict[str, Label]:
    """Labels that say so, for those of the groups whose conversations have too little in common for a name."""
    from clioscope.hierarchy.mixed import mixed_groups
    from clioscope.naming.mixed import mixed_label

    mixed = mixed_groups(material.vectors, draft.base, int(draft.base.max()) + 1)
    found = {}
    for node in groups:
        if node.name is None and mixed[draft.numbers[node.group]]:
            found[node.group] = mixed_label(context, places[node.group], made[node.group].phrases)
    return found


def _parent_labels(
    draft: Draft, context: NamingContext, parents: Sequence[Node], labels: Mapping[str, Label], places: Rows
) -> dict[str, Label]:
    """Labels of groups of one level, from their children; every group elsewhere is a parent of one child, which is
    not asked about."""
    from clioscope.naming.parents import name_parents

    children: list[Label] = []
    parent_of: list[int] = []
    child_labels = np.full(len(context.texts), -1, dtype=np.int64)

    def add(node: Node, parent: int) -> None:
        child_labels[places[node.group]] = len(children)
        label = labels.get(node.group, node.label)
        children.append(label._replace(mixed=True) if draft.is_hidden(node) else label)
        parent_of.append(parent)

    for number, parent in enumerate(parents):
        for child in draft.children(parent.group):
            if not draft.is_hidden(child) and len(places[child.group]):
                add(child, number)
    inside = {node.group for parent in parents for node in draft.below(parent.group)}
    others = [node for group, node in draft.nodes.items() if group in draft.numbers]
    count = len(parents)
    for node in others:
        hidden_within = node.group in inside and draft.is_hidden(node)
        if (node.group not in inside or hidden_within) and len(places[node.group]):
            add(node, count)
            count += 1
    made = name_parents(context, children, np.array(parent_of), child_labels)
    return {parent.group: label for parent, label in zip(parents, made, strict=False)}


def _apart(
    context: NamingContext, made: Mapping[str, Label], others: Mapping[str, Label], lost: Collection[str], places: Rows
) -> dict[str, Label]:
    """The labels ``made``, with names changed that are like another one, or that a lost group had."""
    from clioscope.naming.apart import other_names
    from clioscope.naming.distinct import make_distinct
    from clioscope.naming.fallback import plain_label

    fresh = dict(made)
    for group, label in made.items():
        if not holds_lost(label.name, lost):
            continue
        own = places[group]
        rest = np.setdiff1d(np.arange(len(context.texts)), own)
        options = [name for names in other_names(context, label, own, [rest]) for name in names]
        words = context.settings.max_words
        rows = own.tolist()
        spare = plain_label(context.texts, rows, context.support, words, context.language_of(rows)).name
        name = next((name for name in options if not holds_lost(name, lost)), spare)
        fresh[group] = label._replace(name=name)
    groups = [*others, *fresh]
    labels = [*others.values(), *fresh.values()]
    kept = len(context.texts) + 1  # a group that has its name keeps it
    ranks = [kept] * len(others) + [len(places[group]) for group in fresh]
    told = make_distinct(replace(context, ask=None), labels, [places[group] for group in groups], ranks)
    final = dict(zip(groups, told, strict=True))
    for group in fresh:  # telling names apart may have come back to a lost one
        if holds_lost(final[group].name, lost):
            taken = {label.name.casefold() for label in final.values()}
            pairs = (f"{one}, {other}" for one, other in combinations(final[group].phrases, 2))
            names = (f"{pair[:1].upper()}{pair[1:]}" for pair in pairs)
            free = (name for name in names if name.casefold() not in taken and not holds_lost(name, lost))
            final[group] = final[group]._replace(name=next(free, fresh[group].name))
    return {group: final[group] for group in fresh}


def holds_lost(text: str, lost: Collection[str]) -> bool:
    """Whether a text is the name of a group that is gone, or holds such a name of several words.

    A single word of such a name is a word like any other. A ready-made name is everybody's, and never lost.
    """
    import re

    low = text.casefold()
    return any(
        low == name or (" " in name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", low))
        for name in (one.casefold() for one in lost if without_ready_name(one))
    )
