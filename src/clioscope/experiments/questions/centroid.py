"""Centroid decoding: names from the mean of the members' vectors instead of from the members."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.experiments.bench import Bench
from clioscope.experiments.draws import HALVES
from clioscope.experiments.experiment import Outcome, Variant, experiment
from clioscope.experiments.figures import cost_figures
from clioscope.experiments.groups_to_name import Groups, groups_of, phrases_of
from clioscope.experiments.name_figures import (
    NAME_METRICS,
    answering_models,
    best_names,
    compare_names,
    few_names,
    name_figures,
)
from clioscope.experiments.results import Results

STATES = "qwen2.5-coder-0.5b"
BASE = "typical phrases of members (c-TF-IDF)"
MEMBERS = "members shown to the language model"
_PROMPT = "What is this message about? Answer with two to five words.\n\nMessage:{}"


def _conclude(results: Results) -> str:
    lines = []
    for part in results.parts():
        best = results.best("retrieval", part)
        chance = 1 / results.mean(best, "groups", part)
        lines.append(f"{part + ': ' if part else ''}{best_names(results, part)} Chance of retrieval is {chance:.3f}.")
        bank = results.best("retrieval", part, among="phrase bank")
        lines += compare_names(results, bank, BASE, part)
        patched = results.best("retrieval", part, among="hidden state")
        against = next((name for name in results.variants(part) if name.startswith(MEMBERS)), BASE)
        if patched:
            lines += compare_names(results, patched, against, part)
        for name in [name for name in results.variants(part) if name.startswith("generate, embed, select")]:
            lines += compare_names(results, name, name.replace("generate, embed, select", "first name"), part)
    return " ".join(filter(None, lines))


@experiment(
    question="Can a group be named by turning the mean of its members' vectors back into words, and is that as good as "
    "naming by members?",
    needs="CLINC150 or an atlas of labelled ShareGPT, an encoder, a 0.5B model through transformers; generating and "
    "selecting needs --model",
    costs="6 minutes on two cores; with --model about 60 questions per seed; with a second one, which judges, 1,400 "
    "more",
    conclude=_conclude,
    data=("clinc150", "sharegpt-labelled"),
    show=NAME_METRICS,
)
def centroid(bench: Bench) -> Iterator[Variant]:
    """Three ways. (a) The mean hidden state of the members' last tokens is put into the same model's forward pass
    (Patchscopes, SelfIE). (b) A bank of phrases gives the one nearest to the mean, the one that also differs from the
    parent, or a sparse sum of three. (c) A model generates several names, and the best by its vector is selected. Names
    are made from one half of each group and judged by the other, as in ``context``. ``--model "NAME (hidden)"`` sets
    other weights for (a)."""
    yield _variant(
        BASE, lambda seed: _by(bench, seed, lambda groups: [", ".join(phrases[:3]) for phrases in phrases_of(groups)])
    )
    for name, decode in DECODERS.items():
        yield _variant(
            f"phrase bank, {name}",
            lambda seed, d=decode: _by(bench, seed, lambda groups: from_bank(bench, groups, d)),  # type: ignore[misc]
        )
    states = next((model for model in bench.models if model.endswith("(hidden)")), f"{STATES} (hidden)")
    source = states.removesuffix("(hidden)").strip()
    yield _variant(
        f"{MEMBERS} ({source})", lambda seed: _by(bench, seed, lambda groups: _from_members(bench, source, groups))
    )
    for share in bench.few((0.5,), (0.25, 0.5, 0.75)):
        yield _variant(
            f"hidden state of depth {share:g} patched in ({source})",
            lambda seed, s=share: _by(bench, seed, lambda groups: _patched(bench, source, groups, s)),  # type: ignore[misc]
        )
    for model in answering_models(bench)[:1]:
        for name, count in (("first name", 1), ("generate, embed, select", 6)):
            yield _variant(f"{name} ({model})", lambda seed, m=model, c=count: _generated(bench, m, c, seed))  # type: ignore[misc]


def _variant(name: str, measure: Callable[[int], Outcome]) -> Variant:
    return Variant(name, measure, redrawn=HALVES)


def _by(bench: Bench, seed: int, namer: Callable[[Groups], list[str]]) -> Outcome:
    groups = groups_of(bench, seed)
    names = namer(groups)
    return Outcome(name_figures(bench, groups, names), note=few_names(names))


# -- (b) a bank of phrases ------------------------------------------------------------------------------------

Decode = Callable[[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]], list[int]]


def nearest(own: NDArray[np.float32], parent: NDArray[np.float32], bank: NDArray[np.float32]) -> list[int]:
    """The phrase nearest to the centroid."""
    return [int((bank @ own).argmax())]


def against_parent(own: NDArray[np.float32], parent: NDArray[np.float32], bank: NDArray[np.float32]) -> list[int]:
    """The phrase near to the centroid and far from that of the parent: the highest 2 cos(own) - cos(parent)."""
    return [int((2 * (bank @ own) - bank @ parent).argmax())]


def sparse(
    own: NDArray[np.float32], parent: NDArray[np.float32], bank: NDArray[np.float32], atoms: int = 3
) -> list[int]:
    """The phrases whose weighted sum is nearest to the centroid, by orthogonal matching pursuit (Pati et al. 1993)."""
    chosen: list[int] = []
    rest: NDArray[Any] = own.astype(np.float64)
    for _ in range(atoms):
        fit = bank @ rest
        fit[chosen] = -np.inf
        chosen.append(int(fit.argmax()))
        basis = bank[chosen].T.astype(np.float64)
        rest = own - basis @ np.linalg.lstsq(basis, own, rcond=None)[0]
    return chosen


DECODERS: dict[str, Decode] = {"nearest": nearest, "against the parent": against_parent, "sparse sum of three": sparse}


def phrase_bank(texts: list[str], most: int) -> list[str]:
    """The ``most`` frequent runs of up to four words that at least two texts share. Runs of grammar alone do not
    count."""
    from collections import Counter

    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    analyse = CountVectorizer(ngram_range=(1, 4), token_pattern=r"(?u)\b[^\W\d_][\w'-]+\b").build_analyzer()
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(analyse(text)))

    def has_content(phrase: str) -> bool:
        words = phrase.split()
        return words[-1] not in ENGLISH_STOP_WORDS and any(word not in ENGLISH_STOP_WORDS for word in words)

    kept = [phrase for phrase, count in counts.items() if count > 1 and has_content(phrase)]
    return sorted(kept, key=lambda phrase: (-counts[phrase] * len(phrase.split()), phrase))[:most]


def from_bank(bench: Bench, groups: Groups, decode: Decode) -> list[str]:
    """A name for each group from the bank of phrases."""
    from clioscope.vectors.centring import centre
    from clioscope.vectors.centroids import centroids_of

    bank = phrase_bank([groups.texts[row] for row in groups.shown.nonzero()[0]], bench.few(300, 2000))
    encoded = centre(bench.encode(bank), groups.mean)[0]
    own = groups.centroids()
    parents = centroids_of(own, groups.above, int(groups.above.max()) + 1)
    return [
        ", ".join(bank[place] for place in decode(own[group], parents[groups.above[group]], encoded))
        for group in range(groups.size)
    ]


# -- (a) hidden states ----------------------------------------------------------------------------------------

_OPEN: dict[str, Any] = {}


def _language_model(source: str) -> Any:
    from clioscope.experiments.hidden_states import HiddenStates

    if source not in _OPEN:
        _OPEN.clear()
        _OPEN[source] = HiddenStates(source)
    return _OPEN[source]


def _patched(bench: Bench, source: str, groups: Groups, share: float) -> list[str]:
    """Names by the model, which gets the mean of the members' last states at an early layer instead of a message."""
    model = _language_model(source)
    layer = max(1, round(share * model.layers))
    rows = [groups.seen(group)[:24] for group in range(groups.size)]
    texts = [groups.texts[row] for own in rows for row in own]
    states = model.states(texts, [layer])["last", layer]
    starts = np.cumsum([0, *map(len, rows)])
    common = states.mean(axis=0)
    names = []
    for group in range(groups.size):
        own = states[starts[group] : starts[group + 1]].mean(axis=0)
        # what all messages share says nothing about the group
        names.append(model.say(_PROMPT, patch=own + (own - common), layer=max(1, round(0.1 * model.layers))))
    return names


def _from_members(bench: Bench, source: str, groups: Groups) -> list[str]:
    """Names by the same model to the same question, which gets members instead of their mean."""
    from clioscope.naming.representatives import covering_members

    model = _language_model(source)
    names = []
    for group in range(groups.size):
        rows = groups.seen(group)
        rows = rows[covering_members(groups.vectors[rows], 6)]
        names.append(model.say(_PROMPT.format("".join(f"\n- {groups.texts[row][:160]}" for row in rows))))
    return names


# -- (c) generate, embed, select ------------------------------------------------------------------------------


def _generated(bench: Bench, model: str, candidates: int, seed: int) -> Outcome:
    from clioscope.naming.candidates import best_name, naming_request, proposal_parser
    from clioscope.naming.representatives import covering_members
    from clioscope.vectors.centring import centre

    groups = groups_of(bench, seed)
    account = bench.account()
    ask = bench.ask(account, model)
    phrases = phrases_of(groups)
    requests = []
    for group in range(groups.size):
        rows = groups.seen(group)
        rows = rows[covering_members(groups.vectors[rows], 12)]
        shown = [groups.texts[row] for row in rows]
        requests.append(
            naming_request(
                "name", shown, (), language="English", candidates=candidates, words=10, phrases=phrases[group]
            )
        )
    centroids = groups.centroids()
    names = []
    for group, answer in enumerate(ask.ask("names", requests, proposal_parser(candidates, 10))):
        options = answer.names if answer else (", ".join(phrases[group][:3]),)
        encoded = centre(bench.encode(list(options)), groups.mean)[0]
        names.append(options[best_name(options, encoded, centroids[group], np.delete(centroids, group, axis=0))])
    cost = cost_figures(account.total())
    return Outcome(name_figures(bench, groups, names) | cost, note=few_names(names))
