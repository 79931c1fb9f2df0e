"""Sampling: what do temperature and top-p do to facets and to the groups made of them?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.asked import SHOW, asked_facets
from clioscope.experiments.bench import Bench
from clioscope.experiments.experiment import Variant, experiment
from clioscope.experiments.results import Results

TEMPERATURES, TOPS = (0.0, 0.3, 0.7, 1.0), (1.0, 0.8)


def _conclude(found: Results) -> str:
    lines = []
    for part in found.parts():
        names = found.variants(part)
        greedy = names[0]
        best = found.best("ami", part)
        lines.append(f"{part}: highest AMI with {best} ({found.mean(best, 'ami', part):.3f}).")
        if best != greedy:
            lines.append(found.versus(best, greedy, "ami", part, "AMI"))
        hot = names[-1]
        lines.append(
            "Facets of one conversation under two seeds have a mean cosine of "
            f"{found.mean(greedy, 'repeat', part):.3f} with {greedy} and "
            f"{found.mean(hot, 'repeat', part):.3f} with {hot}."
        )
    return " ".join(filter(None, lines))


@experiment(
    question="Do temperature and top-p change how good and how repeatable facets and groups are?",
    needs="an atlas of labelled ShareGPT (--atlas) with its input, an encoder, a language model (--model)",
    costs="up to 7 x 234 questions a seed",
    conclude=_conclude,
    data=("sharegpt-labelled",),
    show=SHOW,
    models=1,
)
def sampling(bench: Bench) -> Iterator[Variant]:
    """The same facets of the same conversations at each setting, with a seed of its own for the sampler."""
    talks = bench.conversations()
    for model in bench.models:
        for temperature in bench.few((0.0, 0.7), TEMPERATURES):
            for top in TOPS if temperature and not bench.quick else (1.0,):
                remember: dict[int, NDArray[np.float32]] = {}
                yield Variant(
                    f"temperature {temperature:g}, top-p {top:g}",
                    lambda seed, m=model, t=temperature, p=top, r=remember: asked_facets(  # type: ignore[misc]
                        bench,
                        talks,
                        m,
                        seed,
                        change=lambda request: replace(request, temperature=t, top_p=p),
                        remember=r,
                    ),
                    model,
                )
