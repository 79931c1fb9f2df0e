"""Names and descriptions of the groups above the base, from the groups in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.naming.candidates import Encode, Label, naming_request, proposal_parser
from clioscope.naming.groups import choose, vetted
from clioscope.naming.support import Support
from clioscope.settings import NamingSettings

if TYPE_CHECKING:
    from clioscope.models.asker import Asker


def name_parents(
    children: Sequence[Label],
    parent_of: NDArray[np.integer],
    sizes: NDArray[np.integer],
    child_centroids: NDArray[np.float32],
    parent_centroids: NDArray[np.float32],
    spare: Sequence[Label],
    support: Support,
    conversations: Sequence[NDArray[np.integer]],
    settings: NamingSettings,
    *,
    encode: Encode,
    ask: Asker | None,
    language: str = "English",
) -> list[Label]:
    """A label for each parent 0..p-1.

    ``conversations`` are the rows of each parent's conversations, whose specifics ``support`` counts.
    ``children`` are the labels one level below, ``parent_of`` their parents, ``sizes`` their numbers of
    conversations; ``spare`` the label of each parent without a model, with the phrases that set it apart. The model
    sees the children, largest first, and the nearest children of other parents. A parent with one child takes the
    child's label over, unasked.
    """
    count = len(parent_centroids)
    members = [np.flatnonzero(parent_of == parent) for parent in range(count)]
    if ask is None:
        return [
            children[int(inside[0])] if len(inside) == 1 else spare[parent] for parent, inside in enumerate(members)
        ]
    asked = [parent for parent in range(count) if len(members[parent]) > 1]
    requests = []
    for parent in asked:
        inside = members[parent][np.argsort(-sizes[members[parent]], kind="stable")]
        outside = np.flatnonzero(parent_of != parent)
        nearest = outside[np.argsort(-(child_centroids[outside] @ parent_centroids[parent]), kind="stable")]
        requests.append(
            naming_request(
                "name_parent",
                [children[index].name for index in inside[: 2 * settings.members]],
                [children[index].name for index in nearest[: settings.contrast]],
                language=language,
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
        choose(
            vetted(proposals[parent], support, conversations[parent]),
            spare[parent],
            parent_centroids[parent],
            np.delete(parent_centroids, parent, 0),
            encode,
        )._replace(phrases=spare[parent].phrases)
        if parent in proposals
        else children[int(members[parent][0])]
        for parent in range(count)
    ]
