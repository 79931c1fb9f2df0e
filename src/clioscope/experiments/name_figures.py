"""What a name is worth: does it find the members that its maker never saw?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clioscope.experiments.bench import Bench
from clioscope.experiments.groups_to_name import Groups
from clioscope.experiments.results import Results

SECOND_ENCODER = "all-mpnet-base-v2"
SCORES = {
    "retrieval": "retrieval",
    "reconstruction_accuracy": "reconstruction accuracy",
    "retrieval_second": "retrieval by the second encoder",
    "reconstruction_second": "reconstruction accuracy by the second encoder",
    "assign_back": "assign-back by the judge",
}


def name_figures(bench: Bench, groups: Groups, names: Sequence[str]) -> dict[str, float]:
    """The figures of names by the encoder (``encoder_figures``), by a second encoder that had no part in choosing them
    (``…_second``), and, under the first seed, by the judge if there is one (``judge_figures``). Also
    ``duplicate_names``, ``sibling_words``, and ``words``, the mean length of a name."""
    from clioscope.measure.naming import duplicate_names, sibling_words

    encoders = (bench.embedders[0], second_encoder(bench))
    own, other = (encoder_figures(bench, groups, names, encoder) for encoder in encoders)
    has_judge = len(answering_models(bench)) > 1
    judge = judge_figures(bench, groups, names) if has_judge and groups.seed == 0 else {}
    return {
        **own,
        **{f"{name.removesuffix('_accuracy')}_second": value for name, value in other.items()},
        **judge,
        "duplicate_names": duplicate_names(names).value,
        "sibling_words": sibling_words(names, groups.above).value,
        "words": float(np.mean([len(name.split()) for name in names])),
        "groups": float(groups.size),
    }


def second_encoder(bench: Bench) -> str:
    """The encoder that had no part in choosing names: the second one given, else ``SECOND_ENCODER``. A quick run takes
    the first encoder again."""
    return bench.embedders[1] if len(bench.embedders) > 1 else bench.few(bench.embedders[0], SECOND_ENCODER)


def answering_models(bench: Bench) -> list[str]:
    """The models that answer questions. The first one names, the second one judges."""
    return [model for model in bench.models if not model.endswith("(hidden)")]


def encoder_figures(bench: Bench, groups: Groups, names: Sequence[str], encoder: str) -> dict[str, float]:
    """``retrieval``: the share of unseen members whose nearest name, by the encoder, is that of their group (1 / k by
    chance). ``siblings``: the same among siblings only. ``reconstruction_accuracy``: the share of unseen members whose
    class is the one that the name of their group is nearest to."""
    from clioscope.vectors.centring import centre

    vectors, mean = centre(bench.encode(groups.texts, encoder))
    encoded = centre(bench.encode(list(names), encoder), mean)[0]
    held = np.flatnonzero(~groups.shown)
    cosines = vectors[held] @ encoded.T
    own = groups.labels[held]
    family = groups.above[None, :] == groups.above[own][:, None]
    among = np.where(family, cosines, -np.inf)
    several = family.sum(axis=1) > 1
    targets = centre(bench.encode(groups.described, encoder), mean)[0]
    given = (encoded @ targets.T).argmax(axis=1)
    return {
        "retrieval": float((cosines.argmax(axis=1) == own).mean()),
        "siblings": float((among.argmax(axis=1) == own)[several].mean()) if several.any() else float("nan"),
        "reconstruction_accuracy": float((given[own] == groups.truth[held]).mean()),
    }


def judge_figures(bench: Bench, groups: Groups, names: Sequence[str]) -> dict[str, float]:
    """What the judge says about unseen members: ``name_fit``, ``name_fit_nearest`` and ``assign_back`` of
    ``measure.judges``."""
    from clioscope.measure import evaluate
    from clioscope.measure.judges import assign_back, name_fit
    from clioscope.measure.judges.evidence import Evidence, Group
    from clioscope.measure.levels import Levels

    held = np.flatnonzero(~groups.shown)
    ids = [f"group {number}" for number in range(groups.size)]
    evidence = Evidence(
        [str(row) for row in held],
        [groups.texts[row] for row in held],
        None,
        None,
        groups.vectors[held],
        Levels([groups.labels[held].astype(np.int64)], [ids]),
        {group: Group(group, name, "", None, 0) for group, name in zip(ids, names, strict=True)},
        None,
    )
    ask, items = bench.ask(bench.account(), answering_models(bench)[1]), bench.few(4, 30)
    judgements = [judgement for judge in (name_fit, assign_back) for judgement in judge.judge(evidence, ask, items, 0)]
    figures = evaluate({"judgements": judgements}, ["name_fit", "name_fit_nearest", "assign_back"])
    return {name: figure.value for name, figure in figures.items()}


def best_names(results: Results, part: str) -> str:
    """A sentence that says which variant has the best names by each score."""
    shown = []
    for metric, what in SCORES.items():
        variant = results.best(metric, part)
        if variant:
            shown.append(f"{what}: {variant} ({results.mean(variant, metric, part):.3f})")
    return f"Best by {'; '.join(shown)}."


def compare_names(results: Results, first: str, second: str, part: str) -> list[str]:
    """One sentence per score that compares two variants."""
    return [results.versus(first, second, metric, part, what) for metric, what in SCORES.items()]


def few_names(names: Sequence[str], most: int = 4) -> str:
    """The first few names, for the notes of a report."""
    return "; ".join(names[:most])


NAME_METRICS = (
    "retrieval",
    "siblings",
    "reconstruction_accuracy",
    "retrieval_second",
    "siblings_second",
    "reconstruction_second",
    "name_fit",
    "name_fit_nearest",
    "assign_back",
    "duplicate_names",
    "sibling_words",
    "words",
    "questions",
    "tokens",
    "seconds",
)
