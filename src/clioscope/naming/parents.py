"""Names and descriptions of the groups above the base, from the groups and the conversations in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.titles import is_list, joins, plain_title
from clioscope.naming.candidates import Label, Proposal
from clioscope.naming.context import NamingContext
from clioscope.naming.fallback import spare_labels
from clioscope.naming.groups import best_label
from clioscope.naming.mixed import mixed_label
from clioscope.naming.parent_question import ParentEvidence, asked_again, parent_request
from clioscope.naming.proposals import propose
from clioscope.naming.ready import with_ready_names
from clioscope.naming.representatives import asked_first, spread_members
from clioscope.naming.wording import wording
from clioscope.vectors.centroids import centroids_of
from clioscope.vectors.grouped import rows_by_group


def name_parents(
    context: NamingContext,
    children: Sequence[Label],
    parent_of: NDArray[np.integer],
    child_labels: NDArray[np.integer],
    kept: Mapping[int, Label] | None = None,
) -> list[Label]:
    """A label for each parent 0..p-1.

    ``children`` (k) are the labels one level below, ``parent_of`` (k,) their parents, ``child_labels`` (n,) the child
    group of each conversation. The model sees the children with their sizes, largest first; conversations of all
    children, in proportion; phrases that are typical of the whole; and the nearest children of other parents. If all
    its names only list parts or repeat a child, it is asked once more. If that does not help, the parent is called by
    its largest child. A parent with one child takes over the child's label, and no question is asked. A parent whose
    children are all mixed is mixed. Without a model, or where its answer cannot be used, a parent has a ready-made
    name, or is named by the phrases that set its conversations apart. A parent in ``kept`` has the label given there,
    unless only one of the two is mixed.
    """
    settings = context.settings
    labels, count = parent_of[child_labels], int(parent_of.max()) + 1
    phrases = context.phrases.distinguishing(labels, support=context.support)
    members = rows_by_group(labels, count)
    languages = [context.language_of(rows.tolist()) for rows in members]
    spare = spare_labels(context.texts, labels, phrases, context.support, settings.max_words, languages)
    named: list[Label | None] = [None] * count
    for parent in range(count):
        own = [children[int(index)] for index in np.flatnonzero(parent_of == parent)]
        if len(own) == 1:
            named[parent] = own[0]
        elif (old := (kept or {}).get(parent)) is not None and old.mixed == all(child.mixed for child in own):
            named[parent] = old._replace(phrases=spare[parent].phrases)
        elif all(child.mixed for child in own):
            named[parent] = mixed_label(context, members[parent], spare[parent].phrases)
    asked = [parent for parent in range(count) if named[parent] is None]
    centroids = centroids_of(context.vectors, labels, count)
    below = [[children[int(index)].name for index in np.flatnonzero(parent_of == parent)] for parent in range(count)]
    told = (
        _told(context, children, parent_of, child_labels, spare, asked, below, members, centroids)
        if context.ask and asked
        else {}
    )
    by_model = {parent for parent, (_, own) in told.items() if own}
    complete = [told[parent][0] if parent in told else named[parent] or spare[parent] for parent in range(count)]
    return with_ready_names(
        context, complete, spare, members, centroids, languages, asked, by_model=by_model, taken=below
    )


def _told(
    context: NamingContext,
    children: Sequence[Label],
    parent_of: NDArray[np.integer],
    child_labels: NDArray[np.integer],
    spare: Sequence[Label],
    asked: Sequence[int],
    below: Sequence[Sequence[str]],
    members: Sequence[NDArray[np.intp]],
    centroids: NDArray[np.float32],
) -> dict[int, tuple[Label, bool]]:
    """What the model says of the parents ``asked``, and whether the name is its own or that of the largest child.

    ``below`` (p) are the names of the children of each parent, ``members`` (p) its conversations, ``centroids`` (p, d)
    their unit centroids.
    """
    settings, ask = context.settings, context.ask
    assert ask is not None
    requests = [
        parent_request(
            evidence,
            language=context.language,
            candidates=settings.candidates,
            words=settings.max_words,
            temperature=ask.temperature or 0.0,
            item=f"parent {parent}",
        )
        for parent, evidence in zip(
            asked, _evidence(context, children, parent_of, child_labels, spare, asked, centroids), strict=True
        )
    ]
    first = propose(context, "tree", requests, [members[parent] for parent in asked])
    usable = [_without_lists(proposal, below[parent]) for proposal, parent in zip(first, asked, strict=True)]
    lists = [place for place, proposal in enumerate(first) if proposal is not None and usable[place] is None]
    remarks = [asked_again(requests[place], first[place].names) for place in lists]  # type: ignore[union-attr]
    second = propose(context, "tree", remarks, [members[asked[place]] for place in lists])
    for place, proposal in zip(lists, second, strict=True):
        usable[place] = _without_lists(proposal, below[asked[place]])
    sizes = np.bincount(child_labels, minlength=len(children))
    found: dict[int, tuple[Label, bool]] = {}
    for place, parent in enumerate(asked):
        listed = first[place]
        if listed is not None and usable[place] is None:
            name = _by_largest(context, children, parent_of == parent, sizes)
            label = Label(name, listed.description or spare[parent].description, spare[parent].phrases)
        else:
            others = np.delete(centroids, parent, 0)
            label = best_label(usable[place], spare[parent], centroids[parent], others, context.encode)
        found[parent] = (label, usable[place] is not None)
    return found


def _evidence(
    context: NamingContext,
    children: Sequence[Label],
    parent_of: NDArray[np.integer],
    child_labels: NDArray[np.integer],
    spare: Sequence[Label],
    asked: Sequence[int],
    centroids: NDArray[np.float32],
) -> list[ParentEvidence]:
    """What the model is shown of each parent that it is asked about."""
    settings = context.settings
    sizes = np.bincount(child_labels, minlength=len(children))
    child_centroids = centroids_of(context.vectors, child_labels, len(children))
    labels = parent_of[child_labels]
    clear = np.array([not child.mixed for child in children])
    found = []
    for parent in asked:
        own = np.flatnonzero(parent_of == parent)
        inside = own[np.argsort(-sizes[own], kind="stable")]
        outside = np.flatnonzero((parent_of != parent) & clear)
        nearest = outside[np.argsort(-(child_centroids[outside] @ centroids[parent]), kind="stable")]
        rows = np.flatnonzero(labels == parent)
        told = np.concatenate([asked_first(np.flatnonzero(child_labels == child), context.asked) for child in own])
        shown = told[spread_members(context.vectors[told], child_labels[told], settings.members)]
        found.append(
            ParentEvidence(
                conversations=len(rows),
                total=len(own),
                groups=[(children[index].name, int(sizes[index])) for index in inside if clear[index]][
                    : 2 * settings.members
                ],
                members=list(dict.fromkeys(context.texts[row] for row in shown)),
                phrases=spare[parent].phrases[:6],
                outside=[children[index].name for index in nearest[: settings.contrast]],
            )
        )
    return found


def _without_lists(proposal: Proposal | None, children: Sequence[str]) -> Proposal | None:
    """The proposal with only those names that are no list of parts and repeat no child; None if none is left."""
    if proposal is None:
        return None
    taken = {plain_title(child) for child in children}
    names = tuple(
        name
        for name in proposal.names
        if not is_list(name) and not joins(name, children) and plain_title(name) not in taken
    )
    return proposal._replace(names=names) if names else None


def _by_largest(
    context: NamingContext, children: Sequence[Label], own: NDArray[np.bool_], sizes: NDArray[np.integer]
) -> str:
    """A name that calls a parent by its largest child that has a name."""
    clear = np.array([not child.mixed for child in children])
    largest = int(np.where(own & clear, sizes, -1).argmax())
    return wording(context.language)["part"].format(name=children[largest].name)
