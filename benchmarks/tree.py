"""The tree without labels: do moves after the cut help, and which groups does the test for mixed ones find?

    python benchmarks/tree.py

Needs CLINC150 and labelled ShareGPT with the facets of a strong model (``$CLIOSCOPE_DATA``), and the encoder MiniLM.
First part: AMI of the top level with the domains or categories, and the share of base groups that lie nearer to another
parent, for the plain cut, with moves, and with large groups alone at the top; means over draws of 80 %. Second part:
the share of groups that are called mixed, for true groups and for groups that are mixed on purpose, and the purity of
both kinds.
"""

from __future__ import annotations

import json

import numpy as np

from clioscope.clustering import cluster
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.open import open_embedder
from clioscope.experiments.data import category_labels, clinc150, data_folder
from clioscope.hierarchy import linkage
from clioscope.hierarchy.mixed import mixed_groups
from clioscope.measure.external import ami
from clioscope.settings import ClusteringSettings, EmbeddingSettings
from clioscope.vectors.centroids import centroids_of
from clioscope.vectors.shaping import shape
from clioscope.vectors.unit import unit_rows

_SETTLE = linkage.settle


def strong_facets(encode) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of labelled ShareGPT from the facets of a strong model, and the category of each conversation."""
    labels = category_labels()
    path = data_folder() / "sharegpt-labelled" / "strong_facets.jsonl"
    rows = [row for row in map(json.loads, path.open(encoding="utf-8")) if row["id"] in labels]
    vectors = unit_rows(sum(encode([row[name] for row in rows]) for name in ("request", "field", "activity")))
    return vectors, np.unique([labels[row["id"]] for row in rows], return_inverse=True)[1]


def draw(vectors, seed):
    """The rows of a draw of 80 %, and their vectors as a build shapes them."""
    rows = np.sort(np.random.default_rng(seed).choice(len(vectors), int(0.8 * len(vectors)), replace=False))
    return rows, shape(vectors[rows], EmbeddingSettings(), seed).vectors


def cuts(vectors, base, top):
    """The top level in three ways: by name, the parent of each base group."""
    sizes = np.bincount(base)
    centres, same = centroids_of(vectors, base, len(sizes)), np.ones(len(sizes), dtype=int)
    linkage.settle = lambda labels, *_: labels
    plain = linkage.linkage_levels(centres, same, [len(sizes), top])[0]
    linkage.settle = _SETTLE
    moved = linkage.linkage_levels(centres, same, [len(sizes), top])[0]
    return {
        "plain cut": plain,
        "with moves": moved,
        "and large ones alone": linkage.linkage_levels(centres, same, [len(sizes), top], sizes >= sizes.mean())[0],
    }


def placing(name, vectors, truth, numbers, top, draws):
    """Print the first part for one data set."""
    for number in numbers:
        found: dict[str, list[tuple[float, float]]] = {}
        for seed in range(draws):
            rows, shaped = draw(vectors, seed)
            base = cluster(shaped, ClusteringSettings(clusters=number), seed).labels
            centres = centroids_of(shaped, base, int(base.max()) + 1)
            for variant, parents in cuts(shaped, base, top).items():
                above = centroids_of(shaped, parents[base], int(parents.max()) + 1)
                nearer = float(((centres @ above.T).argmax(axis=1) != parents).mean())
                found.setdefault(variant, []).append((float(ami(parents[base], truth[rows])), nearer))
        for variant, figures in found.items():
            mean, nearer = np.mean(figures, axis=0)
            print(f"{name}, {number} base groups, {variant}: AMI {mean:.3f}, nearer to another parent {nearer:.3f}")


def joined(truth, count, seed=1):
    """Groups that are made of ``count`` true ones each."""
    order = np.random.default_rng(seed).permutation(int(truth.max()) + 1)
    made = np.empty(len(order), dtype=int)
    made[order] = np.arange(len(order)) // count
    return made[truth]


def thirds(truth, seed=1):
    """As many groups as there are true ones, each of thirds of three of them."""
    generator = np.random.default_rng(seed)
    labels = np.zeros(len(truth), dtype=int)
    for number, three in enumerate(generator.permutation(int(truth.max()) + 1).reshape(-1, 3)):
        for intent in three:
            for part, rows in enumerate(np.array_split(generator.permutation(np.flatnonzero(truth == intent)), 3)):
                labels[rows] = 3 * number + part
    return labels


def main() -> None:
    embedder = open_embedder(EmbeddingSettings())

    def encode(texts):
        return encode_texts(list(texts), embedder, None)

    data = clinc150()
    clinc, (strong, categories) = encode(data.texts), strong_facets(encode)
    placing("CLINC150", clinc, data.coarse, (60, 150), 10, 6)
    placing("ShareGPT, strong facets", strong, categories, (22, 30), 8, 12)
    shaped = shape(clinc, EmbeddingSettings(), 0).vectors
    kinds = {
        "true intents": data.truth,
        "true domains": data.coarse,
        "two intents": joined(data.truth, 2),
        "four intents": joined(data.truth, 4),
        "thirds of three intents": thirds(data.truth),
        "drawn from all": np.random.default_rng(0).permutation(data.truth),
    }
    for kind, labels in kinds.items():
        print(f"CLINC150, {kind}: {mixed_groups(shaped, labels, int(labels.max()) + 1).mean():.3f} called mixed")
    for number in (12, 18):
        pure: dict[bool, list[float]] = {True: [], False: []}
        for seed in range(12):
            rows, shaped = draw(strong, seed)
            base = cluster(shaped, ClusteringSettings(clusters=number), seed).labels
            for group, mixed in enumerate(mixed_groups(shaped, base, int(base.max()) + 1)):
                inside = categories[rows][base == group]
                pure[bool(mixed)].append(float(np.bincount(inside).max() / len(inside)))
        called = len(pure[True]) / (len(pure[True]) + len(pure[False]))
        means = ", ".join(f"{np.mean(pure[kind]) if pure[kind] else float('nan'):.2f}" for kind in (True, False))
        print(
            f"ShareGPT, strong facets, {number} groups: {called:.3f} called mixed; purity of these and others {means}"
        )


if __name__ == "__main__":
    main()
