"""Groups against labels on CLINC150 test (4,500 utterances, 150 intents), through the public API.

    python benchmarks/clustering.py [--embedder all-MiniLM-L6-v2] [--methods leiden kmeans] [--seeds 2]
    python benchmarks/clustering.py --methods leiden --neighbours 15 18 20 22 25 30

Needs ../shared/data/clinc150. The same vectors for every method, and the true number of groups for all.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from pathlib import Path

import numpy as np

from clioscope.clustering import cluster
from clioscope.embedding.encode import encode_texts
from clioscope.embedding.open import open_embedder
from clioscope.measure import against_labels
from clioscope.settings import ClusteringSettings, EmbeddingSettings

DATA = Path(__file__).parents[1] / "../shared/data/clinc150/utterances.jsonl"

FIGURES = ("v_measure", "ami", "ari", "matching_accuracy", "purity")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--embedder", nargs="+", default=["all-MiniLM-L6-v2", "all-mpnet-base-v2"])
    parser.add_argument("--methods", nargs="+", default=["leiden", "kmeans"])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--neighbours", nargs="+", type=int, default=[ClusteringSettings().neighbours])
    given = parser.parse_args()

    rows = [json.loads(line) for line in DATA.open(encoding="utf-8")]
    rows = [row for row in rows if row["split"] == "test"]
    truth = np.unique([row["intent"] for row in rows], return_inverse=True)[1]
    print(
        f"{'embedder':<20}{'method':<15}{'near':>5}{'k':>5}{'NMI':>7}{'AMI':>7}{'ARI':>7}{'ACC':>7}{'purity':>8}{'seeds':>7}{'s':>7}"
    )
    for name in given.embedder:
        vectors = encode_texts([row["text"] for row in rows], open_embedder(EmbeddingSettings(model=name)), None)
        for method, neighbours in itertools.product(given.methods, given.neighbours):
            settings = ClusteringSettings(method=method, clusters=150, neighbours=neighbours)
            found, figures = [], []
            began = time.monotonic()
            for seed in range(given.seeds):
                labels = cluster(vectors, settings, seed).labels
                found.append(labels)
                against = against_labels(labels, truth)  # the V-measure is NMI
                figures.append((labels.max() + 1, *(against[figure] for figure in FIGURES)))
            seconds = (time.monotonic() - began) / given.seeds
            pairs = [against_labels(one, other)["ari"] for one, other in itertools.combinations(found, 2)]
            k, *mean = np.mean(figures, axis=0)
            line = "".join(f"{value:>7.3f}" for value in mean[:4]) + f"{mean[4]:>8.3f}"
            head = f"{name:<20}{method:<15}{neighbours:>5}{k:>5.0f}"
            print(f"{head}{line}{np.mean(pairs) if pairs else 1:>7.3f}{seconds:>7.1f}", flush=True)


if __name__ == "__main__":
    main()
