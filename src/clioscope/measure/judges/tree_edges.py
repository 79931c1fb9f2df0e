"""Does each group belong under its parent, and not under another one?"""

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

TASK = "tree_edges"


def judge(evidence: Evidence, ask: Asker, items: int, seed: int) -> list[Judgement]:
    """Up to ``items`` groups under their parent, and under a random other group of the parent's level."""
    generator = np.random.default_rng(seed)
    below = sorted(group.id for group in evidence.groups.values() if group.parent is not None)
    system = render("judge_edge")
    questions = []
    for group in (below[place] for place in generator.permutation(len(below))[:items]):
        child = evidence.groups[group]
        assert child.parent is not None
        level = evidence.groups[child.parent].level
        at_level = (other.id for other in evidence.groups.values() if other.level == level)
        others = sorted(other for other in at_level if other != child.parent)
        pairs = [("own", child.parent)] + ([("other", str(generator.choice(others)))] if others else [])
        for variant, parent in pairs:
            about = Judgement(TASK, group, variant, None, "yes" if variant == "own" else "no", level=child.level)
            user = f"Section: {one_line(child.name)}\nChapter: {one_line(evidence.groups[parent].name)}"
            questions.append(Question(choice(system, user, ("yes", "no"), about), about))
    return ask_questions(ask, questions)


@metric(
    "judges",
    low=0,
    high=1,
    better="higher",
    meaning="Share of groups that belong under their parent, according to a judge.",
    source="edge accuracy, after TexEval (Bordea et al. 2015)",
)
def edge_fit(judgements: Sequence[Judgement]) -> Figure:
    """Share of yes for the parent in the tree. Compare ``edge_fit_other``."""
    answered = select(judgements, TASK, "own")
    return share(sum(judgement.answer == "yes" for judgement in answered), len(answered))


@metric(
    "judges",
    low=0,
    high=1,
    better="lower",
    meaning="Share of groups that a judge would put under a random other parent too.",
    source="control, docs/measuring.md",
)
def edge_fit_other(judgements: Sequence[Judgement]) -> Figure:
    """Share of yes for a random other group of the parent's level."""
    answered = select(judgements, TASK, "other")
    return share(sum(judgement.answer == "yes" for judgement in answered), len(answered))
