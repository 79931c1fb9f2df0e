"""Small and quantised: what do fewer bits and fewer parameters cost in facets?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from clioscope.experiments.bench import Bench
from clioscope.experiments.draws import LEFT_OUT
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.model_facets import ModelFacets, facet_vectors, facets_of, group_drawn
from clioscope.experiments.results import Results
from clioscope.models.catalogue import FOUR_BITS, T4_GB, Entry, entries, find


def _conclude(results: Results) -> str:
    names = results.variants()
    lines = [results.versus(name, names[0], "ami", name="AMI") for name in names[1:]]
    speed = ", ".join(f"{name} {results.mean(name, 'seconds_each'):.2g}" for name in names)
    lines.append(f"Seconds of the model per conversation: {speed}.")
    memory = {name: results.mean(name, "weights_gb") for name in names}
    shown = ", ".join(f"{name} {gb:.2f}" for name, gb in memory.items() if gb == gb)
    if shown:
        lines.append(f"Weights in GB: {shown}.")
    needed = {name: results.mean(name, "needs_gb") for name in names}
    over = [name for name, gb in needed.items() if gb > T4_GB]
    if any(gb == gb for gb in needed.values()):
        fits = f"does not hold {', '.join(over)}" if over else "holds all of these"
        lines.append(f"A 16 GB T4 {fits}; of the catalogue it holds models of {largest_on_t4()}.")
    return " ".join(filter(None, lines))


def largest_on_t4() -> str:
    """The sizes of the largest models that a 16 GB T4 holds in 16, 8 and 4 bits, by the catalogue's formula."""
    largest = []
    for name, size in {"fp16": 2.0, "8 bits": 1.0, "4 bits": FOUR_BITS}.items():
        fitting = [entry for entry in entries() if entry.shape and (entry.memory_gb(size) or 0.0) <= T4_GB]
        most = max(fitting, key=lambda entry: entry.shape.parameters if entry.shape else 0.0)
        largest.append(f"{most.shape.parameters if most.shape else 0:.1f} billion parameters in {name}")
    return "up to " + ", ".join(largest)


@experiment(
    question="What do fewer bits or parameters cost: memory, speed, and the quality of facets and groups?",
    needs="an atlas of labelled ShareGPT (--atlas) with its input, and the models or GGUF files to compare, the "
    'reference first (--model A --model B); "transformers:NAME 8-bit" and "… 4-bit" for those of bitsandbytes',
    costs="234 questions per model, however many seeds",
    conclude=_conclude,
    data=("sharegpt-labelled",),
    show=("ami", "ari", "like_first", "answered", "distinct", "weights_gb", "peak_gb", "seconds_each", "tokens"),
    models=1,
)
def quantised(bench: Bench) -> Iterator[Variant]:
    """Every model gives facets of the same conversations. ``like_first``: the mean cosine of a conversation's facets
    with those of the first model. ``weights_gb``: measured for a model in this process, else the size of the file.
    ``peak_gb``: the most memory of the card in use. ``needs_gb``: weights and the catalogue's cache of 8,192 tokens,
    and a tenth on top. Nothing is sampled: each model is asked once, and every seed groups its own 80 % of the
    conversations."""
    talks = bench.conversations()

    @cache
    def asked(model: str) -> ModelFacets:
        return facets_of(bench, talks, model, 0)

    @cache
    def figures(model: str) -> dict[str, float]:
        alike = (facet_vectors(bench, asked(bench.models[0])) * facet_vectors(bench, asked(model))).sum(axis=1)
        return {"like_first": float(alike.mean()), **memory_figures(bench, model)}

    def measure(model: str, seed: int) -> Outcome:
        outcome = group_drawn(bench, talks, asked(model), seed)
        return outcome._replace(figures={**outcome.figures, **figures(model)})

    for model in bench.models:
        yield Variant(model, lambda seed, m=model: measure(m, seed), redrawn=LEFT_OUT)  # type: ignore[misc]


def memory_figures(bench: Bench, model: str) -> dict[str, float]:
    """``weights_gb``, ``peak_gb`` and ``needs_gb`` as far as they are known, in 10⁹ bytes."""
    from clioscope.models.in_process import InProcessModel

    opened = bench.model(model)
    figures = {}
    weights, source = weights_gb(model), model
    if isinstance(opened, InProcessModel):
        opened.start()  # if all answers were stored, nothing was loaded
        weights, source = (opened.memory or 0) / 1e9, opened.place.identity.partition("@")[0]
        if opened.peak is not None:
            figures["peak_gb"] = opened.peak / 1e9
    if weights is not None:
        figures["weights_gb"] = weights
        entry = _entry(source)
        if entry is not None and entry.shape is not None:
            figures["needs_gb"] = entry.memory_gb(weights / entry.shape.parameters) or 0.0
    return figures


def _entry(model: str) -> Entry | None:
    from clioscope.errors import ModelError

    try:
        return find(model)
    except ModelError:
        return None


def weights_gb(model: str) -> float | None:
    """The size of the weights in GB (10⁹ bytes), or None where neither a file nor the catalogue tells it."""
    path = Path(model).expanduser()
    if path.is_file():
        return path.stat().st_size / 1e9
    entry = _entry(model)
    if entry is None:
        return None
    return entry.bytes / 1e9 if entry.fetchable else entry.fp16_gb
