"""Two levels of groups as a language model sees them: named, judged, and made by its own loop."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.tree_builders import centroids

if TYPE_CHECKING:
    from clioscope.models.account import Account
    from clioscope.naming.context import NamingContext


def loop(
    bench: Bench, texts: list[str], vectors: NDArray[np.float32], base: NDArray[Any], top: int
) -> tuple[NDArray[np.int32] | None, dict[str, float]]:
    """The parent of each base group by the paper's loop (Clio, G.6) for one level, None where it makes the level no
    smaller; and what it cost, with the names of the base groups that it reads. ``texts`` and ``base`` (n)."""
    from clioscope.hierarchy.clio import propose_parents
    from clioscope.naming import name_groups
    from clioscope.settings import HierarchySettings

    account = bench.account()
    context = _context(bench, account, texts, vectors)
    labels = name_groups(context, base, centroids(vectors, base))
    began = time.perf_counter()
    parents = propose_parents(context, labels, top, HierarchySettings().neighbourhood, 0)
    total = account.total()
    return parents, {
        "seconds": time.perf_counter() - began,
        "questions": float(total.calls + total.cached),
        "tokens": float(total.prompt_tokens + total.completion_tokens),
    }


def edge_figures(
    bench: Bench, texts: list[str], vectors: NDArray[np.float32], base: NDArray[Any], parents: NDArray[Any]
) -> dict[str, float]:
    """How the last model given judges the edges of a tree whose groups the first one names: ``edge_fit``,
    ``edge_fit_other`` (``measure.judges.tree_edges``), and ``edge_seen``, the first less the second."""
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
        *(Group(f"top {n}", one.name, one.description, None, 1) for n, one in enumerate(above)),
        *(Group(f"base {n}", one.name, one.description, f"top {parents[n]}", 0) for n, one in enumerate(below)),
    ]
    evidence = Evidence([], texts, None, None, vectors, Levels([], []), {one.id: one for one in groups}, None)
    judge = bench.ask(account, bench.models[-1])
    judgements = tree_edges.judge(evidence, judge, bench.few(4, 30), 0)
    found = {
        name: one.value for name, one in evaluate({"judgements": judgements}, ["edge_fit", "edge_fit_other"]).items()
    }
    if len(found) == 2:
        found["edge_seen"] = found["edge_fit"] - found["edge_fit_other"]
    return found


def _context(bench: Bench, account: Account, texts: list[str], vectors: NDArray[np.float32]) -> NamingContext:
    from clioscope.naming.context import NamingContext
    from clioscope.naming.support import Support
    from clioscope.settings import NamingSettings

    settings = NamingSettings()
    support = Support(texts, settings.support)
    return NamingContext(texts, support, vectors, settings, bench.encode, bench.ask(account))
