"""Which members do not belong? Judges are asked about real groups and about groups that were spoilt on purpose.

The spoilt groups calibrate the judge: a useful judge finds more misfits if there are more. What it finds in real groups
must be compared with what it finds where there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from clioscope.measure.figure import UNDEFINED, Figure, around, jackknife, mean
from clioscope.measure.judges.evidence import Evidence
from clioscope.measure.judges.judgement import Judgement, Question, ask_questions, numbered, select
from clioscope.measure.metric import metric
from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.prompts import render

if TYPE_CHECKING:
    from clioscope.models.asker import Asker

TASK = "misfits"
SHOWN = 8
SPOILT = (0, 1, 2, 3)  # of eight; four would be no misfits but a second group


def judge(evidence: Evidence, ask: Asker, items: int, seed: int) -> list[Judgement]:
    """``items`` / 2 lists of eight members of a group with 0, 1, 2 and 3 of them replaced by others' members.

    The answer and the truth are the numbers of the misfits, as "2 5". Groups of fewer than eight are left out.
    """
    generator = np.random.default_rng(seed)
    members = evidence.members(0)
    large = [group for group in range(len(members)) if len(members[group]) >= SHOWN]
    if not large or len(members) < 2:
        return []
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "misfits": {
                "type": "array",
                "items": {"type": "integer", "minimum": 1, "maximum": SHOWN},
                "minItems": 0,
                "maxItems": SHOWN,
            }
        },
        "required": ["misfits"],
        "additionalProperties": False,
    }
    labels = evidence.levels.labels[0]
    questions = []
    for trial in range(max(1, items // 2)):
        group = large[trial % len(large)]
        rows = generator.choice(members[group], SHOWN, replace=False)
        foreign = np.flatnonzero(labels != group)
        for spoilt in SPOILT:
            shown = rows.copy()
            places = generator.choice(SHOWN, spoilt, replace=False)
            if spoilt:
                shown[places] = generator.choice(foreign, spoilt, replace=len(foreign) < spoilt)
            truth = " ".join(str(place + 1) for place in sorted(places))
            item = f"{evidence.levels.groups[0][group]} {trial}"
            about = Judgement(TASK, item, f"{spoilt} of {SHOWN}", None, truth, level=0)
            request = ChatRequest(
                messages=(
                    ("system", render("judge_misfits")),
                    ("user", numbered(evidence.texts[row] for row in shown)),
                ),
                schema=schema,
                max_tokens=48,
                item=f"{TASK} {item}",
            )
            questions.append(Question(request, about))

    def read(text: str) -> str:
        return " ".join(str(number) for number in sorted(set(parse_json(text, schema)["misfits"])))

    return ask_questions(ask, questions, read)


def _pairs(judgements: Sequence[Judgement]) -> tuple[np.ndarray, np.ndarray, list[Judgement]]:
    """True and flagged shares of misfits."""
    answered = select(judgements, TASK)
    true = np.array([len((judgement.truth or "").split()) / SHOWN for judgement in answered])
    flagged = np.array([len((judgement.answer or "").split()) / SHOWN for judgement in answered])
    return true, flagged, answered


@metric(
    "judges",
    low=0,
    high=1,
    better="lower",
    meaning="Share of a group's conversations that do not belong, according to a judge (see the calibration).",
    source="Clio, arXiv 2412.13678, 4.1: wrong members per cluster",
)
def misfits(judgements: Sequence[Judgement]) -> Figure:
    """Mean share of members flagged in lists that were left as they are."""
    true, flagged, _ = _pairs(judgements)
    return mean(flagged[true == 0]) if (true == 0).any() else UNDEFINED


@metric(
    "validation",
    low=-1,
    high=1,
    better="higher",
    meaning="Whether the judge flags more conversations if more were replaced on purpose (0: it sees nothing).",
    source="calibration by corruption, after Dial-In (perturbed clusters)",
)
def calibration(judgements: Sequence[Judgement]) -> Figure:
    """Spearman correlation of the share of replaced members with the share that is flagged. 0 for a judge that
    always flags the same number."""
    from scipy.stats import rankdata

    true, flagged, answered = _pairs(judgements)
    if len(answered) < 4 or true.std() == 0:
        return UNDEFINED

    def correlation(true: np.ndarray, flagged: np.ndarray) -> float:
        ranks = rankdata(true), rankdata(flagged)
        return 0.0 if ranks[0].std() == 0 or ranks[1].std() == 0 else float(np.corrcoef(*ranks)[0, 1])

    return around(correlation(true, flagged), jackknife(correlation, true, flagged), len(answered))


@metric(
    "validation",
    low=0,
    high=1,
    better="higher",
    meaning="Share of the conversations replaced on purpose that the judge finds.",
    source="calibration by corruption, docs/measuring.md",
)
def calibration_recall(judgements: Sequence[Judgement]) -> Figure:
    """Mean over spoilt lists of the share of replaced members among the flagged ones' positions."""
    _, _, answered = _pairs(judgements)
    pairs = [
        (set(judgement.truth.split()), set((judgement.answer or "").split()))
        for judgement in answered
        if judgement.truth
    ]
    hits = [len(replaced & flagged) / len(replaced) for replaced, flagged in pairs]
    return mean(np.array(hits)) if hits else UNDEFINED


def calibration_curve(judgements: Sequence[Judgement]) -> dict[float, Figure]:
    """Share flagged for each share replaced."""
    true, flagged, _ = _pairs(judgements)
    return {float(spoilt): mean(flagged[true == spoilt]) for spoilt in np.unique(true)}
