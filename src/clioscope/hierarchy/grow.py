"""Grow the tree: levels above the base groups, each named from what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy.clio import propose_parents
from clioscope.hierarchy.levels import level_sizes
from clioscope.hierarchy.linkage import linkage_levels
from clioscope.hierarchy.tree import Level, memberships
from clioscope.naming.candidates import Encode, Label
from clioscope.naming.fallback import spare_labels
from clioscope.naming.parents import name_parents
from clioscope.naming.phrases import distinguishing_phrases
from clioscope.naming.support import Support
from clioscope.settings import HierarchySettings, NamingSettings
from clioscope.vectors.centroids import centroids_of

if TYPE_CHECKING:
    from clioscope.models.asker import Asker


def grow_tree(
    base: Sequence[Label],
    texts: Sequence[str],
    support: Support,
    labels: NDArray[np.integer],
    vectors: NDArray[np.float32],
    centroids: NDArray[np.float32],
    settings: HierarchySettings,
    naming: NamingSettings,
    *,
    encode: Encode,
    ask: Asker | None,
    language: str = "English",
    seed: int = 0,
) -> tuple[list[Level], list[list[Label]]]:
    """Levels above the base and the labels of every level, base first.

    ``builder="linkage"`` cuts a linkage of the base groups; ``"clio"`` lets the model propose, deduplicate
    and assign level by level (without a model, or where it makes a level no smaller, the vectors decide).
    Either way every group has exactly one parent and every level is smaller than the one below it.
    """
    sizes = level_sizes(len(base), len(labels), settings.top, settings.levels)
    # Every base group counts the same: weighted by size, a few large groups pull everything to them (top-level
    # AMI on labelled ShareGPT .27 against .31, docs/research-log.md).
    weights = np.ones(len(base), dtype=np.int64)
    linked = [Level(parents) for parents in linkage_levels(centroids, weights, sizes)]
    if settings.builder == "clio" and ask is not None:
        return _clio(
            base, texts, support, labels, vectors, linked, sizes, settings, naming, encode, ask, language, seed
        )
    named = [list(base)]
    member = memberships(labels, linked)
    for number, level in enumerate(linked, start=1):
        named.append(_name(named[-1], level, member, number, texts, support, vectors, naming, encode, ask, language))
    return linked, named


def _clio(
    base: Sequence[Label],
    texts: Sequence[str],
    support: Support,
    labels: NDArray[np.integer],
    vectors: NDArray[np.float32],
    linked: list[Level],
    sizes: Sequence[int],
    settings: HierarchySettings,
    naming: NamingSettings,
    encode: Encode,
    ask: Asker,
    language: str,
    seed: int,
) -> tuple[list[Level], list[list[Label]]]:
    """The paper's loop: one level after another until the top is small enough."""
    levels: list[Level] = []
    named = [list(base)]
    for number, target in enumerate(sizes[1:], start=1):
        if target >= len(named[-1]):
            continue
        parents = propose_parents(
            named[-1],
            target,
            neighbourhood=settings.neighbourhood,
            words=naming.max_words,
            encode=encode,
            ask=ask,
            language=language,
            seed=seed + number,
        )
        if parents is None:
            below = memberships(labels, levels)[-1]
            count = len(named[-1])
            centres = centroids_of(vectors, below, count)
            parents = linkage_levels(centres, np.ones(count, dtype=np.int64), [count, target])[0]
        levels.append(Level(parents))
        member = memberships(labels, levels)
        named.append(
            _name(named[-1], levels[-1], member, len(levels), texts, support, vectors, naming, encode, ask, language)
        )
    return levels, named


def _name(
    below: Sequence[Label],
    level: Level,
    member: Sequence[NDArray[np.integer]],
    number: int,
    texts: Sequence[str],
    support: Support,
    vectors: NDArray[np.float32],
    naming: NamingSettings,
    encode: Encode,
    ask: Asker | None,
    language: str,
) -> list[Label]:
    count = int(level.parent_of.max()) + 1
    phrases = distinguishing_phrases(texts, member[number], support=support)
    return name_parents(
        below,
        level.parent_of,
        np.bincount(member[number - 1], minlength=len(below)),
        centroids_of(vectors, member[number - 1], len(below)),
        centroids_of(vectors, member[number], count),
        spare_labels(texts, member[number], phrases, support, naming.max_words, language),
        support,
        [np.flatnonzero(member[number] == parent) for parent in range(count)],
        naming,
        encode=encode,
        ask=ask,
        language=language,
    )
