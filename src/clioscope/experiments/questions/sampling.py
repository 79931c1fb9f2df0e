"""Sampling: how do temperature and top-p change facets, names and the taxonomy made of them?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import LabelledAtlas, described
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import cost_figures
from clioscope.experiments.model_facets import FACET_METRICS, changed_asker, facets_of, group_all
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


def _conclude(results: Results) -> str:
    lines = []
    for part in results.parts():
        names = results.variants(part)
        greedy, hot = names[0], names[-1]
        for metric, what in ACCURACY.items():
            best = results.best(metric, part)
            lines.append(f"{part}: highest {what} with {best} ({results.mean(best, metric, part):.3f}).")
            if best != greedy:
                lines.append(results.versus(best, greedy, metric, part, what))
        if results.values(greedy, "repeat", part):
            shown = ", ".join(
                f"{what} {results.mean(greedy, metric, part):.3f} against {results.mean(hot, metric, part):.3f}"
                for metric, what in STABILITY.items()
            )
            lines.append(f"Agreement of a run with its repeat, {greedy} against {hot}: {shown}.")
        else:
            lines.append("How repeatable answers are needs two seeds.")
    return " ".join(filter(None, lines))


@experiment(
    question="Do temperature and top-p change how good and how repeatable facets, names and the final taxonomy are?",
    needs="an atlas of labelled ShareGPT (--atlas) with its input, an encoder, a language model (--model)",
    costs="7 x (234 + 29) questions per seed; repeatability needs two seeds",
    conclude=_conclude,
    data=("sharegpt-labelled",),
    show=tuple(dict.fromkeys(("ami", *list(ACCURACY)[1:], *STABILITY, *FACET_METRICS))),
    models=1,
)
def sampling(bench: Bench) -> Iterator[Variant]:
    """At each setting the model gives facets of the same conversations, and names their groups. Only the sampler has a
    seed. ``reconstruction_accuracy``: the share of conversations whose category is the one that is nearest to their
    group's name. ``repeat`` and the like: the agreement with the first seed."""
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
        outcome = group_all(bench, talks, asked, seed, facets)
        account = bench.account()
        base, top = trees[seed] = taxonomy(bench, asked, changed_asker(bench, account, model, seed, change))
        naming = cost_figures(account.total())
        figures = {
            **outcome.figures,
            "reconstruction_accuracy": base.reconstruction(described(talks.classes), talks.truth, bench),
            "top_ami": ami(top.labels, talks.truth),
            **{name: outcome.figures[name] + cost for name, cost in naming.items()},
        }
        if seed:
            first_base, first_top = trees[0]
            figures |= {
                "name_repeat": base.names_alike(first_base),
                "top_repeat": top.agreement(first_top),
                "top_name_repeat": top.names_alike(first_top),
            }
        return Outcome(figures, outcome.labels, "; ".join(top.names[:4]))

    return Variant(f"temperature {temperature:g}, top-p {top_p:g}", measure, model)
