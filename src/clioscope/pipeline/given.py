"""New conversations under the given categories of an atlas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.pipeline.updating.rows import read

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas
    from clioscope.codebook.place import Placed
    from clioscope.pipeline.run import Run


def placed_new(
    folder: Path,
    run: Run,
    answers: pl.DataFrame,
    vectors: NDArray[np.float32],
    known: Callable[[NDArray[np.integer]], NDArray[np.float32]],
) -> Placed | None:
    """The category of each new conversation, by the codebook and the answers of the atlas in ``folder``; None without a
    codebook.

    ``answers`` (n rows) are those about the new conversations: what the model says of one now stands. Their ``vectors``
    (n, d) are in the geometry of the atlas, and ``known`` gives those of some of its rows.
    """
    from clioscope.codebook.place import Taught, place_conversations
    from clioscope.facets.given import GIVEN
    from clioscope.pipeline.stages.naming import name_encoder

    settings = run.settings.codebook
    if not settings.categories:
        return None
    stored = read(folder, "answers")
    said = answers[GIVEN].to_list() if GIVEN in answers.columns else None
    rows, before = np.zeros(0, np.int64), list[str | None]()
    if GIVEN in stored.columns:
        rows = np.flatnonzero(stored[GIVEN].is_not_null().to_numpy())
        before = stored[GIVEN].drop_nulls().to_list()
    encode = name_encoder(folder, run.embedder, run.store)
    return place_conversations(vectors, settings, encode, said, Taught(known(rows), before))


def codes_above(tree: pl.DataFrame) -> dict[str, str | None]:
    """The given category that each group of a tree stands in, or is; None for a group outside all of them."""
    if "code" not in tree.columns:  # an older atlas
        return {}
    parents = dict(tree.select("group", "parent").iter_rows())
    own = dict(tree.select("group", "code").iter_rows())
    found: dict[str, str | None] = {}
    for group in parents:
        above: str | None = group
        while above is not None and own.get(above) is None:
            above = parents.get(above)
        found[group] = None if above is None else own[above]
    return found


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
    own = codes_above(atlas.tree)
    groups: list[str | None] = [None if code is None else category_id(code) for code in codes]
    margins: list[float | None] = [None] * len(codes)
    for code in dict.fromkeys(codes):
        open_ = [label for label in range(len(base)) if own.get(base[label]) == code and not closed[label]]
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
