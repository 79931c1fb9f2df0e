"""How alike the turns of one conversation are, and those of different ones: learnt from a corpus without labels.

A cut is made where the turns before and after it look like the end of one conversation and the beginning of another.
How that looks in a corpus and to an encoder, the corpus itself tells: its conversations are laid end to end, and the
seams are compared with the gaps inside conversations. Some of those gaps are changes of topic as well: a gap counts as
far as it probably is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FEWEST = 40  # conversations of two turns or more from which something can be learnt
NEAR = 2  # turns on each side of a gap that are compared
ROUNDS = 10  # of learning
CHANGE = 0.1  # how likely a change of topic is at a gap, before the turns are seen


class Scale(NamedTuple):
    """What decides about cuts.

    ``mean`` (d,): the mean of the turns of the corpus, which is subtracted. ``shared``: the share of a turn's variance,
    in 0..1, that its topic explains: the mean cosine of neighbouring turns. ``dimensions``: over how many directions
    the variance is spread. ``slope`` and ``level``: the logarithm of the odds that the topic changes at a gap is
    ``slope`` times the evidence plus ``level``.
    """

    mean: NDArray[np.float32]
    shared: float
    dimensions: float
    slope: float
    level: float

    def centred(self, vectors: NDArray[np.floating]) -> NDArray[np.float32]:
        """The unit rows (n, d) of turns without the mean of the corpus."""
        from clioscope.vectors.unit import unit_rows

        return unit_rows(vectors - self.mean)

    def support(self, turns: NDArray[np.integer], squared: NDArray[np.floating]) -> NDArray[np.float64]:
        """How well turns fit one topic: the logarithm of their likelihood, up to what cancels.

        ``turns``: how many they are; ``squared``: the squared norm of the sum of their centred vectors. A turn is its
        topic plus noise, both Gaussian, as when voices are told apart (PLDA).
        """
        noise = 1 - self.shared
        ratio = 1 + turns * self.shared / noise
        explained = squared * self.shared / (noise * (noise + turns * self.shared))
        return np.asarray(self.dimensions / 2 * (explained - np.log(ratio)), np.float64)

    def array(self) -> NDArray[np.float64]:
        """All of it in one array (4 + d,), as an atlas keeps it; ``scale_from`` reads it back."""
        return np.array([self.shared, self.dimensions, self.slope, self.level, *self.mean], np.float64)


def scale_from(array: NDArray[np.floating]) -> Scale:
    """The scale that ``Scale.array`` wrote."""
    shared, dimensions, slope, level = map(float, array[:4])
    return Scale(array[4:].astype(np.float32), shared, dimensions, slope, level)


def learn_scale(conversations: Sequence[NDArray[np.floating]]) -> Scale | None:
    """The scale of a corpus from the turns of some of its conversations, unit rows (turns, d) each, in any fixed order.

    Turns that say nothing by themselves are left out by the caller. None where fewer than 40 conversations have two
    turns: then nothing can be told, and nothing is cut. Conversations that are next to each other in the sequence
    should have nothing to do with each other.
    """
    several = [vectors for vectors in conversations if len(vectors) > 1]
    if len(several) < FEWEST:
        return None
    mean = np.mean([vectors.mean(axis=0) for vectors in conversations if len(vectors)], axis=0).astype(np.float32)
    bare = Scale(mean, 0.5, 1.0, 1.0, 0.0)
    rows = [bare.centred(vectors) for vectors in several]
    neighbours = np.concatenate([(one[:-1] * one[1:]).sum(axis=1) for one in rows])
    spread = np.concatenate(rows).astype(np.float64)
    spectrum = np.linalg.eigvalsh(spread.T @ spread / len(spread))
    dimensions = float(spectrum.sum() ** 2 / (spectrum**2).sum())
    scale = bare._replace(shared=float(np.clip(neighbours.mean(), 0.05, 0.95)), dimensions=dimensions)
    inside = [_gain(scale, one[:place], one[place:]) for one in rows for place in range(1, len(one))]
    seams = [_gain(scale, before, after) for before, after in zip(rows, [*rows[1:], rows[0]], strict=True)]
    slope, level = _odds(np.array(seams), np.array(inside))
    return scale._replace(slope=slope, level=level)


def _gain(scale: Scale, before: NDArray[np.floating], after: NDArray[np.floating]) -> float:
    """What speaks for two topics rather than one in the turns next to a gap."""
    left, right = before[-NEAR:], after[:NEAR]
    sums = np.array([left.sum(axis=0), right.sum(axis=0)])
    counts = np.array([len(left), len(right), len(left) + len(right)])
    squared = np.array([*(sums**2).sum(axis=1), (sums.sum(axis=0) ** 2).sum()])
    fits = scale.support(counts, squared)
    return float(fits[0] + fits[1] - fits[2])


def _odds(seams: NDArray[np.float64], inside: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and level of the log odds of a change by the gain, with changes as rare as ``CHANGE`` says.

    A gap counts among those without a change as far as it is probably none, so that the odds do not hang on how many
    conversations of the corpus have several topics.
    """
    from sklearn.linear_model import LogisticRegression

    gains = np.concatenate([seams, inside])
    unit = float(gains.std()) or 1.0
    seam = np.arange(len(gains)) < len(seams)
    rare = float(np.log(CHANGE / (1 - CHANGE)))
    none = np.ones(len(inside))
    slope = level = 0.0
    for _ in range(ROUNDS):
        weights = np.concatenate([np.full(len(seams), none.sum() / len(seams)), none])
        fitted = LogisticRegression(C=100.0).fit(gains[:, None] / unit, seam, sample_weight=weights)
        slope, level = max(0.0, float(fitted.coef_[0, 0])) / unit, float(fitted.intercept_[0]) + rare
        none = 1 / (1 + np.exp(np.clip(slope * inside + level, -50, 50)))
    return slope, level
