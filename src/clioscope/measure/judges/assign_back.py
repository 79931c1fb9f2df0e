"""Assign-back: do names alone put a conversation back into its group, at every level (Clio's reconstruction)?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from clioscope.measure.figure import UNDEFINED, Figure, share
from clioscope.measure.judges.evidence import Evidence
from clioscope.measure.judges.judgement import Judgement, Question, ask_questions, choice, numbered, one_line, select
from clioscope.measure.metric import metric
from clioscope.prompts import render

if TYPE_CHECKING:
    from clioscope.models.asker import Asker

TASK = "assign_back"
CANDIDATES = 8
_BASELINES = ("encoder", "words")


def judge(evidence: Evidence, ask: Asker, items: int, seed: int) -> list[Judgement]:
    """``items`` conversations at each level among the names of their group and the 7 nearest ones (or all, where
    there are fewer), in two orders; and the same choices by cosine of the encoder and by shared words.

    Levels of one group are left out. The answer is the id of the chosen group.
    """
    generator = np.random.default_rng(seed)
    system = render("judge_assign")
    questions: list[Question] = []
    baselines: list[Judgement] = []
    for level, (labels, ids) in enumerate(zip(evidence.levels.labels, evidence.levels.groups, strict=True)):
        if len(ids) < 2:
            continue
        near = evidence.nearest_groups(level)
        rows = generator.permutation(len(labels))[:items]
        candidates = [generator.permutation([labels[row], *near[labels[row], : CANDIDATES - 1]]) for row in rows]
        for row, groups in zip(rows, candidates, strict=True):
            truth = ids[labels[row]]
            for order in (0, 1):
                shown = groups if order == 0 else groups[::-1]
                options = {str(n): ids[group] for n, group in enumerate(shown, start=1)}
                about = Judgement(TASK, evidence.conversations[row], "judge", None, truth, order, level=level)
                listed = numbered(evidence.groups[ids[group]].text for group in shown)
                user = f"Request: {one_line(evidence.texts[row])}\nGroups:\n{listed}"
                questions.append(Question(choice(system, user, list(options), about), about, options))
        baselines += _baselines(evidence, level, rows, candidates)
    return [*ask_questions(ask, questions, again=min(10, len(questions))), *baselines]


def _baselines(
    evidence: Evidence, level: int, rows: Sequence[int] | np.ndarray, candidates: Sequence[np.ndarray]
) -> list[Judgement]:
    """The choices of the encoder and of shared words among the same candidates."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    from clioscope.conversations.texts.words import words as words_of

    ids, labels = evidence.levels.groups[level], evidence.levels.labels[level]
    texts = [evidence.texts[row] for row in rows]
    names = [evidence.groups[group].text for group in ids]
    words = TfidfVectorizer(sublinear_tf=True, tokenizer=words_of, token_pattern=None).fit([*texts, *names])
    scores = {"words": (words.transform(texts) @ words.transform(names).T).toarray()}
    if evidence.encode is not None:
        scores["encoder"] = evidence.encode(texts) @ evidence.encode(names).T
    return [
        Judgement(
            TASK,
            evidence.conversations[row],
            kind,
            ids[groups[int(table[place, groups].argmax())]],
            ids[labels[row]],
            level=level,
        )
        for kind, table in scores.items()
        for place, (row, groups) in enumerate(zip(rows, candidates, strict=True))
    ]


def _accuracy(judgements: Sequence[Judgement], variant: str) -> Figure:
    answered = select(judgements, TASK, variant)
    if not answered:
        return UNDEFINED
    items = len({(judgement.item, judgement.level) for judgement in answered})
    right = sum(judgement.answer == judgement.truth for judgement in answered) / len(answered)
    return share(round(right * items), items)._replace(value=right)


@metric(
    "judges",
    low=0,
    high=1,
    better="higher",
    meaning="Share of conversations that a judge puts back into their group, given the names of 8 near groups.",
    source="Clio, arXiv 2412.13678, section 3, on real conversations",
)
def assign_back(judgements: Sequence[Judgement]) -> Figure:
    """Top-1 accuracy over both orders; guessing gives 1/8 (1/k at levels of fewer groups). n: conversations."""
    return _accuracy(judgements, "judge")


@metric(
    "judges",
    low=0,
    high=1,
    better="neither",
    meaning="The same choices made by the sentence encoder; a judge should do better.",
    source="baseline, docs/measuring.md",
)
def assign_back_encoder(judgements: Sequence[Judgement]) -> Figure:
    """Accuracy of the candidate whose name and description has the highest cosine to the conversation's text."""
    return _accuracy(judgements, "encoder")


@metric(
    "judges",
    low=0,
    high=1,
    better="neither",
    meaning="The same choices made by counting shared words.",
    source="baseline, docs/measuring.md",
)
def assign_back_words(judgements: Sequence[Judgement]) -> Figure:
    """Accuracy of the candidate with the highest tf-idf cosine to the conversation's text."""
    return _accuracy(judgements, "words")
