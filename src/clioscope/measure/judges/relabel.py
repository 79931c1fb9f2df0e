"""Reconstruction: which of the known labels is each group, by its name and description alone (Clio, section 3)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clioscope.measure.judges.evidence import Evidence
from clioscope.measure.judges.judgement import Judgement, Question, ask_questions, choice, numbered, one_line
from clioscope.prompts import render

if TYPE_CHECKING:
    from clioscope.models.asker import Asker

TASK = "reconstruction"


def judge(evidence: Evidence, ask: Asker, items: int, seed: int) -> list[Judgement]:
    """One question per base group, among the labels in an order that is drawn once. The answer is the label.

    ``items`` does not matter: a figure over all conversations needs all groups. There are no questions for fewer than
    two labels.
    """
    if len(evidence.labels) < 2:
        return []
    labels = [sorted(evidence.labels)[place] for place in np.random.default_rng(seed).permutation(len(evidence.labels))]
    system = render("judge_label", labels=numbered(evidence.labels[label] for label in labels))
    options = {str(number): label for number, label in enumerate(labels, start=1)}
    questions = []
    for group in evidence.levels.groups[0]:
        about = Judgement(TASK, group, "judge", None, level=0)
        user = f"Group: {one_line(evidence.groups[group].text)}"
        questions.append(Question(choice(system, user, list(options), about), about, options))
    return ask_questions(ask, questions)
