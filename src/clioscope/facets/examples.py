"""Examples that the model sees before the conversation it is asked about (few-shot; Brown et al. 2020)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clioscope.prompts import compact, examples

if TYPE_CHECKING:
    from clioscope.facets.facet import Facet


def answered_examples(facets: Sequence[Facet], language: str) -> list[tuple[str, str]]:
    """Pairs of a conversation and the answer to ``facets`` as compact JSON, in ``language`` (its English name).

    Built-in facets are answered in ``prompts/examples.toml``, a facet of a user by its own ``examples``, in
    their order. Facets without an answer are left out of it, and an example without any answer is not shown.
    """
    pairs = []
    for number, example in enumerate(examples("facets")):
        known = example.get(language, {})
        answer = {
            facet.name: facet.examples[number] if number < len(facet.examples) else known[facet.name]
            for facet in facets
            if number < len(facet.examples) or facet.name in known
        }
        if answer:
            pairs.append((example["user"], compact(answer)))
    return pairs


def example_answers(facet: Facet, language: str) -> list[str | int | float]:
    """The answers to one facet that ``answered_examples`` shows to the model."""
    return [
        facet.examples[number] if number < len(facet.examples) else example[language][facet.name]
        for number, example in enumerate(examples("facets"))
        if number < len(facet.examples) or facet.name in example.get(language, {})
    ]
