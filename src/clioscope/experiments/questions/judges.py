"""Judges: which model gives the best facets, do judges agree, and do they favour their own work?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import numpy as np

from clioscope.experiments.bench import Bench
from clioscope.experiments.builds import kept_build
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.results import Results

_TASKS = ("faithfulness", "intrusion", "misfits")
_FIGURES = ("faithfulness", "faithfulness_foreign", "intrusion_random", "misfits", "calibration", "position_flips")
AGREEMENT = "agreement of the judges"
TELLS = 0.2  # a judge below this says the same about any facets


def _conclude(results: Results) -> str:
    lines = []
    for judge in _judges(results):
        part = f"judged by {judge}"
        best = results.best("seen", part)
        if not best:
            lines.append(f"{judge} gave no usable answers.")
            continue
        seen = f"{results.mean(best, 'seen', part):+.3f} over facets of another conversation"
        if judge in tells(results):
            lines.append(f"{part.capitalize()}: the most faithful facets are those of {best} ({seen}).")
        else:
            lines.append(f"{judge} does not tell facets of a conversation from those of another ({seen} at best).")
        by_extractor = [results.values(extractor, "calibration", part) for extractor in results.variants(part)]
        spoilt = [value for by_seed in by_extractor for value in by_seed.values()]
        if spoilt and max(spoilt) <= 0:
            lines.append(f"{judge} finds no more misfits in groups with more members swapped in.")
    biased = own_bias(results)
    if biased:
        shown = ", ".join(f"{name} {gap:+.3f}" for name, gap in biased.items())
        lines.append(f"Judges give their own facets more than the other judges give those: {shown}.")
    else:
        lines.append("A bias to their own work shows only with two judges that tell facets apart.")
    return " ".join(lines)


def _judges(results: Results) -> list[str]:
    return [part.removeprefix("judged by ") for part in results.parts() if part != AGREEMENT]


def tells(results: Results) -> list[str]:
    """The judges that say yes at least TELLS more often to some extractor's facets than to facets of other
    conversations."""
    able = []
    for judge in _judges(results):
        part = f"judged by {judge}"
        if results.mean(results.best("seen", part), "seen", part) >= TELLS:
            able.append(judge)
    return able


def own_bias(results: Results) -> dict[str, float]:
    """For each judge that tells facets apart: what it gives its own facets, less what the other such judges give them.
    Each judge's figures are counted from its mean over all extractors."""
    models = _judges(results)

    def relative(judge: str, extractor: str) -> float:
        part = f"judged by {judge}"
        usual = float(np.mean([results.mean(model, "seen", part) for model in models]))
        return results.mean(extractor, "seen", part) - usual

    gaps = {}
    for judge in (able := tells(results)):
        by_others = [relative(other, judge) for other in able if other != judge]
        if by_others and math.isfinite(gap := relative(judge, judge) - float(np.mean(by_others))):
            gaps[judge] = gap
    return gaps


@experiment(
    question="Which language model extracts the best facets, how far do language models agree as judges, and do they "
    "favour their own?",
    needs="an atlas of labelled ShareGPT (--atlas) with its input, two or more language models (--model A --model B)",
    costs="one build per model and about 260 questions per pair",
    conclude=_conclude,
    data=("sharegpt-labelled",),
    show=("seen", *_FIGURES, "kappa", "alpha"),
    models=1,
)
def judges(bench: Bench) -> Iterator[Variant]:
    """Every model builds an atlas of the same conversations, and every model judges all atlases. ``seen``: faithfulness
    less that of facets of other conversations, since a judge may say yes to everything."""
    talks = bench.conversations()

    @cache
    def judged(extractor: str, seed: int) -> dict[str, dict[str, float]]:
        from clioscope.measure.measured import measure_atlas
        from clioscope.settings import load_settings

        settings = load_settings(model__name=extractor, embedding__model=bench.embedders[0], seed=0)
        with kept_build(bench, talks, settings) as (atlas, _):
            measured = measure_atlas(
                atlas,
                judges=bench.models,
                judge_tasks=_TASKS,
                judge_items=bench.few(4, 30),
                author_may_judge=True,
                stability=False,
                seed=seed,
                write=False,
            )
        figures: dict[str, dict[str, float]] = {model: {} for model in bench.models}
        figures[AGREEMENT] = {}
        names = dict(zip(measured.facts["judges"], bench.models, strict=False))
        for metric, part, value in measured.table.select("metric", "part", "value").iter_rows():
            if part in names and metric in _FIGURES:
                figures[names[part]][metric] = value
            elif str(part).startswith("faithfulness") and str(part).endswith(": judges"):
                figures[AGREEMENT][metric.split("_")[-1]] = value
        for own in figures.values():
            if "faithfulness" in own and "faithfulness_foreign" in own:
                own["seen"] = own["faithfulness"] - own["faithfulness_foreign"]
        return figures

    for judge in (*bench.models, *((AGREEMENT,) if len(bench.models) > 1 else ())):
        for extractor in bench.models:
            yield Variant(
                extractor,
                lambda seed, e=extractor, j=judge: Outcome(judged(e, seed)[j]),  # type: ignore[misc]
                judge if judge == AGREEMENT else f"judged by {judge}",
            )
