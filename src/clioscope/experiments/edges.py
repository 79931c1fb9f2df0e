"""Two levels of groups as a language model sees them: named, judged, and made by its own loop."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.trees import centroids

if TYPE_CHECKING:
    from clioscope.models.account import Account
    from clioscope.naming.candidates import Label


def loop(
    bench: Bench, texts: list[str], vectors: NDArray[np.float32], base: NDArray[Any], top: int
) -> tuple[NDArray[np.int32] | None, dict[str, float]]:
    """The parent of each base group by the paper's loop (Clio, G.6) for one level, None where it makes the level no
    smaller; and what it cost, with the names of the base groups that it reads. ``texts`` and ``base`` (n)."""
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

    account = bench.account()
    below = _names(bench, account, texts, vectors, base)
    above = _parent_names(bench, account, texts, vectors, base, parents, below)
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
