"""Document intrusion: can a judge find the one request that does not belong (after Chang et al. 2009)?

It is easy with an intruder from any other group, and hard with one from the nearest group. The hard one measures
whether neighbouring groups differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from clioscope.measure.figure import UNDEFINED, Figure, share
from clioscope.measure.judges.evidence import Evidence
from clioscope.measure.judges.judgement import Judgement, Question, ask_questions, choice, numbered, select
from clioscope.measure.metric import metric
from clioscope.prompts import render

if TYPE_CHECKING:
    from clioscope.models.asker import Asker

TASK = "intrusion"
SHOWN = 5  # four members and the intruder
_CHANCE = 1 / SHOWN


def judge(evidence: Evidence, ask: Asker, items: int, seed: int) -> list[Judgement]:
    """``items`` lists with a random intruder and as many with one from the nearest group, each in two orders.

    Groups of fewer than four members are left out; of the others each is asked about once before any is a
    second time. The answer is the id of the conversation that the judge points at.
    """
    generator = np.random.default_rng(seed)
    members, near = evidence.members(0), evidence.nearest_groups(0)
    large = [group for group in range(len(members)) if len(members[group]) >= SHOWN - 1]
    if not large or not near.shape[1]:
        return []
    questions = []
    system = render("judge_intruder")
    for trial in range(items):
        group = large[trial % len(large)]
        insiders = generator.choice(members[group], SHOWN - 1, replace=False)
        for variant in ("random", "nearest"):
            other = near[group, 0] if variant == "nearest" else generator.choice(near[group])
            intruder = int(generator.choice(members[other]))
            rows = generator.permutation([*insiders, intruder])
            for order in (0, 1):
                shown = rows if order == 0 else rows[::-1]
                options = {str(n): evidence.conversations[row] for n, row in enumerate(shown, start=1)}
                item = f"{evidence.levels.groups[0][group]} {trial}"
                about = Judgement(TASK, item, variant, None, evidence.conversations[intruder], order, level=0)
                text = numbered(evidence.texts[row] for row in shown)
                questions.append(Question(choice(system, text, list(options), about), about, options))
    return ask_questions(ask, questions, again=min(10, len(questions)))


def _adjusted(judgements: Sequence[Judgement], variant: str) -> Figure:
    """Accuracy over both orders, scaled so that guessing is 0."""
    answered = select(judgements, TASK, variant)
    if not answered:
        return UNDEFINED
    # the two orders of a list are no independent trials: the interval counts lists
    lists = len({judgement.item for judgement in answered})
    right = sum(judgement.answer == judgement.truth for judgement in answered) / len(answered)
    figure = share(round(right * lists), lists)
    assert figure.low is not None and figure.high is not None
    value, low, high = ((accuracy - _CHANCE) / (1 - _CHANCE) for accuracy in (right, figure.low, figure.high))
    return Figure(value, low, high, lists)


def _both(judgements: Sequence[Judgement], variant: str) -> Figure:
    orders: dict[str, dict[int, bool]] = {}
    for judgement in select(judgements, TASK, variant):
        orders.setdefault(judgement.item, {})[judgement.order] = judgement.answer == judgement.truth
    both = [solved for solved in orders.values() if len(solved) == 2]
    return share(sum(all(solved.values()) for solved in both), len(both))


@metric(
    "judges",
    low=-0.25,
    high=1,
    better="higher",
    meaning="How well a judge finds the request from another group among four of one group (0: guessing).",
    source="document intrusion, after Chang et al. 2009; chance-corrected",
)
def intrusion_random(judgements: Sequence[Judgement]) -> Figure:
    """(accuracy - 1/5) / (4/5) over both orders, intruders from any other group."""
    return _adjusted(judgements, "random")


@metric(
    "judges",
    low=-0.25,
    high=1,
    better="higher",
    meaning="How well a judge finds the request from the nearest group among four of one group (0: guessing).",
    source="document intrusion, after Chang et al. 2009; chance-corrected",
)
def intrusion_nearest(judgements: Sequence[Judgement]) -> Figure:
    """(accuracy - 1/5) / (4/5) over both orders, intruders from the group with the nearest centroid."""
    return _adjusted(judgements, "nearest")


@metric(
    "judges",
    low=0,
    high=1,
    better="higher",
    meaning="Share of lists with a request from the nearest group that are solved in both orders (guessing: .04).",
    source="docs/measuring.md",
)
def intrusion_nearest_both(judgements: Sequence[Judgement]) -> Figure:
    """Share of lists with an intruder from the nearest group that are solved in both orders."""
    return _both(judgements, "nearest")
