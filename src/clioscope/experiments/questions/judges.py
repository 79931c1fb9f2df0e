"""Judges: which model extracts best, do judges agree, and do they favour their own work?"""

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
TELLS = 0.2  # less than this and a judge says the same of any facets


def _conclude(found: Results) -> str:
    lines = []
    for judge in _judges(found):
        part = f"judged by {judge}"
        best = found.best("seen", part)
        if not best:
            lines.append(f"{judge} gave no usable answers.")
            continue
        seen = f"{found.mean(best, 'seen', part):+.3f} over facets of another conversation"
        if judge in tells(found):
            lines.append(f"{part.capitalize()}: the most faithful facets are those of {best} ({seen}).")
        else:
            lines.append(f"{judge} does not tell facets of a conversation from those of another ({seen} at best).")
        spoilt = [value for one in found.variants(part) for value in found.values(one, "calibration", part).values()]
        if spoilt and max(spoilt) <= 0:
            lines.append(f"{judge} finds no more misfits in groups that more members were swapped in.")
    biased = own_bias(found)
    if biased:
        shown = ", ".join(f"{name} {gap:+.3f}" for name, gap in biased.items())
        lines.append(f"What a judge gives its own facets more than the other judges do: {shown}.")
    else:
        lines.append("Bias to their own work needs two judges that tell them.")
    return " ".join(lines)


def _judges(found: Results) -> list[str]:
    return [part.removeprefix("judged by ") for part in found.parts() if part != AGREEMENT]


def tells(found: Results) -> list[str]:
    """The judges that give some extractor's facets TELLS more yeses than facets of other conversations."""
    best = {judge: found.best("seen", f"judged by {judge}") for judge in _judges(found)}
    return [judge for judge, one in best.items() if found.mean(one, "seen", f"judged by {judge}") >= TELLS]


def own_bias(found: Results) -> dict[str, float]:
    """For each judge that tells facets at all: how it judges its own, less how the other such judges judge them, each
    counted from what the judge gives to all extractors on the average."""
    models = _judges(found)

    def relative(judge: str, extractor: str) -> float:
        part = f"judged by {judge}"
        return found.mean(extractor, "seen", part) - float(np.mean([found.mean(one, "seen", part) for one in models]))

    gaps = {}
    for one in (able := tells(found)):
        others = [relative(judge, one) for judge in able if judge != one]
        if others and math.isfinite(gap := relative(one, one) - float(np.mean(others))):
            gaps[one] = gap
    return gaps


@experiment(
    question="Which language model extracts the best facets, how far do language models agree as judges, and do they "
    "favour their own?",
    needs="an atlas of labelled ShareGPT (--atlas) with its input, two or more language models (--model A --model B)",
    costs="a build a model and about 260 questions a pair",
    conclude=_conclude,
    data=("sharegpt-labelled",),
    show=("seen", *_FIGURES, "kappa", "alpha"),
    models=1,
)
def judges(bench: Bench) -> Iterator[Variant]:
    """Every model builds an atlas of the same conversations, every model judges all of them. ``seen``: faithfulness
    less that of facets of other conversations, for a judge that says yes to everything."""
    talks = bench.conversations()

    @cache
    def judged(extractor: str, seed: int) -> dict[str, dict[str, float]]:
        from clioscope.measure.measured import measure_atlas
        from clioscope.settings import load_settings

        settings = load_settings(model__name=extractor, embedding__model=bench.embedders[0], seed=0)
        with kept_build(bench, talks, settings) as (atlas, _):
            found = measure_atlas(
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
        names = dict(zip(found.facts["judges"], bench.models, strict=False))
        for metric, part, value in found.table.select("metric", "part", "value").iter_rows():
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
