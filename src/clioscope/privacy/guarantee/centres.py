"""Groups that are found privately: k-means that starts from public topics, whose every look at the data is noisy.

Noise lies on sums of vectors, so the centre of a group is exact to within the noise divided by the number of its
members. The score of a conversation and a centre is one number, and the noise that lies on it does not grow with the
number of dimensions, so nothing is gained by taking fewer. A centre stays as near to its public topic as the noise
demands: with few people or a small epsilon, groups are public topics; with many, they are what the data say.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.guarantee.account import TOPICS_ONLY, Account
from clioscope.privacy.guarantee.mechanisms import noisy_sums
from clioscope.privacy.guarantee.people import GRID, Records, chosen, group_counts, vector_sums
from clioscope.privacy.guarantee.public import Topics
from clioscope.vectors.unit import unit_rows

ROUNDS = 2
_ERROR = 0.1  # the most noise on a score
_LENGTH = 0.5  # of the mean of a group's vectors; a guess that no data decide
_TOLD = 2.0  # a topic's count must be so many times its noise
_SEEN = 4.0  # a group of mean size must be so many times the noise on sizes
_FEWEST = 15  # conversations per group
_SPREAD = 0.3  # how far centres that start from one topic lie apart
_BLOCK = 4096


def found_centres(
    records: Records,
    order: NDArray[np.uint64],
    topics: Topics,
    account: Account,
    most: int,
    groups: int | None,
) -> NDArray[np.float32]:
    """Centres (k, d) of groups; ``nearest`` assigns conversations to them.

    ``most``: conversations of one person that count. ``groups``: how many are looked for; None for as many as the
    noise allows.
    """
    bound = math.sqrt(most)
    people = _people(records, account, most)
    steered = _steered(people, bound, account)  # how many centres the data can steer
    if steered < 2:
        account.share(TOPICS_ONLY)
    if groups is None:
        groups = max(1, int(people / max(_FEWEST, _SEEN * bound / math.sqrt(2 * account.rho("sizes")))))
    cells = nearest(records.vectors, topics.vectors)
    rows = chosen(records.people, cells, order, most)
    counts, cost = noisy_sums(group_counts(cells, rows, len(topics.names)), bound, account.rho("seeds"))
    account.spend("seeds", cost)
    start = centres = seeds(topics.vectors, counts, cost.scale, groups, steered)
    for _ in range(ROUNDS if steered >= 2 else 0):
        labels = nearest(records.vectors, centres)
        sums = vector_sums(records, labels, order, most, len(centres))
        noisy, cost = noisy_sums(sums, bound * GRID, account.rho("centres", ROUNDS))
        account.spend("centres", cost)
        centres = held_centres(start, noisy / GRID, cost.scale / GRID)
    return centres


def _people(records: Records, account: Account, most: int) -> float:
    """About how many conversations count."""
    per_person = np.minimum(np.bincount(records.people), most) if len(records.people) else np.zeros(1, np.int64)
    total, cost = noisy_sums(np.array([per_person.sum()], np.int64), float(most), account.rho("people"))
    account.spend("people", cost)
    return max(1.0, float(total[0]))


def _steered(conversations: float, bound: float, account: Account) -> int:
    """How many groups of mean size the data can steer against the noise on their centres."""
    noise = bound / math.sqrt(2 * account.rho("centres", ROUNDS))
    return int(conversations * _LENGTH * _ERROR / noise)


def seeds(
    vectors: NDArray[np.float32], counts: NDArray[np.int64], scale: float, groups: int, steered: int
) -> NDArray[np.float32]:
    """At most ``groups`` centres to start from: the topics (k, d) with the largest noisy ``counts`` (k,).

    Topics that the noise may have made are left out. As long as the data can steer more centres (``steered``), the
    largest topics get several, which lie around them.
    """
    weights = np.where(counts > _TOLD * scale, counts, 0).astype(np.float64)
    if not weights.any():
        weights[int(np.argmax(counts))] = 1.0
    shares = np.zeros(len(weights), np.int64)
    largest = np.argsort(-weights, kind="stable")[: min(groups, np.count_nonzero(weights))]
    shares[largest] = 1
    for _ in range(min(groups, steered) - len(largest)):  # the next one goes where most conversations share a centre
        shares[int(np.argmax(weights / (shares + 1)))] += 1
    topics = np.repeat(np.arange(len(weights)), shares)
    generator = np.random.default_rng(0)  # it sees no data, so it needs no secret
    moved = unit_rows(generator.normal(size=(len(topics), vectors.shape[1]))) * _SPREAD
    first = np.diff(topics, prepend=-1) != 0
    return unit_rows(vectors[topics] + np.where(first[:, None], 0, moved))


def held_centres(start: NDArray[np.float32], sums: NDArray[np.float64], scale: float) -> NDArray[np.float32]:
    """Centres (k, d) from noisy sums of vectors, each held by where it started from as far as the noise demands.

    They are scaled by the length that they have without the noise (``scale`` per coordinate), so that their scores are
    cosines, with noise.
    """
    lost = sums.shape[1] * scale**2
    lengths = np.sqrt(np.maximum((sums**2).sum(axis=1) - lost, 0))
    held = np.maximum(scale / _ERROR - lengths, 0)[:, None] * start + sums
    whole = (held**2).sum(axis=1) - lost
    sure = whole > (scale / _ERROR) ** 2 / 4
    centres = held / np.sqrt(np.where(sure, whole, 1))[:, None]
    return np.where(sure[:, None], centres, start).astype(np.float32)


def nearest(vectors: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.int64]:
    """The centre with the largest product for every vector (n,)."""
    labels = np.empty(len(vectors), np.int64)
    for start in range(0, len(vectors), _BLOCK):
        part = slice(start, start + _BLOCK)
        labels[part] = (vectors[part] @ centres.T).argmax(axis=1)
    return labels
