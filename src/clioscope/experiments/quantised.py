"""Small and quantised: what do fewer bits and fewer parameters cost in facets?"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.asked import asked_facets
from clioscope.experiments.bench import Bench
from clioscope.experiments.data import LabelledAtlas
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.results import Results


def _conclude(found: Results) -> str:
    names = found.variants()
    lines = [found.versus(name, names[0], "ami", name="AMI") for name in names[1:]]
    speed = ", ".join(f"{name} {found.mean(name, 'seconds_each'):.2g}" for name in names)
    lines.append(f"Seconds of the model a conversation: {speed}.")
    memory = {name: found.mean(name, "weights_gb") for name in names}
    shown = ", ".join(f"{name} {gb:.1f}" for name, gb in memory.items() if gb == gb)
    return " ".join(filter(None, [*lines, f"Weights in GB: {shown}." if shown else ""]))


@experiment(
    question="What do fewer bits or parameters cost: memory, speed, and the quality of facets and groups?",
    needs="an atlas of labelled ShareGPT (--atlas) with its input, and the models or GGUF files to compare, the "
    "reference first (--model A --model B); 8 and 4 bits of bitsandbytes at an address on a GPU",
    costs="234 questions a model",
    conclude=_conclude,
    data=("sharegpt-labelled",),
    show=("ami", "ari", "like_first", "answered", "distinct", "weights_gb", "seconds_each", "tokens"),
    models=1,
)
def quantised(bench: Bench) -> Iterator[Variant]:
    """Every model answers for the same conversations. ``like_first``: mean cosine of a conversation's facets with
    those of the first model."""
    talks = bench.conversations()
    first: dict[int, NDArray[np.float32]] = {}
    for model in bench.models:
        yield Variant(model, lambda seed, m=model: _measure(bench, talks, m, first, seed))  # type: ignore[misc]


def _measure(
    bench: Bench, talks: LabelledAtlas, model: str, first: dict[int, NDArray[np.float32]], seed: int
) -> Outcome:
    own: dict[int, NDArray[np.float32]] = {}
    began = time.perf_counter()
    found = asked_facets(bench, talks, model, seed, remember=own)
    figures = dict(found.figures)
    figures["seconds_each"] = (figures.get("model_seconds") or time.perf_counter() - began) / len(talks.truth)
    figures["like_first"] = float((first.setdefault(seed, own[seed]) * own[seed]).sum(axis=1).mean())
    weights = weights_gb(model)
    if weights is not None:
        figures["weights_gb"] = weights
    return Outcome(figures, found.labels)


def weights_gb(model: str) -> float | None:
    """Size of the weights in GB, where they are a file that is known here."""
    from pathlib import Path

    from clioscope.errors import ModelError
    from clioscope.models.catalogue import find

    path = Path(model).expanduser()
    if path.is_file():
        return path.stat().st_size / 1e9
    try:
        entry = find(model)
    except ModelError:
        return None
    return entry.bytes / 1e9 if entry.fetchable else entry.fp16_gb
