"""Further facets in the geometry: as blocks of exact weight, as other weights of edges, or only as overlays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.draws import LEFT_OUT, drawn, spread
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouping
from clioscope.experiments.results import Results
from clioscope.vectors.unit import unit_rows

WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
_NUMBERS = ("score", "number")


def _conclude(results: Results) -> str:
    lines = []
    for part in results.parts():
        for line in sorted({name.rpartition(" ")[0] for name in results.variants(part)}):
            plain = f"{line} 0"
            if plain not in results.variants(part):
                continue
            best = results.best("ami", part, among=f"{line} ")
            if best in ("", plain):
                lines.append(f"{line}: no weight is better than none.")
                continue
            gain = results.difference(best, plain, "ami", part)
            lines.append(
                f"{line}: best at {best.rpartition(' ')[2]}, AMI {results.mean(best, 'ami', part):.3f} against "
                f"{results.mean(plain, 'ami', part):.3f} without ({gain}{'' if gain.clear else ', not clear'}), "
                f"agreement between draws {results.mean(best, 'seed_ari', part):.2f} against "
                f"{results.mean(plain, 'seed_ari', part):.2f}."
            )
    lines.append("(The best of five weights was chosen with the labels, so it is a little too good.)")
    return " ".join(lines)


@experiment(
    question="Should further facets (concern, language, length, field, activity) shape the groups, with what weight, "
    "or stay overlays?",
    needs="an atlas of labelled ShareGPT (--atlas), an encoder",
    costs="5 minutes on two cores",
    conclude=_conclude,
    data=("sharegpt-labelled",),
    show=("ami", "ari", "seed_ari", "facet_ami", "facet_share", "groups", "seconds"),
)
def facets(bench: Bench) -> Iterator[Variant]:
    """The text (the mean of the vectors of request and raw text) is one block. Every other facet is a block of its own,
    with weight 0 to 0.5. ``blocks``: the two are concatenated so that the facet has exactly its share of the mean
    squared distance. ``edges``: the weights of the graph of neighbours are raised where the facet agrees, and no edge
    is added. ``facet_ami``: how far the groups became groups of the facet itself. Every seed draws its own 80 % of the
    conversations."""
    from clioscope.vectors.centring import centre
    from clioscope.vectors.unit import average

    talks = bench.conversations()
    text = centre(average([bench.encode(talks.texts[name]) for name in ("request", "text") if name in talks.texts]))[0]
    for name, block, values in blocks(bench, talks):
        for way in ("blocks", "edges"):
            for weight in bench.few((0.0, 0.3), WEIGHTS):
                yield Variant(
                    f"{name} as {way}",
                    lambda seed, b=block, w=weight, e=way == "edges", v=values: _measure(  # type: ignore[misc]
                        text, b, w, e, v, talks.truth, len(talks.classes), seed
                    ),
                    x=weight,
                    redrawn=LEFT_OUT,
                )


def blocks(bench: Bench, talks: Any) -> Iterator[tuple[str, NDArray[np.float32], NDArray[Any]]]:
    """For every facet but the request: its name, its block (n, d) of rows of norm 1, and its plain values (n,)."""
    from clioscope.vectors.centring import centre

    kinds = {facet["name"]: facet["type"] for facet in talks.atlas.manifest["facets"]}
    for name in talks.atlas.facets.columns:
        column = talks.atlas.facets[name]
        if name in ("conversation", "request") or column.null_count() == len(column) or column.n_unique() < 2:
            continue
        if kinds.get(name) == "text":
            codes = np.unique([str(value or "").casefold() for value in column], return_inverse=True)[1]
            yield name, centre(bench.encode(talks.texts[name]))[0], codes
        elif kinds.get(name) in _NUMBERS or column.dtype.is_numeric():
            values = column.cast(float).fill_null(column.median()).to_numpy()
            yield name, circle(values), values
        else:
            codes = np.unique([str(value) for value in column], return_inverse=True)[1]
            yield name, np.eye(int(codes.max()) + 1, dtype=np.float32)[codes], codes


def circle(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Numbers (n,) as points (n, 2) on a quarter of a circle, by their rank. Rows have norm 1, so that cosines work."""
    from scipy.stats import rankdata

    angle = (rankdata(values) - 1) / max(1, len(values) - 1) * np.pi / 2
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def weighted(text: NDArray[np.float32], block: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """The two blocks side by side, so that ``block`` makes up ``share`` of the mean squared distance between two rows.

    A block with mean squared distance V is scaled by sqrt(share / V); V is twice the spread around the mean. The rows
    of each block have the same norm, so those of the whole have too, and cosines see this distance.
    """
    if share == 0:
        return text
    parts = []
    for rows, part in ((text, 1 - share), (block, share)):
        distance = 2 * float(((rows - rows.mean(axis=0)) ** 2).sum(axis=1).mean())
        parts.append(rows * np.float32(np.sqrt(part / distance)) if distance > 1e-12 else rows * np.float32(0))
    return unit_rows(np.concatenate(parts, axis=1))


def share_of(text: NDArray[np.float32], block: NDArray[np.float32], joined: NDArray[np.float32]) -> float:
    """The share of the block in the mean squared distance of ``joined``, which ``weighted`` made. 0 … 1."""
    width = text.shape[1]
    spread_of = ((joined - joined.mean(axis=0)) ** 2).sum(axis=0)
    return float(spread_of[width:].sum() / spread_of.sum())


def by_edges(
    text: NDArray[np.float32], block: NDArray[np.float32], weight: float, groups: int, seed: int
) -> NDArray[np.int64]:
    """Leiden on the graph of the text's neighbours. Each edge is multiplied by 1 - weight + 2 * weight * (cosine in the
    block, 0 … 1): it counts more where the facet agrees, and less where not. No edge is added."""
    from clioscope.clustering.leiden import LeidenOptions, find_resolution, neighbour_graph, partition
    from clioscope.settings import ClusteringSettings

    options = LeidenOptions(moves=0)  # a move to the nearest centroid would know the text only
    graph = neighbour_graph(text, ClusteringSettings(), options, seed).tocoo()
    alike = np.clip(np.einsum("ij,ij->i", block[graph.row], block[graph.col]), 0, 1)
    graph.data = graph.data * (1 - weight + 2 * weight * alike) + 1e-9
    made = graph.tocsr()
    made.sort_indices()
    labels = partition(text, made, find_resolution(made, groups, options, seed), options, seed).labels
    return np.asarray(np.unique(labels, return_inverse=True)[1].reshape(-1), dtype=np.int64)


def _measure(
    text: NDArray[np.float32],
    block: NDArray[np.float32],
    weight: float,
    edges: bool,
    values: NDArray[Any],
    truth: NDArray[Any],
    groups: int,
    seed: int,
) -> Outcome:
    from clioscope.clustering import cluster
    from clioscope.measure.external import ami
    from clioscope.settings import ClusteringSettings

    rows = drawn(len(text), seed)
    figures = {}
    labels: NDArray[Any]
    if edges:
        labels = by_edges(text[rows], block[rows], weight, groups, seed)
    else:
        joined = weighted(text[rows], block[rows], weight)
        figures["facet_share"] = share_of(text[rows], block[rows], joined)
        labels = cluster(joined, ClusteringSettings(clusters=groups), seed).labels
    figures |= grouping(labels, truth[rows])
    figures["facet_ami"] = ami(labels, np.unique(values[rows], return_inverse=True)[1])
    return Outcome(figures, spread(labels, rows, len(text)))
