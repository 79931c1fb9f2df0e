"""Self-training: does an encoder group better after it was fine-tuned on its own groups?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.errors import ClioscopeError, ModelError
from clioscope.experiments.bench import Bench
from clioscope.experiments.data import Labelled
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import grouping
from clioscope.experiments.results import Results

if TYPE_CHECKING:
    from clioscope.clustering import Clustering

TRAINED, ROWS, CLASSES = "the rows trained on", "other rows of the same intents", "intents never seen"


class Way(NamedTuple):
    """How an encoder is trained. ``lora``: low-rank additions to its weights (Hu et al. 2022) instead of all weights.
    ``rate``: the learning rate. ``hard``: whether the groups of a batch lie near each other."""

    lora: bool
    rate: float
    hard: bool


BEFORE = "before"
WAYS = {
    "all weights": Way(lora=False, rate=2e-5, hard=True),
    "LoRA": Way(lora=True, rate=5e-4, hard=True),
    "all weights, random batches": Way(lora=False, rate=2e-5, hard=False),
}


def _conclude(results: Results) -> str:
    lines = []
    for part in results.parts():
        names = [name for name in results.variants(part) if name != BEFORE]
        lines += [f"{part}: " + results.versus(name, BEFORE, "ami", part, "AMI") for name in names]
        last = [name for name in names if name.endswith(f"round {len(names) // max(1, len(_ways(names)))}")]
        lines += [results.versus(name, BEFORE, "top_ami", part, "AMI of ten groups with the domains") for name in last]
    return " ".join(filter(None, lines))


def _ways(names: list[str]) -> set[str]:
    return {name.partition("after round")[0] for name in names}


@experiment(
    question="Does contrastive fine-tuning of the encoder on the groups that it made itself raise agreement with "
    "labels, on held-out data too, and what does it do to the coarse level?",
    needs="CLINC150, a sentence-transformers encoder, peft",
    costs="40 minutes on two cores; at full size (--embedder all-mpnet-base-v2) a GPU",
    conclude=_conclude,
    show=("ami", "ari", "matching_accuracy", "top_ami", "groups", "seconds"),
)
def contrastive(bench: Bench) -> Iterator[Variant]:
    """Training uses no labels. Leiden groups the training rows. Pairs of rows of one group, with a margin above the
    median, are pulled together, and the rest of the batch is pushed away (multiple negatives, Henderson et al. 2017).
    Then the rows are encoded and grouped again, and so on. A batch has one pair per group: of a group and the groups
    nearest to it, so that the negatives are hard, or of any groups. All weights are trained, or LoRA's. Two thirds of
    the intents take part, with half of their rows.

    Raises ClioscopeError where peft is not installed, ModelError for an encoder that cannot be trained."""
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
    done: dict[tuple[str, int], list[dict[str, Outcome]]] = {}

    def outcome(way: str, seed: int, number: int, part: str) -> Outcome:
        if (way, seed) not in done:
            done[way, seed] = train(bench, parts, WAYS[way], rounds, steps, seed)
        return done[way, seed][number][part]

    first = next(iter(WAYS))
    for part in parts:
        yield Variant(BEFORE, lambda seed, p=part: outcome(first, seed, 0, p), part)  # type: ignore[misc]
        for way in WAYS:
            for number in range(1, rounds + 1):
                yield Variant(
                    f"{way}, after round {number}",
                    lambda seed, w=way, n=number, p=part: outcome(w, seed, n, p),  # type: ignore[misc]
                    part,
                )


def train(
    bench: Bench, parts: dict[str, Labelled], way: Way, rounds: int, steps: int, seed: int
) -> list[dict[str, Outcome]]:
    """The figures of every part, before training and after each round."""
    import torch
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    model = _fresh(bench)
    if way.lora:
        add_lora(model)
    loss = MultipleNegativesRankingLoss(model)
    after_rounds = [_figures(model, parts, seed)]
    for _ in range(rounds):
        began = time.perf_counter()
        texts = parts[TRAINED].texts
        groups = _group(_encode(model, texts), len(np.unique(parts[TRAINED].truth)), seed)
        near = nearest(groups.centroids) if way.hard else None
        optimiser = torch.optim.AdamW([weights for weights in model.parameters() if weights.requires_grad], lr=way.rate)
        model.train()
        for _ in range(steps):
            left, right = pairs(groups.labels, groups.margins, 32, random, near)
            features = [_on(model.device, model.preprocess([texts[row] for row in rows])) for rows in (left, right)]
            value = loss(features, torch.arange(len(left), device=model.device))
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
        model.eval()
        seconds = time.perf_counter() - began
        after_rounds.append(_figures(model, parts, seed, seconds))
    return after_rounds


def add_lora(model: Any, rank: int = 16) -> None:
    """Add low-rank weights to all linear layers, and train nothing else."""
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError:
        raise ClioscopeError(
            'The experiment "contrastive" needs peft, which is not installed; pip install "clioscope[experiments]".'
        ) from None
    # not model.add_adapter, the wrapper of transformers: it wants the newest peft, which an index may not have
    inject_adapter_in_model(LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear"), model[0].auto_model)


def nearest(centroids: NDArray[np.float32]) -> NDArray[np.intp]:
    """For each unit centroid of (k, d) all groups, the nearest first and itself before all, shape (k, k)."""
    alike = centroids @ centroids.T
    np.fill_diagonal(alike, np.inf)
    return np.argsort(-alike, axis=1, kind="stable")


def pairs(
    labels: NDArray[Any],
    margins: NDArray[Any],
    count: int,
    random: np.random.Generator,
    near: NDArray[np.intp] | None = None,
) -> tuple[list[int], list[int]]:
    """Two rows of each of up to ``count`` groups, from the half of the rows with the largest ``margins``. The groups
    are drawn at random; with ``near`` (as ``nearest`` gives it) they are one random group and those nearest to it."""
    sure = margins >= np.median(margins)
    members = [np.flatnonzero((labels == group) & sure) for group in range(int(labels.max()) + 1)]
    able = [group for group, rows in enumerate(members) if len(rows) > 1]
    chosen = random.permutation(able)[:count]
    if near is not None:
        chosen = np.array([group for group in near[chosen[0]] if len(members[group]) > 1][:count])
    drawn = [random.choice(members[group], 2, replace=False) for group in chosen]
    return [int(left) for left, _ in drawn], [int(right) for _, right in drawn]


def _fresh(bench: Bench) -> Any:
    """The encoder's model with its weights in full, which may be changed."""
    encoder: Any = bench.encoder()
    if not hasattr(encoder, "fresh"):
        raise ModelError(f"{encoder.id}: cannot be trained; give a sentence-transformers encoder with --embedder.")
    return encoder.fresh()


def _on(device: Any, features: dict[str, Any]) -> dict[str, Any]:
    """A batch on the model's device. Values that are no tensors stay as they are."""
    return {name: value.to(device) if hasattr(value, "to") else value for name, value in features.items()}


def _encode(model: Any, texts: list[str]) -> NDArray[np.float32]:
    from clioscope.vectors.centring import centre

    vectors = model.encode(texts, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
    return centre(np.asarray(vectors, dtype=np.float32))[0]


def _group(vectors: NDArray[np.float32], count: int, seed: int) -> Clustering:
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings

    return cluster(vectors, ClusteringSettings(clusters=count), seed)


def _figures(model: Any, parts: dict[str, Labelled], seed: int, seconds: float = 0.0) -> dict[str, Outcome]:
    from clioscope.measure.external import ami

    outcomes = {}
    for part, data in parts.items():
        vectors = _encode(model, data.texts)
        figures = grouping(_group(vectors, len(np.unique(data.truth)), seed).labels, data.truth)
        top = _group(vectors, len(np.unique(data.coarse)), seed).labels
        outcomes[part] = Outcome(figures | {"top_ami": ami(top, data.coarse), "seconds": seconds})
    return outcomes
