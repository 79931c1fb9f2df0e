"""What conversations that no model was asked about would have got as an answer, with the probability of it.

Categories, scores and short texts are classified by the vectors of the raw texts, which hold nothing of what the model
said. So the asked conversations and the others are told by the same means, and what is known of the predictions of the
asked ones holds for the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.prediction.classifier import FEWEST, chances
from clioscope.prediction.same_values import Encoded, merged_values

if TYPE_CHECKING:
    from clioscope.facets.facet import Facet

SHORT = 6  # words of a text facet whose values can be counted
_VALUES = 30  # of a text facet that are told apart, at most; the others are one
_OFTEN = 3  # times that a text was said before it is told from others
_COPY = 0.95  # probability that a near copy of an asked text gets the same answer
_RIGHT = 0.5  # an inferred value is more likely true than not
_NEVER = 2.0  # no probability reaches it
_WORTH = 0.2  # share of a number's variance that must be predicted


@dataclass(frozen=True)
class Values:
    """One facet of n conversations. ``names`` (k,): its values. ``said`` (n,): the place of the value that the model
    said, k for one that is not among them, -1 where it said none. ``chances`` (n, k): the probability of each value;
    for a conversation that was asked, as predicted without its own answer. ``bound``: the probability from which on the
    most likely value is taken for true; above 1 where none is. ``told`` says whether predictions hang on the
    conversation, and are not the same for all."""

    names: tuple[str, ...]
    said: NDArray[np.int64]
    chances: NDArray[np.float32]
    bound: float
    told: bool

    @property
    def likeliest(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The most likely value of each conversation (n,), k for one that is not among ``names``, and its
        probability (n,)."""
        rest = np.clip(1 - self.chances.sum(axis=1, keepdims=True), 0, None)
        whole = np.concatenate([self.chances, rest], axis=1)
        place = whole.argmax(axis=1)
        return place, whole[np.arange(len(whole)), place]

    @property
    def inferred(self) -> NDArray[np.int64]:
        """The place of the inferred value (n,); -1 where the model said one, and where none is likely enough."""
        place, probability = self.likeliest
        sure = (self.said < 0) & (probability >= self.bound) & (place < len(self.names))
        return np.where(sure, place, -1)


def countable(facet: Facet) -> bool:
    """Whether a facet that the model answers has few enough values to count and to infer them."""
    return facet.type in ("category", "score") or (facet.type == "text" and facet.words[1] <= SHORT)


def infer_values(
    facet: Facet,
    answers: Sequence[Any],
    features: NDArray[Any],
    stands_for: NDArray[np.integer[Any]],
    encode: Encoded | None = None,
    *,
    learn: bool = True,
) -> Values:
    """The values of a countable facet for n conversations, given ``answers`` (n), None where the model gave none, and
    ``features`` (n, d), vectors of the raw texts.

    ``stands_for`` (n): the row of a nearly equal text that stands for each row. If the model answered about that one,
    its answer is the likely one of its copies. Texts that mean the same are one value, by ``encode`` too if it is
    given. With fewer than 50 answers, or without ``learn``, nothing is inferred, and the chances are the shares of the
    answers.
    """
    names, said = _coded(facet, answers, encode)
    known, others = np.flatnonzero(said >= 0), np.flatnonzero(said < 0)
    whole = np.zeros((len(said), len(names) + 1), np.float32)  # the last column: a value that is not among the names
    if not len(known):
        return Values(names, said, whole[:, :-1], _NEVER, False)
    present, codes = np.unique(said[known], return_inverse=True)
    enough = learn and len(known) >= FEWEST
    made = chances(features[known], codes, features[others], np.asarray(stands_for)[known], learn=enough)
    whole[np.ix_(known, present)], whole[np.ix_(others, present)] = made
    _like_copies(whole, said, others, np.asarray(stands_for))
    bound = _bound(made.asked, codes) if enough else _NEVER
    return Values(names, said, whole[:, :-1], bound, enough and len(present) > 1)


def infer_numbers(
    answers: Sequence[float | None], features: NDArray[Any], others: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """The numbers that the rows ``others`` (o,) would have, and for each the probability that it is right to within
    half a standard deviation of the numbers known, (o,) each; ``answers`` (n), None where unknown; ``features`` (n, d).

    None with fewer than 50 numbers, and where a fifth of their variance cannot be predicted (across folds).
    """
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import cross_val_predict

    numbers = np.array([np.nan if value is None else float(value) for value in answers])
    known = np.flatnonzero(np.isfinite(numbers))
    spread = float(numbers[known].std()) if len(known) else 0.0
    if len(known) < FEWEST or spread == 0:
        return None
    model = RidgeCV(alphas=np.geomspace(0.1, 100, 7))
    wrong = numbers[known] - cross_val_predict(model, features[known], numbers[known], cv=5)
    if 1 - float((wrong**2).mean()) / spread**2 < _WORTH:
        return None
    near = float((np.abs(wrong) <= spread / 2).mean())
    found = model.fit(features[known], numbers[known]).predict(features[others])
    return np.clip(found, numbers[known].min(), numbers[known].max()), np.full(len(others), near)


def _coded(facet: Facet, answers: Sequence[Any], encode: Encoded | None) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The values of a facet, and the place of each answer among them (n,)."""
    if facet.type == "text":
        merged = merged_values(answers, encode)
        texts = [merged.get(answer) if answer else None for answer in answers]
        often = Counter(text for text in texts if text).most_common()
        names = tuple(name for name, count in sorted(often, key=lambda one: (-one[1], one[0])) if count >= _OFTEN)
        names = names[:_VALUES]
    else:
        texts = [None if answer is None else str(answer) for answer in answers]
        names = tuple(facet.categories) if facet.type == "category" else _steps(facet, texts)
    place = {name: number for number, name in enumerate(names)}
    said = [-1 if text is None else place.get(text, len(names)) for text in texts]
    return names, np.array(said, np.int64)


def _steps(facet: Facet, texts: Sequence[str | None]) -> tuple[str, ...]:
    """The values of a score, in their order; without named steps those that were given."""
    if facet.categories:
        return tuple(str(step) for step in range(1, len(facet.categories) + 1))
    return tuple(sorted({text for text in texts if text is not None}, key=float))


def _like_copies(
    whole: NDArray[np.float32],
    said: NDArray[np.int64],
    others: NDArray[np.integer[Any]],
    stands_for: NDArray[np.integer[Any]],
) -> None:
    """Let what was said of a text be likely of its near copies; ``whole`` (n, k + 1) is changed."""
    model = stands_for[others]
    rows = others[(model != others) & (said[model] >= 0)]
    whole[rows] *= 1 - _COPY
    whole[rows, said[stands_for[rows]]] += _COPY


def _bound(asked: NDArray[np.float64], codes: NDArray[np.integer[Any]]) -> float:
    """The probability from which on the likeliest value was right more often than not, across folds."""
    from sklearn.isotonic import IsotonicRegression

    sure, right = asked.max(axis=1), asked.argmax(axis=1) == codes
    curve = IsotonicRegression(y_min=0, y_max=1).fit(sure, right.astype(float)).predict(sure)
    enough = sure[curve >= _RIGHT]
    return float(enough.min()) if len(enough) else _NEVER
