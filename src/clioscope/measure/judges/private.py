"""Privacy by stage: could a conversation, its facets or a name identify a person (Clio, figure 5)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from clioscope.measure.judges.evidence import Evidence
from clioscope.measure.judges.judgement import Judgement, Question, ask_questions, one_line
from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.privacy.audit import SCALE, score_labels
from clioscope.prompts import render

if TYPE_CHECKING:
    from clioscope.models.asker import Asker

TASK = "privacy"


def judge(evidence: Evidence, ask: Asker, items: int, seed: int) -> list[Judgement]:
    """Audit scores, 1 to 5: of ``items`` conversations and of their facets, on the paper's scale; and of the names
    that are shown, in the way that the build audited them (all of them, up to 10 x ``items``)."""
    rows = np.random.default_rng(seed).permutation(len(evidence.texts))[:items]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"identifies": {"type": "string", "enum": list(SCALE)}},
        "required": ["identifies"],
        "additionalProperties": False,
    }
    questions = []
    for variant, texts in (("conversation", evidence.transcripts), ("facets", evidence.summaries)):
        if texts is None:
            continue
        for row in rows:
            text = texts[row] if variant == "conversation" else one_line(texts[row])
            request = ChatRequest(
                messages=(("system", render("audit_scale")), ("user", f"Text: {text}")),
                schema=schema,
                max_tokens=24,
                item=f"{TASK} {evidence.conversations[row]}",
            )
            questions.append(Question(request, Judgement(TASK, evidence.conversations[row], variant, None)))

    def read(text: str) -> str:
        return str(SCALE.index(parse_json(text, schema)["identifies"]) + 1)

    judgements = ask_questions(ask, questions, read)
    shown = sorted(group.id for group in evidence.groups.values() if group.action != "withheld")
    some = [shown[place] for place in np.random.default_rng(seed).permutation(len(shown))[: 10 * items]]
    labels = [(evidence.groups[group].name, evidence.groups[group].description) for group in some]
    scores = score_labels(labels, ask, evidence.auditor)
    return judgements + [
        Judgement(TASK, group, "name shown", None if score is None else str(score))
        for group, score in zip(some, scores, strict=True)
    ]
