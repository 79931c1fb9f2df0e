"""The category of every conversation: as the model said, as it would say, and as the descriptions tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.codebook.match import Encode, make_matcher
from clioscope.facets.given import category_answers
from clioscope.prediction.classifier import FEWEST, along_axes, chances
from clioscope.prediction.copies import near_copies

if TYPE_CHECKING:
    from clioscope.settings import Category, CodebookSettings

# How much a cosine counts against a logarithm of a probability: measured with 60 to 400 answers (docs/codebooks.md).
_UNIT = 0.2
_UNSEEN = 1e-4  # probability of a category that nobody was given


class Taught(NamedTuple):
    """What the model said of some conversations: ``vectors`` (m, d) of them, and ``answers`` (m), as the facet
    ``given_category`` holds them; None where it said nothing."""

    vectors: NDArray[np.float32]
    answers: Sequence[str | None]


class Placed(NamedTuple):
    """``codes`` (n): the category of each conversation, None for none. ``fits`` (n,): how clearly it fits one, below 0
    where it does not; infinite where nothing is refused."""

    codes: list[str | None]
    fits: NDArray[np.float64]


def place_conversations(
    vectors: NDArray[np.float32],
    settings: CodebookSettings,
    encode: Encode,
    said: Sequence[str | None] | None = None,
    taught: Taught | None = None,
) -> Placed:
    """The given category of n conversations with unit ``vectors`` (n, d).

    ``said`` (n): what the model answered about each (None: nothing); its answer stands. With 50 answers or more
    (``taught``; if not given, those that were said) the others are told by them and by the descriptions together,
    with fewer by the descriptions. What fits no category gets the one that takes the rest, if there is one.
    ``encode`` gives unit rows in the geometry of ``vectors``.
    """
    usual = [one for one in settings.categories if not one.rest]
    rest = next((one.code for one in settings.categories if one.rest), None)
    matcher = make_matcher(usual, encode, settings.false_refusals)
    scores, fits = matcher.match(vectors)
    best = scores.argmax(axis=1)
    refused = fits < 0
    names = category_answers(settings.categories)
    answers = list(said) if said is not None else [None] * len(vectors)
    lesson = taught if taught is not None else Taught(vectors, answers)
    learnt = _learnt(lesson, vectors, names, usual)
    if learnt is not None:
        # The model may say "none" as well: that is one more category, with no words of its own.
        whole = learnt.copy()
        whole[:, :-1] += scores / _UNIT
        whole[:, -1] = learnt[:, -1] + _none_score(scores, refused) / _UNIT if settings.false_refusals else -np.inf
        best = whole.argmax(axis=1)
        refused = best == len(usual)
        best = whole[:, :-1].argmax(axis=1)
    codes = [rest if none else usual[number].code for number, none in zip(best.tolist(), refused.tolist(), strict=True)]
    for row, answer in enumerate(answers):
        if answer in names:
            codes[row] = names[answer] or rest
    return Placed(codes, fits)


def _learnt(
    lesson: Taught, vectors: NDArray[np.float32], names: dict[str, str | None], usual: Sequence[Category]
) -> NDArray[np.float64] | None:
    """The logarithm of the probability of each category and, last, of none (n, k + 1), from what the model said."""
    numbers = {one.code: number for number, one in enumerate(usual)}
    known = np.array([row for row, answer in enumerate(lesson.answers) if answer in names], np.int64)
    if len(known) < FEWEST:
        return None
    told = [numbers.get(names[str(lesson.answers[row])] or "", len(usual)) for row in known]
    present, codes = np.unique(told, return_inverse=True)
    whole = np.concatenate([lesson.vectors[known], vectors])
    features = along_axes(whole, np.arange(len(known)))
    families = near_copies(lesson.vectors[known])
    made = chances(features[: len(known)], codes, features[len(known) :], families)
    found: NDArray[np.float64] = np.full((len(vectors), len(usual) + 1), np.log(_UNSEEN))
    found[:, present] = np.log(made.others)
    return found


def _none_score(scores: NDArray[np.float64], refused: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The score of fitting none: that of the best category where the words refuse it, else that of the worst."""
    found: NDArray[np.float64] = np.where(refused, scores.max(axis=1), scores.min(axis=1))
    return found
