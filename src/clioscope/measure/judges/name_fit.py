"""Does the name fit the members, and not the members of the nearest other group?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from clioscope.measure.figure import Figure, share
from clioscope.measure.judges.evidence import Evidence
from clioscope.measure.judges.judgement import Judgement, Question, ask_questions, choice, one_line, select
from clioscope.measure.metric import metric
from clioscope.prompts import render

if TYPE_CHECKING:
    from clioscope.models.asker import Asker

TASK = "name_fit"


def judge(evidence: Evidence, ask: Asker, items: int, seed: int) -> list[Judgement]:
    """``items`` conversations against the name of their base group, and against that of the nearest other one.

    Drawn evenly over groups. The control needs a second group.
    """
    generator = np.random.default_rng(seed)
    members, ids = evidence.members(0), evidence.levels.groups[0]
    near = evidence.nearest_groups(0)
    drawn = [(group, row) for group, rows in enumerate(members) for row in generator.permutation(rows)[:items]]
    turn = {pair: place for place, pair in enumerate(_round_robin(members, drawn))}
    chosen = sorted(drawn, key=turn.__getitem__)[:items]
    questions = []
    for group, row in chosen:
        for variant in ("own", "nearest"):
            if variant == "nearest" and not near.shape[1]:
                continue
            name = evidence.groups[ids[group if variant == "own" else near[group, 0]]]
            truth = "yes" if variant == "own" else "no"
            about = Judgement(TASK, evidence.conversations[row], variant, None, truth, level=0)
            user = f"Group: {one_line(name.text)}\nRequest: {one_line(evidence.texts[row])}"
            questions.append(Question(choice(render("judge_fit"), user, ("yes", "no"), about), about))
    return ask_questions(ask, questions, again=min(10, len(questions)))


def _round_robin(members: Sequence[object], drawn: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """One of each group, then a second of each, and so on."""
    queues: list[list[tuple[int, int]]] = [[] for _ in members]
    for pair in drawn:
        queues[pair[0]].append(pair)
    longest = max((len(queue) for queue in queues), default=0)
    return [queue[turn] for turn in range(longest) for queue in queues if turn < len(queue)]


@metric(
    "judges",
    low=0,
    high=1,
    better="higher",
    meaning="Share of conversations that the name of their group fits, according to a judge.",
    source="Clio, arXiv 2412.13678, 4.1 (base clusterer), with a model as judge",
)
def name_fit(judgements: Sequence[Judgement]) -> Figure:
    """Share of yes for the own group's name. Compare ``name_fit_nearest``."""
    answered = select(judgements, TASK, "own")
    return share(sum(judgement.answer == "yes" for judgement in answered), len(answered))


@metric(
    "judges",
    low=0,
    high=1,
    better="lower",
    meaning="Share of conversations that the name of the nearest other group fits too.",
    source="control, docs/measuring.md",
)
def name_fit_nearest(judgements: Sequence[Judgement]) -> Figure:
    """Share of yes for the name of the nearest other group."""
    answered = select(judgements, TASK, "nearest")
    return share(sum(judgement.answer == "yes" for judgement in answered), len(answered))
