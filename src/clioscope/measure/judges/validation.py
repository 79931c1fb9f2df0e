"""How far to trust the judges: do they agree, repeat themselves, and answer the same in another order?"""

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
    meaning="Share of questions answered otherwise when the options stand in the opposite order: position bias.",
    source="docs/measuring.md",
)
def position_flips(judgements: Sequence[Judgement]) -> Figure:
    """Share of questions, asked in two orders, whose answers differ."""
    orders: dict[tuple[str, str, str, int | None], dict[int, str]] = {}
    for one in judgements:
        if one.answer is not None and one.repeat == 0 and one.variant not in _BASELINES:
            orders.setdefault((one.task, one.item, one.variant, one.level), {})[one.order] = one.answer
    both = [found for found in orders.values() if len(found) == 2]
    return share(sum(len(set(found.values())) == 2 for found in both), len(both)) if both else UNDEFINED


@metric(
    "validation",
    low=0,
    high=1,
    better="higher",
    meaning="Share of questions that the judge answers the same when asked again (says nothing about being right).",
    source="docs/measuring.md",
)
def repeatability(judgements: Sequence[Judgement]) -> Figure:
    """Share of questions, asked again at temperature 0.5 with another seed, whose answers are equal."""
    first = {key_of(one): one.answer for one in judgements if one.repeat == 0}
    again = [one for one in judgements if one.repeat == 1 and one.answer is not None]
    pairs = [(one.answer, first.get(key_of(one))) for one in again]
    known = [(one, other) for one, other in pairs if other is not None]
    return share(sum(one == other for one, other in known), len(known)) if known else UNDEFINED


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
    asked = [one for one in judgements if one.variant not in _BASELINES]
    return share(sum(one.answer is not None for one in asked), len(asked)) if asked else UNDEFINED


def key_of(one: Judgement) -> Key:
    """What makes two judgements answers to the same question."""
    return (one.task, one.item, one.variant, one.order, one.level)


def agreement(raters: Mapping[str, Sequence[Judgement]]) -> Iterator[tuple[str, str, Figure]]:
    """Agreement of two or more raters, by task: (metric, task, figure).

    Krippendorff's alpha always, of the scores of privacy as an ordinal scale; of other answers Cohen's kappa for
    two raters, Fleiss' for more. Intervals and n are over items: a conversation or group asked about in two orders,
    several variants or at several levels is one. A rater may be a person.
    """
    tables = {
        rater: {key_of(one): one.answer for one in found if one.repeat == 0 and one.variant not in _BASELINES}
        for rater, found in raters.items()
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
            ratings = [[int(str(one)) if str(one).isdigit() else None for one in row] for row in ratings]
            measures = {"krippendorff_alpha": partial(krippendorff, scale="ordinal")}
        else:
            kappa = {"cohen_kappa": lambda rows: cohen(*rows)} if len(tables) == 2 else {"fleiss_kappa": fleiss}
            measures = {"krippendorff_alpha": krippendorff, **kappa}
        for name, measure in measures.items():
            yield name, task, with_interval(measure, ratings, items)


def _said(table: Mapping[Key, str | None], key: Key) -> bool:
    return table.get(key) is not None
