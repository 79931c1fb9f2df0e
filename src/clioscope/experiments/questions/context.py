"""Names in context: what does it help to show beside the members?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from clioscope.experiments.bench import Bench
from clioscope.experiments.draws import HALVES
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import cost_figures
from clioscope.experiments.groups_to_name import groups_of, phrases_of
from clioscope.experiments.name_figures import (
    NAME_METRICS,
    answering_models,
    best_names,
    compare_names,
    few_names,
    name_figures,
)
from clioscope.experiments.results import Results

PHRASES, ALONE = "typical phrases, no language model", "members"
LADDER = (ALONE, "+ nearest non-members", "+ siblings", "+ parent")


def _conclude(results: Results) -> str:
    lines = []
    for part in results.parts():
        names = [name for name in LADDER if name in results.variants(part)]
        lines.append(f"{part}: {best_names(results, part)}")
        for below, above in zip([PHRASES, *names], names, strict=False):
            lines += compare_names(results, above, below, part)
        if names:
            lines.append(results.versus(names[-1], names[0], "siblings", part, "retrieval among siblings"))
    return " ".join(filter(None, lines))


@experiment(
    question="Are names better when the model sees, beside the members, the nearest non-members, the siblings, "
    "the parent?",
    needs="CLINC150 or an atlas of labelled ShareGPT, an encoder, a language model (--model)",
    costs="about 130 questions per seed; with a second --model, which judges, 700 more",
    conclude=_conclude,
    data=("clinc150", "sharegpt-labelled"),
    show=NAME_METRICS,
    models=1,
)
def context(bench: Bench) -> Iterator[Variant]:
    """Each variant shows what the one before it shows, and more. Names are made from one half of each group. They are
    judged by whether they find the other half: by the encoder, by a second encoder (``--embedder`` given twice), and,
    under the first seed, by a judge (the second ``--model``)."""
    for model in answering_models(bench)[:1]:
        yield Variant(PHRASES, lambda seed: _phrases(bench, seed), f"{bench.data}, {model}", redrawn=HALVES)
        for rung, name in enumerate(LADDER):
            yield Variant(
                name,
                lambda seed, r=rung, m=model: _named(bench, m, r, seed),  # type: ignore[misc]
                f"{bench.data}, {model}",
                redrawn=HALVES,
            )


def _phrases(bench: Bench, seed: int) -> Outcome:
    from clioscope.naming.fallback import phrase_label

    groups = groups_of(bench, seed)
    names = [phrase_label(phrases, 10).name if phrases else "Texts without words" for phrases in phrases_of(groups)]
    return Outcome(name_figures(bench, groups, names), note=few_names(names))


def _named(bench: Bench, model: str, rung: int, seed: int) -> Outcome:
    """Names by a model that sees as much as the rung allows. The names of siblings and parents come from the rung
    below."""
    from clioscope.models.chat import ChatRequest
    from clioscope.naming.candidates import bullets, naming_request, proposal_parser
    from clioscope.naming.parent_question import ParentEvidence, parent_request
    from clioscope.naming.representatives import covering_members, nearest_outsiders, spread_members
    from clioscope.settings import NamingSettings

    settings = NamingSettings()
    groups = groups_of(bench, seed)
    account = bench.account()
    ask = bench.ask(account, model)
    centroids, phrases = groups.centroids(), phrases_of(groups)
    seen = groups.shown.nonzero()[0]

    def request(group: int, lines: str, outside: bool) -> ChatRequest:
        rows = groups.seen(group)
        rows = rows[covering_members(groups.vectors[rows], settings.members)]
        inside = (groups.labels == group)[seen]
        near = nearest_outsiders(centroids[group], groups.vectors[seen], inside, settings.contrast) if outside else ()
        made = naming_request(
            "name",
            [groups.texts[row] for row in rows],
            [groups.texts[seen[row]] for row in near],
            language="English",
            candidates=1,
            words=settings.max_words,
            phrases=phrases[group],
            item=f"group {group}",
        )
        role, text = made.messages[-1]
        return replace(made, messages=(*made.messages[:-1], (role, text + lines)))

    parser = proposal_parser(1, settings.max_words)

    def names_with(lines: list[str], outside: bool) -> list[str]:
        answers = ask.ask("names", [request(group, lines[group], outside) for group in range(groups.size)], parser)
        return [answer.names[0] if answer else ", ".join(phrases[group][:3]) for group, answer in enumerate(answers)]

    def evidence(own: list[int]) -> ParentEvidence:
        rows = np.flatnonzero(np.isin(groups.labels, own) & groups.shown)
        shown = rows[spread_members(groups.vectors[rows], groups.labels[rows], settings.members)]
        sizes = [(names[group], int((groups.labels == group).sum())) for group in own]
        members = [groups.texts[row] for row in shown]
        return ParentEvidence(sum(size for _, size in sizes), len(own), sizes, members, (), ())

    plain = [""] * groups.size
    names = names_with(plain, rung >= 1)
    if rung >= 2:
        lines = [
            f"\n\nOther groups, with other names:\n{bullets([names[other] for other in groups.siblings(group)])}"
            if len(groups.siblings(group))
            else ""
            for group in range(groups.size)
        ]
        if rung >= 3:
            parents = {}
            for parent in sorted({int(parent) for parent in groups.above}):
                own = [group for group in range(groups.size) if groups.above[group] == parent]
                asked = parent_request(evidence(own), language="English", candidates=1, words=10)
                answer = ask.ask("tree", [asked], parser)[0]
                parents[parent] = answer.names[0] if answer else names[own[0]]
            lines = [
                f"{line}\n\nAll of them are part of: {parents[int(groups.above[group])]}"
                for group, line in enumerate(lines)
            ]
        names = names_with(lines, True)
    cost = cost_figures(account.total())
    return Outcome(name_figures(bench, groups, names) | cost, note=few_names(names))
