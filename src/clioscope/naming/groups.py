"""Names and descriptions of the base groups (Clio 2.2 and appendix G.5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.embedder import Encode
from clioscope.naming.candidates import (
    Label,
    Proposal,
    best_name,
    naming_request,
    proposal_parser,
)
from clioscope.naming.context import NamingContext
from clioscope.naming.fallback import spare_labels
from clioscope.naming.phrases import distinguishing_phrases
from clioscope.naming.representatives import asked_first, covering_members, nearest_outsiders
from clioscope.naming.support import Support


def name_groups(context: NamingContext, labels: NDArray[np.integer], centroids: NDArray[np.float32]) -> list[Label]:
    """A label for each group 0..k-1.

    ``labels`` (n,) are the groups of the conversations, ``centroids`` (k, d) the unit centroids of the groups. The
    model sees members that cover the group and the nearest non-members, and proposes several names. The name whose
    own vector fits best is kept. Without a model, or where its answer cannot be used, the name is made of the group's
    distinguishing phrases. Where there are none, it says what kind of messages the group holds.
    """
    texts, support, settings, ask = context.texts, context.support, context.settings, context.ask
    phrases = distinguishing_phrases(texts, labels, support=support)
    spare = spare_labels(texts, labels, phrases, support, settings.max_words, context.language)
    if ask is None:
        return spare
    requests, members_of = [], []
    for group in range(len(centroids)):
        inside = labels == group
        members = np.flatnonzero(inside)
        members_of.append(members)
        told = asked_first(members, context.asked)
        shown = told[covering_members(context.vectors[told], settings.members)]
        hidden = np.ones(len(inside), bool)
        hidden[asked_first(np.flatnonzero(~inside), context.asked, settings.contrast)] = False
        near = nearest_outsiders(centroids[group], context.vectors, hidden, settings.contrast)
        requests.append(
            naming_request(
                "name",
                list(dict.fromkeys(texts[index] for index in shown)),
                list(dict.fromkeys(texts[index] for index in near)),
                language=context.language,
                candidates=settings.candidates,
                words=settings.max_words,
                phrases=phrases[group][:6],
                criteria=context.criteria,
                temperature=ask.temperature or 0.0,
                item=f"group {group}",
            )
        )
    proposals = ask.ask("names", requests, proposal_parser(settings.candidates, settings.max_words))
    return [
        best_label(
            vetted(proposal, support, members_of[group]),
            spare[group],
            centroids[group],
            np.delete(centroids, group, axis=0),
            context.encode,
        )
        for group, proposal in enumerate(proposals)
    ]


def vetted(proposal: Proposal | None, support: Support, members: NDArray[np.integer]) -> Proposal | None:
    """The proposal without names and sentences that hold a detail of too few people; None if no name is left."""
    if proposal is None:
        return None
    rows = [int(member) for member in members]
    names = tuple(name for name in proposal.names if not support.unsupported(name, rows))
    return Proposal(support.supported_sentences(proposal.description, rows), names) if names else None


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
    return Label(proposal.names[index], proposal.description or spare.description, spare.phrases)
