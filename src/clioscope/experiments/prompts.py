"""Prompts: how should the facets be asked for?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from clioscope.experiments.asked import SHOW, asked_facets
from clioscope.experiments.bench import Bench
from clioscope.experiments.experiment import Variant, experiment
from clioscope.experiments.results import Results
from clioscope.models.chat import ChatRequest

DEFAULT = "examples, one call"


def prefilled(request: ChatRequest) -> ChatRequest:
    """The answer is begun for the model, as in the paper (Clio, G.3)."""
    return replace(request, prefill='{"request":"')


def unframed(request: ChatRequest) -> ChatRequest:
    """All turns in one message of the user: instructions, examples and question as one text to be completed."""
    text = "\n\n".join(content if role != "assistant" else f"Answer: {content}" for role, content in request.messages)
    return replace(request, messages=(("user", f"{text}\n\nAnswer:"),))


WAYS: dict[str, dict[str, Any]] = {
    DEFAULT: {},
    "no examples, one call": {"with_examples": False},
    "examples, one call a facet": {"calls": "each"},
    "examples, answer begun": {"change": prefilled},
    "examples, one text to complete": {"change": unframed},
    "examples and answers in Russian": {"language": "ru"},
}


def _conclude(found: Results) -> str:
    lines = []
    for part in found.parts():
        best = found.best("ami", part)
        lines.append(f"{part}: highest AMI with {best} ({found.mean(best, 'ami', part):.3f}).")
        lines += [found.versus(name, DEFAULT, "ami", part, "AMI") for name in found.variants(part) if name != DEFAULT]
        lines.append(
            f"Of the requests {found.mean(DEFAULT, 'copied', part):.1%} are copies of an example's; tokens: "
            + ", ".join(f"{name} {found.mean(name, 'tokens', part):,.0f}" for name in found.variants(part))
            + "."
        )
    return " ".join(filter(None, lines))


@experiment(
    question="Chat turns or one text, answer begun or not, one call or one a facet, examples or none, English or "
    "Russian: which way of asking gives the best facets, and do examples leak into answers?",
    needs="an atlas of labelled ShareGPT (--atlas) with its input, an encoder, a language model (--model)",
    costs="8 x 234 questions a seed (greedy, so one seed will do)",
    conclude=_conclude,
    data=("sharegpt-labelled",),
    show=SHOW,
    models=1,
)
def prompts(bench: Bench) -> Iterator[Variant]:
    """The same facets of the same conversations, asked for in six ways."""
    talks = bench.conversations()
    for model in bench.models:
        for name, way in WAYS.items():
            yield Variant(
                name,
                lambda seed, m=model, w=way: asked_facets(bench, talks, m, seed, **w),  # type: ignore[misc]
                model,
            )
