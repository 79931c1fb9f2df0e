"""Two levels of groups and a language model: it names them, judges them, and makes the upper level itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.figures import cost_figures
from clioscope.experiments.tree_builders import centroids

if TYPE_CHECKING:
    from clioscope.models.account import Account
    from clioscope.naming.context import NamingContext


def parents_by_model(
    bench: Bench, texts: list[str], vectors: NDArray[np.float32], base: NDArray[Any], top: int
) -> tuple[NDArray[np.int32] | None, dict[str, float]]:
    """The parent of each base group by the paper's loop for one level (Clio, G.6), or None where the loop does not make
    the level smaller; and the costs, which include the names of the base groups. ``texts`` and ``base`` (n)."""
    from clioscope.hierarchy.clio import propose_parents
    from clioscope.naming import name_groups
    from clioscope.settings import HierarchySettings

    account = bench.account()
    context = _context(bench, account, texts, vectors)
    labels = name_groups(context, base, centroids(vectors, base))
    began = time.perf_counter()
    parents = propose_parents(context, labels, top, HierarchySettings().neighbourhood, 0)
    return parents, {"seconds": time.perf_counter() - began, **cost_figures(account.total())}


def edge_figures(
    bench: Bench, texts: list[str], vectors: NDArray[np.float32], base: NDArray[Any], parents: NDArray[Any]
) -> dict[str, float]:
    """The first model names the groups of a tree, the last model judges its edges. ``edge_fit`` and ``edge_fit_other``
    are those of ``measure.judges.tree_edges``; ``edge_seen`` is the first less the second."""
    from clioscope.measure import evaluate
    from clioscope.measure.judges import tree_edges
    from clioscope.measure.judges.evidence import Evidence, Group
    from clioscope.measure.levels import Levels
    from clioscope.naming import name_groups
    from clioscope.naming.parents import name_parents

    account = bench.account()
    context = _context(bench, account, texts, vectors)
    below = name_groups(context, base, centroids(vectors, base))
    above = name_parents(context, below, parents, base)
    groups = [
        *(Group(f"top {n}", label.name, label.description, None, 1) for n, label in enumerate(above)),
        *(Group(f"base {n}", label.name, label.description, f"top {parents[n]}", 0) for n, label in enumerate(below)),
    ]
    evidence = Evidence([], texts, None, None, vectors, Levels([], []), {group.id: group for group in groups}, None)
    judge = bench.ask(account, bench.models[-1])
    judgements = tree_edges.judge(evidence, judge, bench.few(4, 30), 0)
    measured = evaluate({"judgements": judgements}, ["edge_fit", "edge_fit_other"])
    figures = {name: figure.value for name, figure in measured.items()}
    if len(figures) == 2:
        figures["edge_seen"] = figures["edge_fit"] - figures["edge_fit_other"]
    return figures


def _context(bench: Bench, account: Account, texts: list[str], vectors: NDArray[np.float32]) -> NamingContext:
    from clioscope.naming.context import NamingContext
    from clioscope.naming.support import Support
    from clioscope.settings import NamingSettings

    settings = NamingSettings(ready_names="never")
    support = Support(texts, settings.support)
    return NamingContext(texts, support, vectors, settings, bench.encode, bench.ask(account))
