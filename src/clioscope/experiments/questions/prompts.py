"""Prompts: how should the facets be asked for?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import LEFT_OUT
from clioscope.experiments.experiment import Variant, experiment
from clioscope.experiments.model_facets import SHOW, facets_of, group_draw
from clioscope.experiments.results import Results
from clioscope.models.chat import ChatRequest
from clioscope.prompts import prompt

DEFAULT, FREE, BEGUN = "examples, one call", "examples, free answer", "examples, free answer begun"
RUSSIAN = "examples and answers in Russian"
INSTRUCTED = f"instructions, {RUSSIAN}"


def free(request: ChatRequest) -> ChatRequest:
    """Nothing holds the answer to its form; it is read as always."""
    return replace(request, schema=None)


def begun(request: ChatRequest) -> ChatRequest:
    """The answer is begun for the model, as in the paper (Clio, G.3). Free, since a grammar would begin it again."""
    return replace(free(request), prefill='{"request":"')


def in_russian(request: ChatRequest) -> ChatRequest:
    """The instructions in Russian too (``prompts/facets_ru.txt``)."""
    (role, _), *turns = request.messages
    return replace(request, messages=((role, prompt("facets_ru")), *turns))


WAYS: dict[str, dict[str, Any]] = {
    DEFAULT: {},
    "no examples, one call": {"with_examples": False},
    "examples, one call a facet": {"calls": "each"},
    FREE: {"change": free},
    BEGUN: {"change": begun},
    "examples, one text to complete": {"completion": True},
    RUSSIAN: {"language": "ru"},
    INSTRUCTED: {"language": "ru", "change": in_russian},
}


def _conclude(found: Results) -> str:
    lines = []
    for part in found.parts():
        names = found.variants(part)
        best = found.best("ami", part)
        lines.append(f"{part}: highest AMI with {best} ({found.mean(best, 'ami', part):.3f}).")
        lines += [found.versus(name, DEFAULT, "ami", part, "AMI") for name in names if name != DEFAULT]
        lines += [found.versus(one, other, "ami", part, "AMI") for one, other in ((BEGUN, FREE), (INSTRUCTED, RUSSIAN))]
        for metric, what in (
            ("copied", "Requests that are an example's"),
            ("leaked", "Conversations in whose answers three content words are an example's and not their own"),
        ):
            shown = ", ".join(f"{name} {found.mean(name, metric, part):.1%}" for name in names)
            lines.append(f"{what}: {shown}.")
        lines.append("Tokens: " + ", ".join(f"{name} {found.mean(name, 'tokens', part):,.0f}" for name in names) + ".")
    return " ".join(filter(None, lines))


@experiment(
    question="Chat turns or one text, answer begun or not, one call or one a facet, examples or none, English or "
    "Russian: which way of asking gives the best facets, and do examples leak into answers?",
    needs="an atlas of labelled ShareGPT (--atlas) with its input, an encoder, a language model (--model)",
    costs="10 questions a conversation, 2,340 in all, however many seeds",
    conclude=_conclude,
    data=("sharegpt-labelled",),
    show=tuple(one for one in SHOW if one != "repeat"),
    models=1,
)
def prompts(bench: Bench) -> Iterator[Variant]:
    """The same facets of the same conversations, asked for in eight ways. The model's completions endpoint gets the
    same turns as one text with headings, without its chat template. Nothing is sampled: each way is asked once, and
    every seed groups its own 80 % of the conversations."""
    talks = bench.conversations()
    for model in bench.models:
        for name, way in WAYS.items():
            once = cache(lambda m=model, w=way: facets_of(bench, talks, m, 0, **w))  # type: ignore[misc]
            yield Variant(
                name,
                lambda seed, o=once: group_draw(bench, talks, o(), seed),  # type: ignore[misc]
                model,
                redrawn=LEFT_OUT,
            )
