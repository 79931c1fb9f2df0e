"""Groups to be named, and what a name is worth: does it find the members that its maker never saw?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.results import Results

SECOND = "all-mpnet-base-v2"
SCORES = {
    "retrieval": "retrieval",
    "reconstruction_accuracy": "reconstruction accuracy",
    "retrieval_second": "retrieval by the second encoder",
    "reconstruction_second": "reconstruction accuracy by the second encoder",
    "assign_back": "assign-back by the judge",
}


class Groups(NamedTuple):
    """``texts`` (n) in groups ``labels`` (n,), two levels: ``above`` is the parent of each group. Namers see the rows
    of ``shown`` only. ``truth`` (n,) codes into ``classes``, described by ``described``. ``vectors`` (n, d), centred by
    ``mean``, of ``texts``. ``seed`` drew what is shown."""

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
        """Rows of a group that its namer may see."""
        return np.flatnonzero((self.labels == group) & self.shown)

    def centroids(self) -> NDArray[np.float32]:
        """Unit means of what is seen of each group."""
        from clioscope.vectors.centroids import centroids_of

        return centroids_of(self.vectors, np.where(self.shown, self.labels, -1), self.size)

    def siblings(self, group: int) -> NDArray[np.intp]:
        """The other groups under the same parent."""
        alike = self.above == self.above[group]
        alike[group] = False
        return np.flatnonzero(alike)


def groups_of(bench: Bench, seed: int) -> Groups:
    """CLINC150's intents under its domains (30 of them), or the base groups of the atlas under its top level; the seed
    draws the half of each group that may be seen."""
    from clioscope.experiments.data import clinc150, described, readable
    from clioscope.measure.levels import levels_of
    from clioscope.vectors.centring import centre

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
    return Groups(texts, labels, above, shown, truth, classes, targets, vectors, mean, seed)


def name_figures(bench: Bench, groups: Groups, names: Sequence[str]) -> dict[str, float]:
    """What names are worth to the encoder (``found_by``), to a second one that had no part in choosing them
    (``…_second``), and, under the first seed, to the judge, if there is one (``judged``); ``duplicate_names``;
    ``sibling_words``; ``words`` in a name."""
    from clioscope.measure.naming import duplicate_names, sibling_words

    own, other = (found_by(bench, groups, names, encoder) for encoder in (bench.embedders[0], second(bench)))
    workers = working(bench)
    judge = judged(bench, groups, names) if len(workers) > 1 and groups.seed == 0 else {}
    return {
        **own,
        **{f"{name.removesuffix('_accuracy')}_second": value for name, value in other.items()},
        **judge,
        "duplicate_names": duplicate_names(names).value,
        "sibling_words": sibling_words(names, groups.above).value,
        "words": float(np.mean([len(name.split()) for name in names])),
        "groups": float(groups.size),
    }


def second(bench: Bench) -> str:
    """The encoder that did not choose: the second one given, else ``SECOND``; left out of quick runs."""
    return bench.embedders[1] if len(bench.embedders) > 1 else bench.few(bench.embedders[0], SECOND)


def working(bench: Bench) -> list[str]:
    """Models that answer questions: the first names, the second one judges."""
    return [one for one in bench.models if not one.endswith("(hidden)")]


def found_by(bench: Bench, groups: Groups, names: Sequence[str], encoder: str) -> dict[str, float]:
    """``retrieval``: share of unseen members whose nearest name, by the encoder, is that of their group (chance 1 / k);
    ``siblings``: the same among siblings only; ``reconstruction_accuracy``: share of unseen members whose class is the
    one that the name of their group is nearest to."""
    from clioscope.vectors.centring import centre

    vectors, mean = centre(bench.encode(groups.texts, encoder))
    encoded = centre(bench.encode(list(names), encoder), mean)[0]
    held = np.flatnonzero(~groups.shown)
    cosines = vectors[held] @ encoded.T
    own = groups.labels[held]
    family = groups.above[None, :] == groups.above[own][:, None]
    among = np.where(family, cosines, -np.inf)
    several = family.sum(axis=1) > 1
    targets = centre(bench.encode(groups.described, encoder), mean)[0]
    given = (encoded @ targets.T).argmax(axis=1)
    return {
        "retrieval": float((cosines.argmax(axis=1) == own).mean()),
        "siblings": float((among.argmax(axis=1) == own)[several].mean()) if several.any() else float("nan"),
        "reconstruction_accuracy": float((given[own] == groups.truth[held]).mean()),
    }


def judged(bench: Bench, groups: Groups, names: Sequence[str]) -> dict[str, float]:
    """What the judge says of unseen members: ``name_fit``, ``name_fit_nearest`` and ``assign_back``, as in
    ``measure.judges``."""
    from clioscope.measure import evaluate
    from clioscope.measure.judges import assign_back, name_fit
    from clioscope.measure.judges.evidence import Evidence, Group
    from clioscope.measure.levels import Levels

    held = np.flatnonzero(~groups.shown)
    ids = [f"group {number}" for number in range(groups.size)]
    evidence = Evidence(
        [str(row) for row in held],
        [groups.texts[row] for row in held],
        None,
        None,
        groups.vectors[held],
        Levels([groups.labels[held].astype(np.int64)], [ids]),
        {one: Group(one, name, "", None, 0) for one, name in zip(ids, names, strict=True)},
        None,
    )
    ask, items = bench.ask(bench.account(), working(bench)[1]), bench.few(4, 30)
    said = [one for judge in (name_fit, assign_back) for one in judge.judge(evidence, ask, items, 0)]
    figures = evaluate({"judgements": said}, ["name_fit", "name_fit_nearest", "assign_back"])
    return {name: one.value for name, one in figures.items()}


def bests(found: Results, part: str) -> str:
    """Which names are best by each score, as a sentence."""
    best = {what: (found.best(metric, part), metric) for metric, what in SCORES.items()}
    shown = "; ".join(f"{what}: {one} ({found.mean(one, m, part):.3f})" for what, (one, m) in best.items() if one)
    return f"Best by {shown}."


def compared(found: Results, one: str, other: str, part: str) -> list[str]:
    """The two by every score, a sentence each."""
    return [found.versus(one, other, metric, part, what) for metric, what in SCORES.items()]


def some(names: Sequence[str], most: int = 4) -> str:
    """A few names, for the notes."""
    return "; ".join(names[:most])


SHOW = (
    "retrieval",
    "siblings",
    "reconstruction_accuracy",
    "retrieval_second",
    "siblings_second",
    "reconstruction_second",
    "name_fit",
    "name_fit_nearest",
    "assign_back",
    "duplicate_names",
    "sibling_words",
    "words",
    "questions",
    "tokens",
    "seconds",
)
