"""Names and descriptions of the base groups (Clio 2.2 and appendix G.5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.embedder import Encode
from clioscope.naming.candidates import Label, Proposal, best_name, naming_request
from clioscope.naming.choice import Choice, Surroundings, by_retrieval
from clioscope.naming.context import NamingContext
from clioscope.naming.fallback import spare_labels, titles
from clioscope.naming.proposals import completed, propose, said_by, vetted
from clioscope.naming.ready import called, ready_first, with_ready_names
from clioscope.naming.representatives import all_outsiders, asked_first, shown_members
from clioscope.settings import NamingSettings
from clioscope.vectors.grouped import rows_by_group

__all__ = ["best_label", "name_groups", "vetted"]
_NEAR, _FEWEST = 3, 20  # non-members that a name is tried on: times the members, and at least


def name_groups(
    context: NamingContext,
    labels: NDArray[np.integer],
    centroids: NDArray[np.float32],
    choose: Choice = by_retrieval,
    kept: Mapping[int, Label] | None = None,
    taken: Collection[str] = (),
) -> list[Label]:
    """A label for each group 0..k-1.

    ``labels`` (n,) are the groups of the conversations, ``centroids`` (k, d) the unit centroids of the groups. The
    model sees members that cover the group and the nearest non-members, and proposes several names. ``choose`` says
    which one stays. A group in ``kept`` has the label given there, and no question is asked about it; nor about a
    group that a ready-made name is near to, if the settings say so. Without a model, or where its answer cannot be
    used, the name is a ready-made one (``naming.ready``). Where none is near to the group, it is made of the group's
    distinguishing phrases, and ``choose`` says of which. Where there are none, it says what kind of messages the group
    holds. With a model no group gets a ready-made name that is among ``taken``, or that a kept group has.
    """
    texts, support, settings, ask = context.texts, context.support, context.settings, context.ask
    phrases = context.phrases.distinguishing(labels, support=support)
    languages = [context.language_of(rows.tolist()) for rows in rows_by_group(labels, len(phrases))]
    spare = spare_labels(texts, labels, phrases, support, settings.max_words, languages)
    members_of = rows_by_group(labels, len(centroids))
    near_of = all_outsiders(centroids, context.vectors, labels, _near(settings, members_of))
    proposals: list[Proposal | None] = [None] * len(centroids)
    given = kept or {}
    asked = [group for group in range(len(centroids)) if group not in given]
    held = {*taken, *(label.name for label in given.values())}
    first = {} if ask is None else ready_first(context, members_of, centroids, languages, asked, held)
    staying = {group: called(name, spare[group], languages[group]) for group, name in first.items()} | dict(given)
    asked = [group for group in asked if group not in staying]
    if ask is not None:
        requests = []
        for group in asked:
            members, near = members_of[group], near_of[group]
            told = shown_members(members, context.vectors, context.asked, settings.members)
            close = asked_first(near, context.asked, settings.contrast)[: settings.contrast]
            shown, others = ([*dict.fromkeys(texts[row] for row in rows.tolist())] for rows in (told, close))
            requests.append(
                naming_request(
                    "name",
                    shown,
                    others,
                    language=context.language,
                    candidates=settings.candidates,
                    words=settings.max_words,
                    phrases=phrases[group][:6],
                    criteria=context.criteria,
                    temperature=ask.temperature or 0.0,
                    item=f"group {group}",
                    size=f"{len(shown)} of {len(members)} conversations",
                )
            )
        found = propose(context, "names", requests, [members_of[group] for group in asked])
        for group, proposal in zip(asked, found, strict=True):
            proposals[group] = proposal
    options = [
        [] if group in staying else titles(phrases[group], settings.max_words) if said is None else list(said.names)
        for group, said in enumerate(proposals)
    ]
    vectors = _encoded(context.encode, options)
    chosen = []
    for group, (members, near) in enumerate(zip(members_of, near_of, strict=True)):
        label, proposal = spare[group], proposals[group]
        if group in staying:
            chosen.append(staying[group]._replace(phrases=label.phrases))
            continue
        if len(options[group]) > 1:
            around = Surroundings(
                context.vectors[members],
                context.vectors[near],
                centroids[group],
                np.delete(centroids, group, axis=0),
                () if proposal is None else said_by(texts, members),
            )
            label = label._replace(name=options[group][choose(options[group], vectors[group], around)])
        elif options[group]:
            label = label._replace(name=options[group][0])
        if proposal is not None:
            label = label._replace(description=completed(proposal.description, label, context.language))
        chosen.append(label)
    by_model = {group for group, proposal in enumerate(proposals) if proposal is not None}
    barred = [held | set(first.values()) if ask is not None else ()] * len(chosen)
    return with_ready_names(
        context, chosen, spare, members_of, centroids, languages, asked, by_model=by_model, taken=barred
    )


def best_label(
    proposal: Proposal | None,
    spare: Label,
    own: NDArray[np.float32],
    others: NDArray[np.float32],
    encode: Encode,
) -> Label:
    """The label with the best name of a proposal, or the spare label where there is no proposal.

    ``own`` (d,) is the centroid of the group, ``others`` (k-1, d) are the centroids of all other groups.
    """
    if proposal is None:
        return spare
    index = best_name(proposal.names, encode(proposal.names), own, others) if len(proposal.names) > 1 else 0
    label = spare._replace(name=proposal.names[index])
    return label._replace(description=completed(proposal.description, label))


def _near(settings: NamingSettings, members_of: Sequence[NDArray[np.intp]]) -> list[int]:
    """How many non-members nearest to each group are looked at: enough to show, and to try its name on."""
    return [max(settings.contrast, _FEWEST, _NEAR * len(members)) for members in members_of]


def _encoded(encode: Encode, options: Sequence[Sequence[str]]) -> list[NDArray[np.float32]]:
    """The vectors of the names of each group. All are encoded at once; where there is no choice, none."""
    flat = list(dict.fromkeys(name for names in options if len(names) > 1 for name in names))
    if not flat:
        return [np.zeros((0, 0), dtype=np.float32) for _ in options]
    vectors, place = encode(flat), {name: number for number, name in enumerate(flat)}
    return [vectors[[place[name] for name in names if name in place]] for names in options]
