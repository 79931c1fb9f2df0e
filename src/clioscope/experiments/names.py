"""Groups to be named, and what a name is worth: does it find the members that its maker never saw?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench


class Groups(NamedTuple):
    """``texts`` (n) in groups ``labels`` (n,), two levels: ``above`` is the parent of each group. Namers see the rows
    of ``shown`` only. ``truth`` (n,) codes into ``classes``, described by ``described``. ``vectors`` (n, d), centred by
    ``mean``, of ``texts``."""

    texts: list[str]
    labels: NDArray[Any]
    above: NDArray[Any]
    shown: NDArray[np.bool_]
    truth: NDArray[Any]
    classes: list[str]
    described: list[str]
    vectors: NDArray[np.float32]
    mean: NDArray[np.float32]

    @property
    def size(self) -> int:
        """Number of groups."""
        return int(self.labels.max()) + 1

    def seen(self, group: int) -> NDArray[np.intp]:
        """Rows of a group that its namer may see."""
        return np.flatnonzero((self.labels == group) & self.shown)

    def centroids(self) -> NDArray[np.float32]:
        """Unit means of what is seen of each group."""
        from clioscope.clustering.centroids import centroids_of

        return centroids_of(self.vectors, np.where(self.shown, self.labels, -1), self.size)

    def siblings(self, group: int) -> NDArray[np.intp]:
        """The other groups under the same parent."""
        alike = self.above == self.above[group]
        alike[group] = False
        return np.flatnonzero(alike)


def groups_of(bench: Bench, seed: int) -> Groups:
    """CLINC150's intents under its domains (30 of them), or the base groups of the atlas under its top level; the seed
    draws the half of each group that may be seen."""
    from clioscope.embedding.geometry import centre
    from clioscope.experiments.data import clinc150, described, readable
    from clioscope.measure.levels import levels_of

    if bench.data == "clinc150":
        data = clinc150("test", *bench.few((8, 10), (30, None)))
        texts, labels, truth = data.texts, data.truth, data.truth
        above = np.array([data.coarse[labels == group][0] for group in range(len(data.classes))])
        classes, targets = data.classes, [readable(one) for one in data.classes]
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
    return Groups(texts, labels, above, shown, truth, classes, targets, vectors, mean)


def name_figures(bench: Bench, groups: Groups, names: Sequence[str]) -> dict[str, float]:
    """``retrieval``: share of unseen members whose nearest name, by the encoder, is that of their group (chance 1 / k);
    ``siblings``: the same among siblings only; ``reconstruction_accuracy``: share of unseen members whose class is the
    one that the name of their group is nearest to; ``duplicate_names``; ``sibling_words``; ``words`` in a name."""
    from clioscope.embedding.geometry import centre
    from clioscope.measure.naming import duplicate_names, sibling_words

    encoded = centre(bench.encode(list(names)), groups.mean)[0]
    held = np.flatnonzero(~groups.shown)
    cosines = groups.vectors[held] @ encoded.T
    own = groups.labels[held]
    family = groups.above[None, :] == groups.above[own][:, None]
    among = np.where(family, cosines, -np.inf)
    several = family.sum(axis=1) > 1
    targets = centre(bench.encode(groups.described), groups.mean)[0]
    given = (encoded @ targets.T).argmax(axis=1)
    return {
        "retrieval": float((cosines.argmax(axis=1) == own).mean()),
        "siblings": float((among.argmax(axis=1) == own)[several].mean()) if several.any() else float("nan"),
        "reconstruction_accuracy": float((given[own] == groups.truth[held]).mean()),
        "duplicate_names": duplicate_names(names).value,
        "sibling_words": sibling_words(names, groups.above).value,
        "words": float(np.mean([len(name.split()) for name in names])),
        "groups": float(groups.size),
    }


def some(names: Sequence[str], most: int = 4) -> str:
    """A few names, for the notes."""
    return "; ".join(names[:most])


SHOW = (
    "retrieval",
    "siblings",
    "reconstruction_accuracy",
    "duplicate_names",
    "sibling_words",
    "words",
    "questions",
    "tokens",
    "seconds",
)
