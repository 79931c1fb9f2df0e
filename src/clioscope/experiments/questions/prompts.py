"""Prompts: how should the facets be asked for?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from clioscope.experiments.bench import Bench
from clioscope.experiments.draws import LEFT_OUT
from clioscope.experiments.experiment import Variant, experiment
from clioscope.experiments.model_facets import FACET_METRICS, facets_of, group_drawn
from clioscope.experiments.results import Results
from clioscope.models.chat import ChatRequest
from clioscope.prompts import prompt

DEFAULT, FREE, BEGUN = "examples, one call", "examples, free answer", "examples, free answer begun"
RUSSIAN = "examples and answers in Russian"
INSTRUCTED = f"instructions, {RUSSIAN}"


def free(request: ChatRequest) -> ChatRequest:
    """No schema holds the answer to its form. It is read as always."""
    return replace(request, schema=None)


def begun(request: ChatRequest) -> ChatRequest:
    """The prompt begins the answer for the model, as in the paper (Clio, G.3). There is no schema, since a grammar
    would begin the answer again."""
    return replace(free(request), prefill='{"request":"')


def in_russian(request: ChatRequest) -> ChatRequest:
    """The instructions too are in Russian (``prompts/facets_ru.txt``)."""
    (role, _), *turns = request.messages
    return replace(request, messages=((role, prompt("facets_ru")), *turns))


WAYS: dict[str, dict[str, Any]] = {
    DEFAULT: {},
    "no examples, one call": {"with_examples": False},
    "examples, one call per facet": {"calls": "each"},
    FREE: {"change": free},
    BEGUN: {"change": begun},
    "examples, one text to complete": {"completion": True},
    RUSSIAN: {"language": "ru"},
    INSTRUCTED: {"language": "ru", "change": in_russian},
}


def _conclude(results: Results) -> str:
    lines = []
    for part in results.parts():
        names = results.variants(part)
        best = results.best("ami", part)
        lines.append(f"{part}: highest AMI with {best} ({results.mean(best, 'ami', part):.3f}).")
        lines += [results.versus(name, DEFAULT, "ami", part, "AMI") for name in names if name != DEFAULT]
        pairs = ((BEGUN, FREE), (INSTRUCTED, RUSSIAN))
        lines += [results.versus(changed, before, "ami", part, "AMI") for changed, before in pairs]
        for metric, what in (
            ("copied", "Requests copied from an example"),
            ("leaked", "Conversations with three content words in their answers that come from an example alone"),
        ):
            shown = ", ".join(f"{name} {results.mean(name, metric, part):.1%}" for name in names)
            lines.append(f"{what}: {shown}.")
        tokens = ", ".join(f"{name} {results.mean(name, 'tokens', part):,.0f}" for name in names)
        lines.append(f"Tokens: {tokens}.")
    return " ".join(filter(None, lines))


@experiment(
    question="Which way of asking gives the best facets (chat turns or one text, answer begun or not, one call or one "
    "per facet, examples or none, English or Russian), and do examples leak into answers?",
    needs="an atlas of labelled ShareGPT (--atlas) with its input, an encoder, a language model (--model)",
    costs="10 questions per conversation, 2,340 in all, however many seeds",
    conclude=_conclude,
    data=("sharegpt-labelled",),
    show=tuple(metric for metric in FACET_METRICS if metric != "repeat"),
    models=1,
)
def prompts(bench: Bench) -> Iterator[Variant]:
    """The same facets of the same conversations, asked for in eight ways. For one text, the model's completions
    endpoint gets the turns with headings, without the chat template. Nothing is sampled: the model is asked once in
    each way, and every seed groups its own 80 % of the conversations."""
    talks = bench.conversations()
    for model in bench.models:
        for name, way in WAYS.items():
            once = cache(lambda m=model, w=way: facets_of(bench, talks, m, 0, **w))  # type: ignore[misc]
            yield Variant(
                name,
                lambda seed, o=once: group_drawn(bench, talks, o(), seed),  # type: ignore[misc]
                model,
                redrawn=LEFT_OUT,
            )
