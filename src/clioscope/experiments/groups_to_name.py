"""Groups to be named, and what the maker of the names may see of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench


class Groups(NamedTuple):
    """Groups on two levels. ``texts`` (n) and their groups ``labels`` (n,); ``above``: the parent of each group.
    ``shown`` (n,): the rows that the maker of the names sees, drawn by ``seed``. ``truth`` (n,): codes into
    ``classes``, which ``described`` puts into words. ``vectors`` (n, d): those of the texts, less ``mean``."""

    texts: list[str]
    labels: NDArray[Any]
    above: NDArray[Any]
    shown: NDArray[np.bool_]
    truth: NDArray[Any]
    classes: list[str]
    described: list[str]
    vectors: NDArray[np.float32]
    mean: NDArray[np.float32]
    seed: int

    @property
    def size(self) -> int:
        """Number of groups."""
        return int(self.labels.max()) + 1

    def seen(self, group: int) -> NDArray[np.intp]:
        """The rows of a group that the maker of its name may see."""
        return np.flatnonzero((self.labels == group) & self.shown)

    def centroids(self) -> NDArray[np.float32]:
        """The unit mean (k, d) of the rows of each group that may be seen."""
        from clioscope.vectors.centroids import centroids_of

        return centroids_of(self.vectors, np.where(self.shown, self.labels, -1), self.size)

    def siblings(self, group: int) -> NDArray[np.intp]:
        """The other groups under the same parent."""
        alike = self.above == self.above[group]
        alike[group] = False
        return np.flatnonzero(alike)


def groups_of(bench: Bench, seed: int) -> Groups:
    """CLINC150's intents (30 of them) under its domains, or the base groups of the atlas under its top level. The seed
    draws the half of each group that may be seen."""
    from clioscope.experiments.data import clinc150, described, readable
    from clioscope.measure.levels import levels_of
    from clioscope.vectors.centring import centre

    if bench.data == "clinc150":
        data = clinc150("test", *bench.few((8, 10), (30, None)))
        texts, labels, truth = data.texts, data.truth, data.truth
        above = np.array([data.coarse[labels == group][0] for group in range(len(data.classes))])
        classes, targets = data.classes, [readable(name) for name in data.classes]
    else:
        talks = bench.conversations()
        texts, truth, classes = talks.texts["request"], talks.truth, talks.classes
        levels = levels_of(talks.atlas)
        kept = len(texts)
        labels = np.unique(levels.labels[0][:kept], return_inverse=True)[1].reshape(-1)
        top = levels.labels[-1][:kept]
        above = np.array([top[labels == group][0] for group in range(int(labels.max()) + 1)])
        targets = described(classes)
    vectors, mean = centre(bench.encode(texts))
    random = np.random.default_rng(seed)
    shown = np.zeros(len(texts), dtype=bool)
    for group in range(int(labels.max()) + 1):
        rows = np.flatnonzero(labels == group)
        shown[random.permutation(rows)[: max(1, len(rows) // 2)]] = True
    return Groups(texts, labels, above, shown, truth, classes, targets, vectors, mean, seed)


def phrases_of(groups: Groups, most: int = 6) -> list[Sequence[str]]:
    """For each group the phrases that set it apart, from the rows that may be seen."""
    from clioscope.naming.phrases import distinguishing_phrases

    seen = groups.shown.nonzero()[0]
    phrases = distinguishing_phrases([groups.texts[row] for row in seen], groups.labels[seen])
    return [list(of_group)[:most] for of_group in phrases]
