"""How far to trust the judges: do they agree, and do they answer the same when asked again or in another order?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from clioscope.measure.figure import UNDEFINED, Figure, share
from clioscope.measure.judges.judgement import Judgement
from clioscope.measure.metric import metric
from clioscope.measure.raters import Ratings, cohen, fleiss, krippendorff, with_interval

Key = tuple[str, str, str, int, int | None]
_BASELINES = ("encoder", "words")  # no answers of a judge


@metric(
    "validation",
    low=0,
    high=1,
    better="lower",
    meaning="Share of questions with another answer when the options are in the opposite order: position bias.",
    source="docs/measuring.md",
)
def position_flips(judgements: Sequence[Judgement]) -> Figure:
    """Share of questions, asked in two orders, whose answers differ."""
    orders: dict[tuple[str, str, str, int | None], dict[int, str]] = {}
    for judgement in judgements:
        if judgement.answer is not None and judgement.repeat == 0 and judgement.variant not in _BASELINES:
            question = (judgement.task, judgement.item, judgement.variant, judgement.level)
            orders.setdefault(question, {})[judgement.order] = judgement.answer
    both = [answers for answers in orders.values() if len(answers) == 2]
    return share(sum(len(set(answers.values())) == 2 for answers in both), len(both)) if both else UNDEFINED


@metric(
    "validation",
    low=0,
    high=1,
    better="higher",
    meaning="Share of questions with the same answer when asked again (this does not mean that it is right).",
    source="docs/measuring.md",
)
def repeatability(judgements: Sequence[Judgement]) -> Figure:
    """Share of questions, asked again at temperature 0.5 with another seed, whose answers are equal."""
    first = {key_of(judgement): judgement.answer for judgement in judgements if judgement.repeat == 0}
    repeats = [judgement for judgement in judgements if judgement.repeat == 1 and judgement.answer is not None]
    pairs = [(first.get(key_of(judgement)), judgement.answer) for judgement in repeats]
    known = [(before, after) for before, after in pairs if before is not None]
    return share(sum(before == after for before, after in known), len(known)) if known else UNDEFINED


@metric(
    "validation",
    low=0,
    high=1,
    better="higher",
    meaning="Share of questions to which the judge gave a usable answer.",
    source="counting",
)
def answered(judgements: Sequence[Judgement]) -> Figure:
    """Share of all questions that have an answer; the others stand in the ledger of the measures."""
    asked = [judgement for judgement in judgements if judgement.variant not in _BASELINES]
    return share(sum(judgement.answer is not None for judgement in asked), len(asked)) if asked else UNDEFINED


def key_of(judgement: Judgement) -> Key:
    """What makes two judgements answers to the same question."""
    return (judgement.task, judgement.item, judgement.variant, judgement.order, judgement.level)


def agreement(raters: Mapping[str, Sequence[Judgement]]) -> Iterator[tuple[str, str, Figure]]:
    """Agreement of two or more raters, by task: (metric, task, figure).

    Krippendorff's alpha always, of the scores of privacy as an ordinal scale; of other answers Cohen's kappa for
    two raters, Fleiss' for more. Intervals and n are over items: a conversation or group asked about in two orders,
    several variants or at several levels is one. A rater may be a person.
    """
    tables = {
        rater: {
            key_of(judgement): judgement.answer
            for judgement in judgements
            if judgement.repeat == 0 and judgement.variant not in _BASELINES
        }
        for rater, judgements in raters.items()
    }
    if len(tables) < 2:
        return
    keys = sorted({key for table in tables.values() for key in table}, key=str)
    for task in sorted({key[0] for key in keys}):
        if task == "codebook":  # every judge has categories of its own
            continue
        here = [key for key in keys if key[0] == task and sum(_said(table, key) for table in tables.values()) > 1]
        items = [key[1] for key in here]
        if len(set(items)) < 2:
            continue
        ratings: list[Ratings] = [[table.get(key) for key in here] for table in tables.values()]
        measures: dict[str, Callable[[Sequence[Ratings]], float]]
        if task == "privacy":
            ratings = [[int(str(score)) if str(score).isdigit() else None for score in scores] for scores in ratings]
            measures = {"krippendorff_alpha": partial(krippendorff, scale="ordinal")}
        else:
            kappa = {"cohen_kappa": lambda rows: cohen(*rows)} if len(tables) == 2 else {"fleiss_kappa": fleiss}
            measures = {"krippendorff_alpha": krippendorff, **kappa}
        for name, measure in measures.items():
            yield name, task, with_interval(measure, ratings, items)


def _said(table: Mapping[Key, str | None], key: Key) -> bool:
    return table.get(key) is not None
