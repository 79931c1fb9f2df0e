"""Privacy: which share of texts could identify a person, at each stage of a build (Clio, figure 5)?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clioscope.measure.figure import UNDEFINED, Figure, mean, share
from clioscope.measure.metric import metric

SCORES = (1, 2, 3, 4, 5)
BY_AUTHOR = "its author "  # before the id of a judge that audits its own work


@metric(
    "privacy",
    low=0,
    high=1,
    better="lower",
    meaning="Share of texts that could identify a person or a small group, according to the auditor.",
    source="Clio, arXiv 2412.13678, figure 5: scores 1 and 2",
)
def private_share(scores: Sequence[int | None]) -> Figure:
    """Share of audit scores that are 1 or 2, with the exact interval: none among N still allows 3.7/N.

    Items without a score are left out of it and of ``n``. Undefined without any score.
    """
    known = [score for score in scores if score is not None]
    return share(sum(score <= 2 for score in known), len(known), exact=True)


@metric(
    "privacy",
    low=1,
    high=5,
    better="higher",
    meaning="Mean audit score (1: identifies one person, 5: nobody).",
    source="Clio, arXiv 2412.13678, appendix G.7",
)
def audit_score(scores: Sequence[int | None]) -> Figure:
    """Mean of the audit scores; items without a score are left out. Undefined without any."""
    known = np.array([score for score in scores if score is not None], dtype=np.float64)
    return mean(known) if len(known) else UNDEFINED


def score_shares(scores: Sequence[int | None]) -> dict[int, Figure]:
    """Share of items at each score 1 to 5, with exact intervals; empty without any score."""
    known = [score for score in scores if score is not None]
    return {score: share(known.count(score), len(known), exact=True) for score in SCORES} if known else {}
