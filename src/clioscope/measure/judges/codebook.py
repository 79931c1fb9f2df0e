"""The codebook judge: let the judge sort the material its own way, then ask how far the groups agree with that.

It reads some conversations and writes categories by one plain criterion, then sorts others into them; the figure is
the AMI of that with the groups. On 19 labelled corpora it ranks clusterings as human labels do (median rho .93 with a
large judge, .76 with GPT-3.5), except where the truth is finer than the codebook can be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from clioscope.measure.external import ami
from clioscope.measure.figure import UNDEFINED, Figure, around, jackknife, share
from clioscope.measure.judges.evidence import Evidence
from clioscope.measure.judges.judgement import Judgement, Question, ask_questions, choice, numbered, one_line, select
from clioscope.measure.metric import metric
from clioscope.models.chat import ChatRequest
from clioscope.models.parse import parse_json
from clioscope.prompts import render

if TYPE_CHECKING:
    from clioscope.models.asker import Asker

TASK = "codebook"
CRITERION = "what the user wants"
_MOST_READ = 60  # conversations in the discovery prompt
_CHARACTERS = 8000  # of all of them together: what a small model's context of 4,096 tokens holds
_MOST_CATEGORIES = 20


def judge(evidence: Evidence, ask: Asker, items: int, seed: int, criterion: str = CRITERION) -> list[Judgement]:
    """Categories from up to 60 conversations, then 2 x ``items`` others sorted into them.

    The answer is the name of the category, "none" where the judge says that none fits; the truth at each level is
    the group. Nothing where the judge writes fewer than two categories.
    """
    order = np.random.default_rng(seed).permutation(len(evidence.texts))
    read = min(_MOST_READ, len(order) // 2)
    discovery, rest = order[:read], order[read : read + 2 * items]
    if read < 2 or not len(rest):
        return []
    count = max(3, min(_MOST_CATEGORIES, read // 3))
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "categories": {
                "type": "array",
                "items": {"type": "string", "maxLength": 60},
                "minItems": 2,
                "maxItems": count,
            }
        },
        "required": ["categories"],
        "additionalProperties": False,
    }
    request = ChatRequest(
        messages=(
            ("system", render("judge_codebook", count=count, criterion=criterion)),
            ("user", numbered(one_line(evidence.texts[row], _CHARACTERS // read) for row in discovery)),
        ),
        schema=schema,
        max_tokens=24 * count,
        item="codebook",
    )

    def parse(text: str) -> list[str]:
        names = [" ".join(name.split()) for name in parse_json(text, schema)["categories"]]
        distinct = list({name.casefold(): name for name in names if name}.values())
        if len(distinct) < 2:
            raise ValueError("fewer than two categories")
        return distinct

    categories = ask.ask("judge", [request], parse)[0]
    if categories is None:
        return []
    system = render("judge_classify", categories=numbered(categories))
    options = {"0": "none"} | {str(n): name for n, name in enumerate(categories, start=1)}
    questions = []
    for row in rest:
        about = Judgement(TASK, evidence.conversations[row], "judge", None)
        user = f"Request: {one_line(evidence.texts[row])}"
        questions.append(Question(choice(system, user, list(options), about), about, options))
    place = {conversation: row for row, conversation in enumerate(evidence.conversations)}
    answers = ask_questions(ask, questions)
    return [
        judgement._replace(truth=ids[labels[place[judgement.item]]], level=level)
        for level, (labels, ids) in enumerate(zip(evidence.levels.labels, evidence.levels.groups, strict=True))
        for judgement in answers
    ]


@metric(
    "judges",
    low=-1,
    high=1,
    better="higher",
    meaning="Agreement of the groups with categories that the judge made by itself (0: chance).",
    source="louisarts/LLM_clustering (UCL 2026); AMI",
)
def codebook_ami(judgements: Sequence[Judgement]) -> Figure:
    """AMI between the judge's categories and the groups of a level; "none" is a category."""
    answered = select(judgements, TASK)
    if len(answered) < 3:
        return UNDEFINED
    said, truth = (
        np.array([judgement.answer for judgement in answered]),
        np.array([judgement.truth for judgement in answered]),
    )
    return around(ami(said, truth), jackknife(ami, said, truth), len(answered))


@metric(
    "judges",
    low=0,
    high=1,
    better="lower",
    meaning="Share of conversations outside the judge's own categories (above 0.2 its codebook is useless).",
    source="louisarts/LLM_clustering (UCL 2026): degeneracy alarm",
)
def codebook_none(judgements: Sequence[Judgement]) -> Figure:
    """Share of conversations sorted into no category."""
    answered = select(judgements, TASK)
    return share(sum(judgement.answer == "none" for judgement in answered), len(answered))


@metric(
    "judges",
    low=0,
    high=1,
    better="lower",
    meaning="Share of conversations in the judge's largest category (above 0.5 its codebook is useless).",
    source="louisarts/LLM_clustering (UCL 2026): degeneracy alarm",
)
def codebook_largest(judgements: Sequence[Judgement]) -> Figure:
    """Share of conversations in the category that the judge used most."""
    counts = Counter(judgement.answer for judgement in select(judgements, TASK))
    return share(max(counts.values()), counts.total()) if counts else UNDEFINED
