"""Names and descriptions of the groups above the base, from the groups in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.naming.candidates import Label, naming_request, proposal_parser
from clioscope.naming.context import NamingContext
from clioscope.naming.fallback import spare_labels
from clioscope.naming.groups import best_label, vetted
from clioscope.naming.phrases import distinguishing_phrases
from clioscope.vectors.centroids import centroids_of


def name_parents(
    context: NamingContext,
    children: Sequence[Label],
    parent_of: NDArray[np.integer],
    child_labels: NDArray[np.integer],
) -> list[Label]:
    """A label for each parent 0..p-1.

    ``children`` (k) are the labels one level below, ``parent_of`` (k,) their parents, ``child_labels`` (n,) the child
    group of each conversation. The model sees the children, largest first, and the nearest children of other parents.
    A parent with one child takes over the child's label, and no question is asked. Without a model, or where its
    answer cannot be used, a parent is named by the phrases that set its conversations apart.
    """
    settings, ask = context.settings, context.ask
    labels, count = parent_of[child_labels], int(parent_of.max()) + 1
    phrases = distinguishing_phrases(context.texts, labels, support=context.support)
    spare = spare_labels(context.texts, labels, phrases, context.support, settings.max_words, context.language)
    children_of = [np.flatnonzero(parent_of == parent) for parent in range(count)]
    if ask is None:
        return [children[own[0]] if len(own) == 1 else spare[parent] for parent, own in enumerate(children_of)]
    sizes = np.bincount(child_labels, minlength=len(children))
    child_centroids = centroids_of(context.vectors, child_labels, len(children))
    centroids = centroids_of(context.vectors, labels, count)
    asked = [parent for parent in range(count) if len(children_of[parent]) > 1]
    requests = []
    for parent in asked:
        inside = children_of[parent][np.argsort(-sizes[children_of[parent]], kind="stable")]
        outside = np.flatnonzero(parent_of != parent)
        nearest = outside[np.argsort(-(child_centroids[outside] @ centroids[parent]), kind="stable")]
        requests.append(
            naming_request(
                "name_parent",
                [children[index].name for index in inside[: 2 * settings.members]],
                [children[index].name for index in nearest[: settings.contrast]],
                language=context.language,
                candidates=settings.candidates,
                words=settings.max_words,
                phrases=spare[parent].phrases[:6],
                temperature=ask.temperature or 0.0,
                item=f"parent {parent}",
            )
        )
    parser = proposal_parser(settings.candidates, settings.max_words)
    proposals = dict(zip(asked, ask.ask("tree", requests, parser), strict=True))
    return [
        best_label(
            vetted(proposals[parent], context.support, np.flatnonzero(labels == parent)),
            spare[parent],
            centroids[parent],
            np.delete(centroids, parent, 0),
            context.encode,
        )
        if parent in proposals
        else children[int(children_of[parent][0])]
        for parent in range(count)
    ]
