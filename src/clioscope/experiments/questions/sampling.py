"""Sampling: what do temperature and top-p do to facets, names and the taxonomy made of them?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import LabelledAtlas, described
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.model_facets import SHOW, facets_of, grouped, tilted
from clioscope.experiments.results import Results
from clioscope.experiments.taxonomy import Level, taxonomy
from clioscope.models.chat import ChatRequest

TEMPERATURES, TOPS = (0.0, 0.3, 0.7, 1.0), (1.0, 0.8)
ACCURACY = {"ami": "AMI of groups", "reconstruction_accuracy": "accuracy of names", "top_ami": "AMI of the top level"}
STABILITY = {
    "repeat": "facets (cosine)",
    "seed_ari": "groups (ARI)",
    "name_repeat": "names (cosine)",
    "top_repeat": "top level (ARI)",
    "top_name_repeat": "names of the top level (cosine)",
}


def _conclude(found: Results) -> str:
    lines = []
    for part in found.parts():
        names = found.variants(part)
        greedy, hot = names[0], names[-1]
        for metric, what in ACCURACY.items():
            best = found.best(metric, part)
            lines.append(f"{part}: highest {what} with {best} ({found.mean(best, metric, part):.3f}).")
            if best != greedy:
                lines.append(found.versus(best, greedy, metric, part, what))
        if found.values(greedy, "repeat", part):
            shown = ", ".join(
                f"{what} {found.mean(greedy, metric, part):.3f} against {found.mean(hot, metric, part):.3f}"
                for metric, what in STABILITY.items()
            )
            lines.append(f"Agreement of a run with its repeat, {greedy} against {hot}: {shown}.")
        else:
            lines.append("How repeatable answers are needs two seeds.")
    return " ".join(filter(None, lines))


@experiment(
    question="Do temperature and top-p change how good and how repeatable facets, names and the final taxonomy are?",
    needs="an atlas of labelled ShareGPT (--atlas) with its input, an encoder, a language model (--model)",
    costs="7 x (234 + 29) questions a seed; repeatability needs two seeds",
    conclude=_conclude,
    data=("sharegpt-labelled",),
    show=("ami", *list(ACCURACY)[1:], *STABILITY, *(one for one in SHOW if one not in ("ami", "seed_ari", "repeat"))),
    models=1,
)
def sampling(bench: Bench) -> Iterator[Variant]:
    """The same facets of the same conversations at each setting, groups and a tree of them, and names at the same
    setting. The seed is the sampler's alone. ``reconstruction_accuracy``: share of conversations whose category is
    the one that the name of their group is nearest to; ``repeat`` and the like: agreement with the first seed."""
    talks = bench.conversations()
    for model in bench.models:
        for temperature in bench.few((0.0, 0.7), TEMPERATURES):
            for top in TOPS if temperature and not bench.quick else (1.0,):
                yield _variant(bench, talks, model, temperature, top)


def _variant(bench: Bench, talks: LabelledAtlas, model: str, temperature: float, top_p: float) -> Variant:
    from clioscope.measure.external import ami

    facets: dict[int, NDArray[np.float32]] = {}
    trees: dict[int, tuple[Level, Level]] = {}

    def change(request: ChatRequest) -> ChatRequest:
        return replace(request, temperature=temperature, top_p=top_p)

    def measure(seed: int) -> Outcome:
        asked = facets_of(bench, talks, model, seed, change=change)
        found = grouped(bench, talks, asked, seed, facets)
        account = bench.account()
        base, top = trees[seed] = taxonomy(bench, asked, tilted(bench, account, model, seed, change))
        cost = account.total()
        figures = {
            **found.figures,
            "reconstruction_accuracy": base.reconstruction(described(talks.classes), talks.truth, bench),
            "top_ami": ami(top.labels, talks.truth),
            "questions": found.figures["questions"] + cost.calls + cost.cached,
            "tokens": found.figures["tokens"] + cost.prompt_tokens + cost.completion_tokens,
        }
        if seed:
            first_base, first_top = trees[0]
            figures |= {
                "name_repeat": base.alike(first_base),
                "top_repeat": top.agreement(first_top),
                "top_name_repeat": top.alike(first_top),
            }
        return Outcome(figures, found.labels, "; ".join(top.names[:4]))

    return Variant(f"temperature {temperature:g}, top-p {top_p:g}", measure, model)
