"""Context-aware names: what does it help to show beside the members?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from clioscope.experiments.bench import Bench
from clioscope.experiments.data import HALVES
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.name_figures import SHOW, Groups, bests, compared, groups_of, name_figures, some, working
from clioscope.experiments.results import Results

PHRASES, ALONE = "typical phrases, no language model", "members"
LADDER = (ALONE, "+ nearest non-members", "+ siblings", "+ parent")


def _conclude(found: Results) -> str:
    lines = []
    for part in found.parts():
        names = [one for one in LADDER if one in found.variants(part)]
        lines.append(f"{part}: {bests(found, part)}")
        for below, above in zip([PHRASES, *names], names, strict=False):
            lines += compared(found, above, below, part)
        if names:
            lines.append(found.versus(names[-1], names[0], "siblings", part, "retrieval among siblings"))
    return " ".join(filter(None, lines))


@experiment(
    question="Are names better when the model sees, beside the members, the nearest non-members, the siblings, "
    "the parent?",
    needs="CLINC150 or an atlas of labelled ShareGPT, an encoder, a language model (--model)",
    costs="about 130 questions a seed; with a second --model, which judges, 700 more",
    conclude=_conclude,
    data=("clinc150", "sharegpt-labelled"),
    show=SHOW,
    models=1,
)
def context(bench: Bench) -> Iterator[Variant]:
    """Each rung shows what the one before it shows, and more. Names are made from one half of each group and judged by
    whether they find the other half, by the encoder, by a second one (``--embedder`` given twice) and by a judge (the
    second ``--model``; under the first seed)."""
    for model in working(bench)[:1]:
        yield Variant(PHRASES, lambda seed: _phrases(bench, seed), f"{bench.data}, {model}", redrawn=HALVES)
        for rung, name in enumerate(LADDER):
            yield Variant(
                name,
                lambda seed, r=rung, m=model: _named(bench, m, r, seed),  # type: ignore[misc]
                f"{bench.data}, {model}",
                redrawn=HALVES,
            )


def phrases_of(groups: Groups, most: int = 6) -> list[Sequence[str]]:
    """The phrases that set each group apart, from what is seen of it."""
    from clioscope.naming.phrases import distinguishing_phrases

    seen = groups.shown.nonzero()[0]
    found = distinguishing_phrases([groups.texts[row] for row in seen], groups.labels[seen])
    return [list(one)[:most] for one in found]


def _phrases(bench: Bench, seed: int) -> Outcome:
    from clioscope.naming.fallback import phrase_label

    groups = groups_of(bench, seed)
    names = [phrase_label(one, 10).name if one else "Texts without words" for one in phrases_of(groups)]
    return Outcome(name_figures(bench, groups, names), note=some(names))


def _named(bench: Bench, model: str, rung: int, seed: int) -> Outcome:
    """Names by a model that sees as much as the rung allows; siblings and parents are called by the rung below."""
    from clioscope.models.chat import ChatRequest
    from clioscope.naming.candidates import bullets, naming_request, proposal_parser
    from clioscope.naming.representatives import covering_members, nearest_outsiders
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
        return [one.names[0] if one else ", ".join(phrases[group][:3]) for group, one in enumerate(answers)]

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
            for parent in sorted({int(one) for one in groups.above}):
                children = [names[group] for group in range(groups.size) if groups.above[group] == parent]
                asked = naming_request("name_parent", children, (), language="English", candidates=1, words=10)
                answer = ask.ask("tree", [asked], parser)[0]
                parents[parent] = answer.names[0] if answer else children[0]
            lines = [
                f"{line}\n\nAll of them are part of: {parents[int(groups.above[group])]}"
                for group, line in enumerate(lines)
            ]
        names = names_with(lines, True)
    total = account.total()
    cost = {
        "questions": float(total.calls + total.cached),
        "tokens": float(total.prompt_tokens + total.completion_tokens),
    }
    return Outcome(name_figures(bench, groups, names) | cost, note=some(names))
