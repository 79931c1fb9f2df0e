"""Two levels of groups and a language model: it names them, judges them, and makes the upper level itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.figures import cost_figures
from clioscope.experiments.tree_builders import centroids

if TYPE_CHECKING:
    from clioscope.models.account import Account
    from clioscope.naming.candidates import Label


def parents_by_model(
    bench: Bench, texts: list[str], vectors: NDArray[np.float32], base: NDArray[Any], top: int
) -> tuple[NDArray[np.int32] | None, dict[str, float]]:
    """The parent of each base group by the paper's loop for one level (Clio, G.6), or None where the loop does not make
    the level smaller; and the costs, which include the names of the base groups. ``texts`` and ``base`` (n)."""
    from clioscope.hierarchy.clio import propose_parents
    from clioscope.settings import HierarchySettings, NamingSettings

    account = bench.account()
    labels = _names(bench, account, texts, vectors, base)
    began = time.perf_counter()
    parents = propose_parents(
        labels,
        top,
        neighbourhood=HierarchySettings().neighbourhood,
        words=NamingSettings().max_words,
        encode=bench.encode,
        ask=bench.ask(account),
        language="English",
        seed=0,
    )
    return parents, {"seconds": time.perf_counter() - began, **cost_figures(account.total())}


def edge_figures(
    bench: Bench, texts: list[str], vectors: NDArray[np.float32], base: NDArray[Any], parents: NDArray[Any]
) -> dict[str, float]:
    """The first model names the groups of a tree, the last model judges its edges. ``edge_fit`` and ``edge_fit_other``
    are those of ``measure.judges.tree_edges``; ``edge_seen`` is the first less the second."""
    from clioscope.measure import evaluate
    from clioscope.measure.judges import tree_edges
    from clioscope.measure.judges.material import Group, Material
    from clioscope.measure.levels import Levels

    account = bench.account()
    below = _names(bench, account, texts, vectors, base)
    above = _parent_names(bench, account, texts, vectors, base, parents, below)
    groups = [
        *(Group(f"top {n}", label.name, label.description, None, 1) for n, label in enumerate(above)),
        *(Group(f"base {n}", label.name, label.description, f"top {parents[n]}", 0) for n, label in enumerate(below)),
    ]
    material = Material([], texts, None, None, vectors, Levels([], []), {group.id: group for group in groups}, None)
    judge = bench.ask(account, bench.models[-1])
    judgements = tree_edges.judge(material, judge, bench.few(4, 30), 0)
    measured = evaluate({"judgements": judgements}, ["edge_fit", "edge_fit_other"])
    figures = {name: figure.value for name, figure in measured.items()}
    if len(figures) == 2:
        figures["edge_seen"] = figures["edge_fit"] - figures["edge_fit_other"]
    return figures


def _names(
    bench: Bench, account: Account, texts: list[str], vectors: NDArray[np.float32], base: NDArray[Any]
) -> list[Label]:
    from clioscope.naming import name_groups
    from clioscope.naming.support import Support
    from clioscope.settings import NamingSettings

    naming = NamingSettings()
    return name_groups(
        texts,
        Support(texts, naming.support),
        vectors,
        base,
        centroids(vectors, base),
        naming,
        encode=bench.encode,
        ask=bench.ask(account),
    )


def _parent_names(
    bench: Bench,
    account: Account,
    texts: list[str],
    vectors: NDArray[np.float32],
    base: NDArray[Any],
    parents: NDArray[Any],
    below: Sequence[Label],
) -> list[Label]:
    from clioscope.naming.fallback import spare_labels
    from clioscope.naming.parents import name_parents
    from clioscope.naming.phrases import distinguishing_phrases
    from clioscope.naming.support import Support
    from clioscope.settings import NamingSettings

    naming, member = NamingSettings(), parents[base]
    support = Support(texts, naming.support)
    phrases = distinguishing_phrases(texts, member, support=support)
    return name_parents(
        below,
        parents,
        np.bincount(base),
        centroids(vectors, base),
        centroids(vectors, member),
        spare_labels(texts, member, phrases, support, naming.max_words),
        support,
        [np.flatnonzero(member == parent) for parent in range(int(parents.max()) + 1)],
        naming,
        encode=bench.encode,
        ask=bench.ask(account),
    )
