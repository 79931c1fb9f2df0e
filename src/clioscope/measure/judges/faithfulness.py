"""Does the conversation support the summary, and does the summary miss a request (Clio, 4.1: manual review)?

Half of the questions are controls with the summary of another conversation. A judge that says yes to those as well
shows nothing, so the figure to read is the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from clioscope.measure.figure import UNDEFINED, Figure, share
from clioscope.measure.judges.evidence import Evidence
from clioscope.measure.judges.judgement import Judgement, Question, ask_questions, choice, one_line, select
from clioscope.measure.metric import metric
from clioscope.models.parse import parse_json
from clioscope.prompts import render

if TYPE_CHECKING:
    from clioscope.models.asker import Asker

TASK = "faithfulness"
_SUPPORT, _MISSED = ("yes", "partly", "no"), ("yes", "no")


def judge(evidence: Evidence, ask: Asker, items: int, seed: int) -> list[Judgement]:
    """Whether summaries hold: ``items`` conversations with their own summary, and with another one's.

    Answers are "<supported> <missed>", e.g. "yes no". Nothing without transcripts or text facets.
    """
    if evidence.transcripts is None or evidence.summaries is None:
        return []
    rows = np.random.default_rng(seed).permutation(len(evidence.texts))[:items]
    if len(rows) < 2:
        return []
    system = render("judge_faithful")
    questions = []
    for variant, summaries in (("own", rows), ("foreign", np.roll(rows, 1))):
        for row, other in zip(rows, summaries, strict=True):
            about = Judgement(TASK, evidence.conversations[row], variant, None, "yes" if variant == "own" else "no")
            user = (
                f"<conversation>\n{evidence.transcripts[row]}\n</conversation>\n"
                f"Summary: {one_line(evidence.summaries[other])}"
            )
            request = choice(system, user, _SUPPORT, about, "supported")
            assert request.schema is not None
            properties = request.schema["properties"] | {"missed": {"type": "string", "enum": list(_MISSED)}}
            both = request.schema | {"properties": properties, "required": ["supported", "missed"]}
            questions.append(Question(replace(request, schema=both), about))
    schema = questions[0].request.schema

    def read(text: str) -> str:
        answer = parse_json(text, schema)
        return f"{answer['supported']} {answer['missed']}"

    return ask_questions(ask, questions, read, again=min(10, len(rows)))


def _supported(judgements: Sequence[Judgement], variant: str) -> Figure:
    answered = select(judgements, TASK, variant)
    return share(sum(str(judgement.answer).startswith("yes") for judgement in answered), len(answered))


@metric(
    "judges",
    low=0,
    high=1,
    better="higher",
    meaning="Share of summaries that a judge finds fully supported by the conversation.",
    source="Clio, arXiv 2412.13678, 4.1, with a model as judge",
)
def faithfulness(judgements: Sequence[Judgement]) -> Figure:
    """Share of own summaries judged "yes"; "partly" does not count. Compare ``faithfulness_foreign``."""
    return _supported(judgements, "own")


@metric(
    "judges",
    low=0,
    high=1,
    better="lower",
    meaning="Share of summaries of other conversations that the judge accepts too: its credulity.",
    source="control, docs/measuring.md",
)
def faithfulness_foreign(judgements: Sequence[Judgement]) -> Figure:
    """Share of foreign summaries judged "yes"; undefined where none was answered."""
    return _supported(judgements, "foreign")


@metric(
    "judges",
    low=0,
    high=1,
    better="lower",
    meaning="Share of conversations whose summary leaves out an important request, according to the judge.",
    source="Clio, arXiv 2412.13678, 4.1: the main failure of summaries",
)
def missed_requests(judgements: Sequence[Judgement]) -> Figure:
    """Share of own summaries of which the judge says that a request is missing."""
    answered = select(judgements, TASK, "own")
    return (
        share(sum(str(judgement.answer).endswith(" yes") for judgement in answered), len(answered))
        if answered
        else UNDEFINED
    )
