"""Self-training: does an encoder that is fine-tuned on the groups it made group better?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import ModelError
from clioscope.experiments.bench import Bench
from clioscope.experiments.data import Labelled
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouping
from clioscope.experiments.results import Results

TRAINED, ROWS, CLASSES = "the rows trained on", "other rows of the same intents", "intents never seen"


def _conclude(found: Results) -> str:
    lines = []
    for part in found.parts():
        names = found.variants(part)
        lines += [f"{part}: " + found.versus(name, names[0], "ami", part, "AMI") for name in names[1:]]
        lines.append(found.versus(names[-1], names[0], "top_ami", part, "AMI of ten groups with the domains"))
    return " ".join(filter(None, lines))


@experiment(
    question="Does contrastive fine-tuning of the encoder on the groups that it made itself raise agreement with "
    "labels, on held-out data too, and what does it do to the coarse level?",
    needs="CLINC150, a sentence-transformers encoder",
    costs="6 minutes on two cores; at full size (--embedder all-mpnet-base-v2) a GPU",
    conclude=_conclude,
    show=("ami", "ari", "matching_accuracy", "top_ami", "groups", "seconds"),
)
def contrastive(bench: Bench) -> Iterator[Variant]:
    """No label is used: Leiden groups the training rows, pairs of one group with a margin above the median are pulled
    together, the rest of the batch is pushed away (multiple negatives, Henderson et al. 2017; one row a group in
    every batch, so the nearest groups are the hard negatives), the rows are encoded and grouped anew, and so on.
    Two thirds of the intents take part, with half of their rows."""
    data = bench.utterances()
    random = np.random.default_rng(0)
    classes = random.permutation(len(data.classes))
    seen = np.isin(data.truth, classes[: len(classes) * 2 // 3])
    half = random.permutation(len(data.texts)) % 2 == 0
    parts = {
        TRAINED: data.take(np.flatnonzero(seen & half)),
        ROWS: data.take(np.flatnonzero(seen & ~half)),
        CLASSES: data.take(np.flatnonzero(~seen)),
    }
    rounds, steps = bench.few((1, 4), (2, 40))
    done: dict[int, list[dict[str, Outcome]]] = {}

    def outcome(seed: int, number: int, part: str) -> Outcome:
        if seed not in done:
            done[seed] = train(bench, parts, rounds, steps, seed)
        return done[seed][number][part]

    for part in parts:
        for number in range(rounds + 1):
            yield Variant(
                "before" if number == 0 else f"after round {number}",
                lambda seed, n=number, p=part: outcome(seed, n, p),  # type: ignore[misc]
                part,
            )


def train(
    bench: Bench, parts: dict[str, Labelled], rounds: int, steps: int, seed: int, rate: float = 2e-5
) -> list[dict[str, Outcome]]:
    """Figures of every part before training and after each round."""
    import torch
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    model = _fresh(bench)
    loss = MultipleNegativesRankingLoss(model)
    found = [_figures(model, parts, seed)]
    for _ in range(rounds):
        began = time.perf_counter()
        texts = parts[TRAINED].texts
        labels, margins = _group(_encode(model, texts), len(np.unique(parts[TRAINED].truth)), seed)
        optimiser = torch.optim.AdamW(model.parameters(), lr=rate)
        model.train()
        for _ in range(steps):
            left, right = pairs(labels, margins, 32, random)
            features = [_on(model.device, model.preprocess([texts[row] for row in rows])) for rows in (left, right)]
            value = loss(features, torch.arange(len(left), device=model.device))
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
        model.eval()
        seconds = time.perf_counter() - began
        found.append(_figures(model, parts, seed, seconds))
    return found


def pairs(
    labels: NDArray[Any], margins: NDArray[Any], count: int, random: np.random.Generator
) -> tuple[list[int], list[int]]:
    """Two rows each of up to ``count`` groups, neighbours in number of one group drawn at random, from the half of the
    rows that lie clearest in their groups."""
    sure = margins >= np.median(margins)
    members = [np.flatnonzero((labels == group) & sure) for group in range(int(labels.max()) + 1)]
    able = [group for group, rows in enumerate(members) if len(rows) > 1]
    chosen = random.permutation(able)[:count]
    drawn = [random.choice(members[group], 2, replace=False) for group in chosen]
    return [int(one) for one, _ in drawn], [int(other) for _, other in drawn]


def _fresh(bench: Bench) -> Any:
    """The encoder's weights in a model of their own, which may be changed."""
    import copy

    encoder: Any = bench.encoder()
    if not hasattr(encoder, "_load"):
        raise ModelError(f"{encoder.id}: cannot be trained; give a sentence-transformers encoder with --embedder.")
    return copy.deepcopy(encoder._load())


def _on(device: Any, features: dict[str, Any]) -> dict[str, Any]:
    """A batch on the model's device; what is no tensor stays as it is."""
    return {name: value.to(device) if hasattr(value, "to") else value for name, value in features.items()}


def _encode(model: Any, texts: list[str]) -> NDArray[np.float32]:
    from clioscope.embedding.geometry import centre

    found = model.encode(texts, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
    return centre(np.asarray(found, dtype=np.float32))[0]


def _group(vectors: NDArray[np.float32], count: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings

    found = cluster(vectors, ClusteringSettings(clusters=count), seed)
    return found.labels, found.margins


def _figures(model: Any, parts: dict[str, Labelled], seed: int, seconds: float = 0.0) -> dict[str, Outcome]:
    from clioscope.measure.external import ami

    found = {}
    for part, data in parts.items():
        vectors = _encode(model, data.texts)
        figures = grouping(_group(vectors, len(np.unique(data.truth)), seed)[0], data.truth)
        top = _group(vectors, len(np.unique(data.coarse)), seed)[0]
        found[part] = Outcome(figures | {"top_ami": ami(top, data.coarse), "seconds": seconds})
    return found
