"""Self-training: does an encoder that is fine-tuned on the groups it made group better?"""

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
    """How an encoder is trained: all its weights, or low-rank additions to them (Hu et al. 2022), at which learning
    rate; and whether a batch holds groups that lie near each other, or any."""

    lora: bool
    rate: float
    hard: bool


BEFORE = "before"
WAYS = {
    "all weights": Way(lora=False, rate=2e-5, hard=True),
    "LoRA": Way(lora=True, rate=5e-4, hard=True),
    "all weights, random batches": Way(lora=False, rate=2e-5, hard=False),
}


def _conclude(found: Results) -> str:
    lines = []
    for part in found.parts():
        names = [one for one in found.variants(part) if one != BEFORE]
        lines += [f"{part}: " + found.versus(name, BEFORE, "ami", part, "AMI") for name in names]
        last = [one for one in names if one.endswith(f"round {len(names) // max(1, len(_ways(names)))}")]
        lines += [found.versus(one, BEFORE, "top_ami", part, "AMI of ten groups with the domains") for one in last]
    return " ".join(filter(None, lines))


def _ways(names: list[str]) -> set[str]:
    return {one.partition("after round")[0] for one in names}


@experiment(
    question="Does contrastive fine-tuning of the encoder on the groups that it made itself raise agreement with "
    "labels, on held-out data too, and what does it do to the coarse level?",
    needs="CLINC150, a sentence-transformers encoder, peft",
    costs="40 minutes on two cores; at full size (--embedder all-mpnet-base-v2) a GPU",
    conclude=_conclude,
    show=("ami", "ari", "matching_accuracy", "top_ami", "groups", "seconds"),
)
def contrastive(bench: Bench) -> Iterator[Variant]:
    """No label is used: Leiden groups the training rows, pairs of one group with a margin above the median are pulled
    together, the rest of the batch is pushed away (multiple negatives, Henderson et al. 2017), the rows are encoded and
    grouped anew, and so on. A batch has one pair of a group: of a group and the nearest ones, so that the negatives are
    hard, or of any groups. All weights are trained, or LoRA's. Two thirds of the intents take part, with half of their
    rows.

    Raises ClioscopeError where peft is not installed."""
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
    """Figures of every part before training and after each round."""
    import torch
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    model = _fresh(bench)
    if way.lora:
        add_lora(model)
    loss = MultipleNegativesRankingLoss(model)
    found = [_figures(model, parts, seed)]
    for _ in range(rounds):
        began = time.perf_counter()
        texts = parts[TRAINED].texts
        groups = _group(_encode(model, texts), len(np.unique(parts[TRAINED].truth)), seed)
        near = nearest(groups.centroids) if way.hard else None
        optimiser = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad], lr=way.rate)
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
        found.append(_figures(model, parts, seed, seconds))
    return found


def add_lora(model: Any, rank: int = 16) -> None:
    """Low-rank additions to all linear layers; all other weights stand still."""
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError:
        raise ClioscopeError(
            'contrastive: needs peft, which is not installed; pip install "clioscope[experiments]".'
        ) from None
    # not model.add_adapter: transformers' wrapper of the same wants a newest peft that indexes may not have
    inject_adapter_in_model(LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear"), model[0].auto_model)


def nearest(centroids: NDArray[np.float32]) -> NDArray[np.intp]:
    """For each unit centroid of (k, d) all groups, nearest first: itself, then the others, shape (k, k)."""
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
    """Two rows each of up to ``count`` groups, from the half of the rows that lie clearest in their groups: of a group
    drawn at random and those ``near`` it (as by ``nearest``), or of groups drawn at random."""
    sure = margins >= np.median(margins)
    members = [np.flatnonzero((labels == group) & sure) for group in range(int(labels.max()) + 1)]
    able = [group for group, rows in enumerate(members) if len(rows) > 1]
    chosen = random.permutation(able)[:count]
    if near is not None:
        chosen = np.array([group for group in near[chosen[0]] if len(members[group]) > 1][:count])
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
    from clioscope.vectors.centring import centre

    found = model.encode(texts, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
    return centre(np.asarray(found, dtype=np.float32))[0]


def _group(vectors: NDArray[np.float32], count: int, seed: int) -> Clustering:
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings

    return cluster(vectors, ClusteringSettings(clusters=count), seed)


def _figures(model: Any, parts: dict[str, Labelled], seed: int, seconds: float = 0.0) -> dict[str, Outcome]:
    from clioscope.measure.external import ami

    found = {}
    for part, data in parts.items():
        vectors = _encode(model, data.texts)
        figures = grouping(_group(vectors, len(np.unique(data.truth)), seed).labels, data.truth)
        top = _group(vectors, len(np.unique(data.coarse)), seed).labels
        found[part] = Outcome(figures | {"top_ami": ami(top, data.coarse), "seconds": seconds})
    return found
