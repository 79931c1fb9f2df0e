"""Stability: do the groups come back in other samples of the data, and under another seed?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.measure.figure import UNDEFINED, Figure, over_draws
from clioscope.measure.metric import metric
from clioscope.measure.regrouping import Regrouping, Sample

Labels = NDArray[np.integer[Any]]
# (vectors, number of groups to aim at, seed) -> labels
Refit = Callable[[NDArray[Any], int, int], Labels]

SHARE = 0.8  # of the rows in each draw (Hennig 2007 compares; .8 without replacement leaves no twins)
DISSOLVED = 0.5
MOST = 10_000


class Refits(NamedTuple):
    """``drawn``: subsamples (rows, labels found on them); ``seeded``: labels found on one and the same
    subsample by different seeds."""

    drawn: list[tuple[NDArray[np.intp], Labels]]
    seeded: list[Labels]


def refits(
    vectors: NDArray[Any],
    labels: Labels,
    refit: Refit | Regrouping,
    draws: int | None = None,
    seeds: int = 3,
    most: int = MOST,
    seed: int = 0,
) -> Refits:
    """Group ``draws`` subsamples of 80 % (at most ``most`` rows each), and one sample with ``seeds`` different seeds.

    ``refit`` is the clustering method; it is asked for as many groups as ``labels`` has on the subsample. With more
    than ``most`` / 0.8 rows the subsamples are smaller than 80 %, and stability is underestimated: in fewer rows a
    group is harder to find again. Default draws: 10 up to 2,000 rows, 5 up to 12,500, else 3. The sample of the seeds
    are all rows, or, with more than ``most`` rows, the first subsample.
    """
    rows = len(vectors)
    size = max(1, min(most, round(SHARE * rows)))
    if draws is None:
        draws = 10 if rows <= 2000 else 5 if rows <= most / SHARE else 3
    generator = np.random.default_rng(seed)

    def sample(chosen: NDArray[np.intp], *seeds: int) -> Sample:
        return Sample(chosen, len(np.unique(labels[chosen])), seeds)

    samples = [
        sample(np.sort(generator.choice(rows, size, replace=False)), seed + number) for number in range(max(1, draws))
    ]
    several = tuple(seed + number for number in range(seeds))
    if rows <= most:
        samples.append(sample(np.arange(rows), *(one + 1 for one in several)))
    else:
        samples[0] = samples[0]._replace(seeds=several or (seed,))
    found = refit.many(vectors, samples) if isinstance(refit, Regrouping) else _one_by_one(vectors, refit, samples)
    seeded = found[-1] if rows <= most else found[0]
    drawn = [(one.rows, again[0]) for one, again in zip(samples[:draws], found, strict=False)]
    return Refits(drawn, seeded[:seeds])


def _one_by_one(vectors: NDArray[Any], refit: Refit, samples: Sequence[Sample]) -> list[list[Labels]]:
    return [
        [refit(some, sample.groups, seed) for seed in sample.seeds]
        for sample in samples
        for some in [vectors[sample.rows]]
    ]


def best_match(reference: Labels, regrouped: Labels, count: int) -> NDArray[np.float64]:
    """For each group 0..count-1 of ``reference`` the largest Jaccard similarity |A n B| / |A u B| to a group of
    ``regrouped``; NaN for groups without rows. Rows of negative label belong to no group."""
    from scipy.sparse import coo_array

    codes = np.unique(regrouped, return_inverse=True)[1].reshape(-1)
    inside = (reference >= 0) & (regrouped >= 0)
    width = int(codes.max(initial=0)) + 1
    cells = coo_array((np.ones(inside.sum()), (reference[inside], codes[inside])), shape=(count, width)).tocsr()
    cells.sum_duplicates()
    cells = cells.tocoo()
    mine = np.bincount(reference[reference >= 0], minlength=count)
    theirs = np.bincount(codes[regrouped >= 0], minlength=width)
    overlap = cells.data / (mine[cells.row] + theirs[cells.col] - cells.data)
    result = np.where(mine > 0, 0.0, np.nan)
    np.fmax.at(result, cells.row, overlap)
    return result


def _jaccards(labels: Labels, refitted: Refits) -> NDArray[np.float64]:
    """Jaccard similarity of each group to its best match, shape (draws, groups)."""
    count = int(labels.max(initial=-1)) + 1
    return np.array([best_match(labels[rows], found, count) for rows, found in refitted.drawn])


@metric(
    "stability",
    low=0,
    high=1,
    better="higher",
    meaning="How much of a group comes back in other samples of the data (above .75: stable, below .5: dissolved).",
    source="Hennig 2007",
)
def stability_jaccard(labels: Labels, refitted: Refits) -> Figure:
    """Mean over groups and draws of the Jaccard similarity of each group to its best match in a grouping of a
    subsample. ``groups``: each group's mean over draws. ``n``: draws x rows per draw."""
    jaccards = _jaccards(labels, refitted)
    if not jaccards.size:
        return UNDEFINED
    with np.errstate(invalid="ignore"):
        each = np.array([np.nan if np.isnan(group).all() else np.nanmean(group) for group in jaccards.T])
    draws = [float(np.nanmean(draw)) for draw in jaccards]
    return over_draws(draws, sum(len(rows) for rows, _ in refitted.drawn), each)


@metric(
    "stability",
    low=0,
    high=1,
    better="lower",
    meaning="Share of groups that mostly fall apart in other samples of the data.",
    source="Hennig 2007, limit .5",
)
def dissolved_groups(labels: Labels, refitted: Refits) -> Figure:
    """Share of groups whose best match has a Jaccard similarity of .5 or less, averaged over draws."""
    jaccards = _jaccards(labels, refitted)
    if not jaccards.size:
        return UNDEFINED
    shares = [float((draw[np.isfinite(draw)] <= DISSOLVED).mean()) for draw in jaccards]
    return over_draws(shares, int(np.isfinite(jaccards[0]).sum()))


@metric(
    "stability",
    low=-1,
    high=1,
    better="higher",
    meaning="Agreement of the groups with those found on other samples of the data (0: chance, 1: the same).",
    source="AMI (Vinh et al. 2010) over subsamples",
)
def bootstrap_ami(labels: Labels, refitted: Refits) -> Figure:
    """Mean over subsamples of the AMI between the groups and those found on the subsample, on its rows."""
    from clioscope.measure.external import ami

    return over_draws([ami(found, labels[rows]) for rows, found in refitted.drawn], len(labels))


@metric(
    "stability",
    low=-1,
    high=1,
    better="higher",
    meaning="Agreement with groups found on other samples, by pairs of conversations: large groups weigh more.",
    source="ARI (Hubert and Arabie 1985) over subsamples",
)
def bootstrap_ari(labels: Labels, refitted: Refits) -> Figure:
    """Mean over subsamples of the ARI between the groups and those found on the subsample, on its rows."""
    from clioscope.measure.external import ari

    return over_draws([ari(found, labels[rows]) for rows, found in refitted.drawn], len(labels))


@metric(
    "stability",
    low=-1,
    high=1,
    better="higher",
    meaning="Agreement of groupings of the same data under different seeds (1: the seed does not matter).",
    source="AMI (Vinh et al. 2010) between seeds",
)
def seed_ami(refitted: Refits) -> Figure:
    """Mean AMI over pairs of groupings of the same rows by different seeds."""
    from clioscope.measure.external import ami

    pairs = [ami(one, other) for one, other in itertools.combinations(refitted.seeded, 2)]
    return over_draws(pairs, len(refitted.seeded[0]) if pairs else 0)


@metric(
    "stability",
    low=-1,
    high=1,
    better="higher",
    meaning="Agreement between seeds, by pairs of conversations: large groups weigh more.",
    source="ARI (Hubert and Arabie 1985) between seeds",
)
def seed_ari(refitted: Refits) -> Figure:
    """Mean ARI over pairs of groupings of the same rows by different seeds."""
    from clioscope.measure.external import ari

    pairs = [ari(one, other) for one, other in itertools.combinations(refitted.seeded, 2)]
    return over_draws(pairs, len(refitted.seeded[0]) if pairs else 0)
