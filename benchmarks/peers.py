"""Groups of other programs beside ours, on the same vectors: CLINC150 test and labelled ShareGPT.

    make peers                                    # makes .peers (benchmarks/peers.txt) and runs this in it
    python benchmarks/peers.py [--data clinc sharegpt strong] [--methods …] [--seeds 2]

BERTopic (UMAP and HDBSCAN), EVoC, TriTopic, the clusterer of Toponymy, k-means and Clioscope get the same MiniLM
vectors, each with its own defaults. k-means is told the true number of classes. Every run is a process of its own, so
its time holds imports and compilation, and its peak memory is its own. What a method calls noise is one group more in
the figures. Needs ../shared/data/clinc150 and ../shared/data/sharegpt-labelled; no language model is asked.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parents[1] / "../shared/data"
METHODS = ("bertopic", "evoc", "tritopic", "toponymy", "kmeans", "clioscope", "clioscope-as-many")


def texts_and_vectors(name: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Texts (n), unit vectors (n, d) and true codes (n,) of a data set.

    ``clinc``: CLINC150 test; ``sharegpt``: raw user turns of labelled ShareGPT; ``strong``: the mean of the vectors of
    request, field and activity as a large model wrote them.
    """
    from clioscope.embedding.encode import encode_texts
    from clioscope.embedding.open import open_embedder
    from clioscope.settings import EmbeddingSettings
    from clioscope.vectors.unit import average

    encoder = open_embedder(EmbeddingSettings())
    if name == "clinc":
        rows = [json.loads(line) for line in (DATA / "clinc150/utterances.jsonl").open(encoding="utf-8")]
        rows = [row for row in rows if row["split"] == "test"]
        texts, truth = [row["text"] for row in rows], [row["intent"] for row in rows]
        columns = [texts]
    elif name == "strong":
        from clioscope.experiments.data import category_labels

        category = category_labels()
        lines = (DATA / "sharegpt-labelled/strong_facets.jsonl").open(encoding="utf-8")
        rows = [row for row in map(json.loads, lines) if row["id"] in category]
        columns = [[row[facet] for row in rows] for facet in ("request", "field", "activity")]
        texts, truth = [". ".join(parts) for parts in zip(*columns, strict=True)], [category[row["id"]] for row in rows]
    else:
        from clioscope.conversations import Conversation, read_conversations
        from clioscope.conversations.transcript import user_text
        from clioscope.experiments.data import category_labels
        from clioscope.models.fetch import pull

        category, found = category_labels(), {}
        for one in read_conversations(pull("sharegpt"), format="sharegpt"):
            if isinstance(one, Conversation) and one.source_id in category:
                found.setdefault(one.source_id, user_text(one.messages))
        texts, truth = list(found.values()), [category[one] for one in found]
        columns = [texts]
    vectors = average([encode_texts(column, encoder, None) for column in columns])
    return texts, vectors, np.unique(truth, return_inverse=True)[1]


def labels_of(method: str, texts: list[str], vectors: np.ndarray, truth: np.ndarray, seed: int) -> np.ndarray:
    """Groups (n,) by a method with its own defaults; -1 for noise."""
    if method == "bertopic":
        from bertopic import BERTopic
        from umap import UMAP

        # the defaults of BERTopic, and a seed
        reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
        return np.array(BERTopic(umap_model=reduce, embedding_model=None).fit_transform(texts, vectors)[0])
    if method == "evoc":
        from evoc import EVoC

        return EVoC(random_state=seed).fit_predict(vectors)
    if method == "tritopic":
        from tritopic import TriTopic

        model = TriTopic(random_state=seed, verbose=False)
        model.fit(texts, embeddings=vectors)
        return np.array(model.labels_)
    if method == "toponymy":
        from toponymy import ToponymyClusterer
        from umap import UMAP

        # as its README does: the clusterer works on a map by UMAP; its finest layer
        places = UMAP(metric="cosine", random_state=seed).fit_transform(vectors)
        clusterer = ToponymyClusterer().fit(places, vectors)
        return np.array(clusterer.cluster_layers_[0].cluster_labels)
    if method == "kmeans":
        from sklearn.cluster import KMeans

        return KMeans(int(truth.max()) + 1, n_init=3, random_state=seed).fit_predict(vectors)
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings, EmbeddingSettings
    from clioscope.vectors.shaping import shape

    shaped = shape(vectors, EmbeddingSettings(), seed)
    number = int(truth.max()) + 1 if method == "clioscope-as-many" else None
    settings = ClusteringSettings(clusters=number)
    return cluster(shaped.vectors, settings, seed, judged=shaped.means.centre(vectors)).labels


def one_run(method: str, file: Path, seed: int) -> dict[str, Any]:
    """Labels of a method, seconds, and the peak memory of this process in MB beyond what the input takes."""
    held = np.load(file, allow_pickle=True)
    texts, vectors, truth = held["texts"].tolist(), held["vectors"], held["truth"]
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    labels = labels_of(method, texts, vectors, truth, seed)
    seconds = time.monotonic() - began
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {"labels": [int(label) for label in labels], "seconds": seconds, "megabytes": peak}


def line_of(name: str, method: str, runs: list[dict[str, Any]], truth: np.ndarray) -> str:
    """The row of a method: means over its seeds."""
    from clioscope.measure import against_labels

    found = [np.array(run["labels"]) for run in runs]
    whole = [np.where(labels < 0, labels.max() + 1, labels) for labels in found]
    figures = np.array(
        [[against_labels(one, truth)[figure] for figure in ("ami", "ari", "matching_accuracy")] for one in whole]
    ).mean(axis=0)
    noise = np.mean([(labels < 0).mean() for labels in found])
    groups = np.mean([len(np.unique(labels[labels >= 0])) for labels in found])
    pairs = [against_labels(one, other)["ari"] for one, other in itertools.combinations(whole, 2)]
    agreement = f"{np.mean(pairs):.3f}" if pairs else ""
    seconds, memory = (np.mean([run[key] for run in runs]) for key in ("seconds", "megabytes"))
    ami, ari, accuracy = figures
    return (
        f"| {name} | {method} | {groups:.0f} | {ami:.3f} | {ari:.3f} | {accuracy:.3f} | {noise:.0%} | {agreement} "
        f"| {seconds:.0f} | {memory:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", default=["clinc", "sharegpt", "strong"])
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=METHODS)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--run", nargs=3, metavar=("METHOD", "FILE", "SEED"), help="one run, for this script itself")
    given = parser.parse_args()
    if given.run:
        method, file, seed = given.run
        print("\n" + json.dumps(one_run(method, Path(file), int(seed))))
        return
    print("| data | method | groups | AMI | ARI | ACC | noise | seeds | s | MB |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in given.data:
            texts, vectors, truth = texts_and_vectors(name)
            file = Path(folder) / f"{name}.npz"
            np.savez(file, texts=np.array(texts, dtype=object), vectors=vectors, truth=truth)
            for method in given.methods:
                runs = []
                for seed in range(given.seeds):
                    asked = [sys.executable, __file__, "--run", method, str(file), str(seed)]
                    said = subprocess.run(asked, capture_output=True, text=True)
                    if said.returncode:
                        print(f"{method}, {name}, seed {seed}: {said.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                    else:
                        runs.append(json.loads(said.stdout.strip().splitlines()[-1]))
                if runs:
                    print(line_of(name, method, runs, truth), flush=True)


if __name__ == "__main__":
    main()
