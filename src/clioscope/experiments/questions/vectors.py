"""Which vectors: a sentence encoder against the hidden states of a language model."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.draws import LEFT_OUT
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouped_draw, grouping, knn_same
from clioscope.experiments.results import Results

STATES = "qwen2.5-coder-0.5b"
DEPTHS = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
SHAPES = ("plain", "centred", "whitened")


def _conclude(results: Results) -> str:
    lines = []
    for part in results.parts():
        names = results.variants(part)
        encoder = next((name for name in names if name.startswith("encoder")), "")
        hidden = results.best("ami", part, among="layer")
        if encoder and hidden:
            best = results.best("ami", part, among="encoder")
            lines.append(f"{part}: " + results.versus(best, hidden, "ami", part, "AMI"))
            inputs = results.best("ami", part, among="input embeddings")
            reached = results.mean(inputs, "ami", part)
            lines.append(f"Input embeddings, a known mistake, have AMI {reached:.3f} at best ({inputs}).")
            for pool in ("mean", "last"):
                own = {shape: results.best("ami", part, among=f"{pool}, {shape}") for shape in SHAPES}
                shown = ", ".join(f"{shape} {results.mean(name, 'ami', part):.3f}" for shape, name in own.items())
                lines.append(f"Best layer of the {pool} token{'s' if pool == 'mean' else ''}: {shown}.")
        else:
            best = results.best("ami", part)
            lines.append(f"{part}: best is {best} (AMI {results.mean(best, 'ami', part):.3f}).")
            plain = [name for name in names if name in ("raw text", "request")]
            lines += [results.versus(best, name, "ami", part, "AMI") for name in plain]
    return " ".join(filter(None, lines))


@experiment(
    question="Which vectors tell topics apart: a sentence encoder's, or hidden states of a language model (which "
    "layer, last token or mean, centred or whitened)? And of which text?",
    needs="CLINC150, an encoder, a 0.5B model through transformers (--model for another); or --data sharegpt-labelled "
    "with --atlas: raw text against facets",
    costs="6 minutes on two cores, 3 GB of memory",
    conclude=_conclude,
    data=("clinc150", "sharegpt-labelled"),
    show=("ami", "ari", "matching_accuracy", "knn_same", "groups", "seed_ari", "seconds"),
)
def vectors(bench: Bench) -> Iterator[Variant]:
    """CLINC150, ten utterances per intent: Leiden into as many groups as there are intents. ``knn_same``: the share of
    the ten nearest rows that have the same intent, without any clustering. Labelled ShareGPT: the same encoder on raw
    text, on facets and on their average; every seed draws its own 80 % of the conversations."""
    if bench.data == "sharegpt-labelled":
        yield from _texts(bench)
        return
    from clioscope.experiments.data import clinc150
    from clioscope.experiments.hidden_states import stored_states

    data = clinc150("test", *bench.few((12, 6), (None, 10)))
    for encoder in bench.embedders:
        rows = bench.encode(data.texts, encoder)
        for shape in SHAPES:
            yield Variant(
                f"encoder {encoder}, {shape}",
                lambda seed, v=shaped(rows, shape): _measure(v, data.truth, seed),  # type: ignore[misc]
                "CLINC150",
            )
    for model in bench.models or (STATES,):
        states = stored_states(model, data.texts, bench.few((0.0, 0.5, 1.0), DEPTHS), bench.cache)
        for (pool, layer), rows in sorted(states.items()):
            if layer == 0 and pool == "last":
                continue  # the embedding of the last word alone
            where = "input embeddings" if layer == 0 else f"layer {layer}"
            for shape in SHAPES:
                yield Variant(
                    f"{where}, {pool}, {shape}",
                    lambda seed, v=shaped(rows, shape): _measure(v, data.truth, seed),  # type: ignore[misc]
                    "CLINC150",
                )


def shaped(vectors: NDArray[np.float32], shape: str) -> NDArray[np.float32]:
    """Unit rows (n, d): as they are (``plain``), less their mean (``centred``), or with the same spread in every
    direction (``whitened``). Whitening keeps the leading 256 principal components, and no more than n / 4: the others
    are noise, which it would blow up."""
    from clioscope.vectors.centring import centre
    from clioscope.vectors.unit import unit_rows

    if shape == "plain":
        return unit_rows(vectors, directed=True)
    if shape == "centred":
        return centre(vectors)[0]
    from sklearn.decomposition import PCA

    count = min(256, vectors.shape[1], max(2, len(vectors) // 4))
    return unit_rows(PCA(count, whiten=True, random_state=0).fit_transform(vectors.astype(np.float64)), directed=True)


def _measure(vectors: NDArray[np.float32], truth: NDArray[Any], seed: int) -> Outcome:
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings

    began = time.perf_counter()
    labels = cluster(vectors, ClusteringSettings(clusters=len(np.unique(truth))), seed).labels
    seconds = time.perf_counter() - began
    return Outcome(grouping(labels, truth) | {"knn_same": knn_same(vectors, truth), "seconds": seconds}, labels)


def _texts(bench: Bench) -> Iterator[Variant]:
    from clioscope.vectors.centring import centre
    from clioscope.vectors.unit import average

    talks = bench.conversations()
    sets = {"raw text": ["text"], "request": ["request"], "field": ["field"], "activity": ["activity"]}
    sets |= {"request + raw": ["request", "text"], "request + field": ["request", "field"]}
    sets |= {"request + field + raw": ["request", "field", "text"]}
    sets |= {"all": ["request", "field", "activity", "text"]}
    for encoder in bench.embedders:
        columns = {name: bench.encode(texts, encoder) for name, texts in talks.texts.items()}
        for name, wanted in sets.items():
            if all(text in columns for text in wanted):
                rows = centre(average([columns[text] for text in wanted]))[0]
                yield Variant(
                    name,
                    lambda seed, v=rows: grouped_draw(v, talks.truth, len(talks.classes), seed),  # type: ignore[misc]
                    f"labelled ShareGPT, {encoder}",
                    redrawn=LEFT_OUT,
                )
