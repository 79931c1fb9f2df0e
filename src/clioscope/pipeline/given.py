"""New conversations under the given categories of an atlas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.pipeline.run import Run


def codes_of_new(atlas: Atlas, run: Run, vectors: NDArray[np.float32]) -> list[str | None] | None:
    """The category of each new conversation, by the codebook and the answers of the atlas; None without a codebook.

    ``vectors`` (n, d) are in the geometry of the atlas. What the model says of a new one now stands.
    """
    from clioscope.codebook.place import Taught, place_conversations
    from clioscope.facets.given import GIVEN
    from clioscope.pipeline.stages.naming import name_encoder

    settings = run.settings.codebook
    if not settings.categories:
        return None
    encode = name_encoder(atlas.path, run.embedder, run.store)
    answers, stored = run.table("answers"), atlas.table("answers")
    said = answers[GIVEN].to_list() if GIVEN in answers.columns else None
    before: list[str | None] = stored[GIVEN].to_list() if GIVEN in stored.columns else [None] * stored.height
    return place_conversations(vectors, settings, encode, said, Taught(atlas.vectors, before)).codes


def groups_within(
    atlas: Atlas, vectors: NDArray[np.float32], codes: Sequence[str | None], closed: NDArray[np.bool_]
) -> tuple[list[str | None], list[float | None]]:
    """The group and margin of each new conversation: the nearest base group of its category, and none of those that
    are ``closed`` (k,).

    A category without conversations in the atlas has no base group: then the category itself is the group. A
    conversation of no category has no group where the atlas has nothing outside the categories.
    """
    from clioscope.clustering import assign_vectors
    from clioscope.hierarchy.tree import category_id

    labels, base = atlas.clusters["label"].to_numpy(), atlas.manifest["base_groups"]
    own = dict(zip(labels.tolist(), atlas.clusters["code"].to_list(), strict=True))
    groups: list[str | None] = [None if code is None else category_id(code) for code in codes]
    margins: list[float | None] = [None] * len(codes)
    for code in dict.fromkeys(codes):
        open_ = [label for label in range(len(base)) if own.get(label) == code and not closed[label]]
        allowed = np.array(open_, np.int64)
        if not len(allowed):
            continue
        rows = np.array([row for row, one in enumerate(codes) if one == code])
        members = np.isin(labels, allowed)
        found, far = assign_vectors(
            vectors[rows], atlas.vectors[members], np.searchsorted(allowed, labels[members]), atlas.centroids[allowed]
        )
        for row, label, margin in zip(rows.tolist(), found.tolist(), far.tolist(), strict=True):
            groups[row], margins[row] = base[allowed[label]], margin
    return groups, margins
