"""From records of people to a release: the steps in their order, and the tables that they make."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.guarantee.account import FOUND, GIVEN, Account
from clioscope.privacy.guarantee.centres import found_centres, nearest
from clioscope.privacy.guarantee.mechanisms import noisy_counts, noisy_sums
from clioscope.privacy.guarantee.people import Records, chosen, draw_order, group_counts, secret
from clioscope.privacy.guarantee.public import Topics
from clioscope.privacy.guarantee.words import best_words, key_of, word_counts
from clioscope.settings import Category

if TYPE_CHECKING:
    from clioscope.privacy.guarantee.wanted import Guarantee

_CLEAR = 3.0  # a group is shown if its noisy size is so many times the noise
_WORDS = 8  # kept per group


class Given(NamedTuple):
    """Groups that no data decide: ``categories`` (k), and their ``vectors`` (k, d)."""

    categories: Sequence[Category]
    vectors: NDArray[np.float32]


class Made(NamedTuple):
    """``centres`` (k, d) of all groups; ``sizes`` of those that are shown, by group; ``words`` of each, best first;
    ``values``: counts by group, facet and value. ``total``: about how many conversations count, in all groups.
    """

    centres: NDArray[np.float32]
    sizes: dict[int, int]
    words: dict[int, list[str]]
    word_counts: dict[int, dict[str, int]]
    values: dict[tuple[int, str, str], int]
    total: int
    account: Account


def make(records: Records, topics: Topics, wanted: Guarantee, least: int, given: Given | None = None) -> Made:
    """Every figure of a release. All that leaves this function comes from mechanisms, whose cost is in ``account``.

    ``least``: the fewest conversations of a group that is shown, by its noisy size.
    """
    account = Account(wanted.epsilon, wanted.delta, FOUND if given is None else GIVEN)
    most = wanted.conversations
    order = draw_order(records.names, secret())
    centres = found_centres(records, order, topics, account, most, wanted.groups) if given is None else given.vectors
    labels = nearest(records.vectors, centres)
    rows = chosen(records.people, labels, order, most)
    counts, cost = noisy_sums(group_counts(labels, rows, len(centres)), math.sqrt(most), account.rho("sizes"))
    account.spend("sizes", cost)
    shown = np.flatnonzero(counts >= max(least, _CLEAR * cost.scale))
    sizes = {int(group): int(counts[group]) for group in shown}
    told = rows[np.isin(labels[rows], shown)].tolist()
    named = labels.tolist()
    found = _noisy(word_counts(named, told, records.words), most * wanted.words, account, "words")
    by_group: dict[int, dict[str, int]] = {group: {} for group in sizes}
    for (group, word), count in found.items():
        by_group[int(group)][word] = count
    cells = value_counts(named, told, records.values)
    values = _noisy(cells, most * len(records.values), account, "facets") if records.values else {}
    return Made(
        centres,
        sizes,
        best_words(by_group, sizes, _WORDS),
        by_group,
        {(int(group), facet, value): count for (group, facet, value), count in values.items()},
        max(sum(sizes.values()), int(counts.sum())),
        account,
    )


def value_counts(
    groups: Sequence[int], rows: Sequence[int], values: Mapping[str, Sequence[str | None]]
) -> dict[str, int]:
    """How often each value of each facet is in each group, by ``key_of`` them, over the chosen ``rows``."""
    counts: dict[str, int] = {}
    for facet, column in values.items():
        for row in rows:
            value = column[row]
            if value is not None:
                key = key_of(groups[row], facet, value)
                counts[key] = counts.get(key, 0) + 1
    return counts


def _noisy(counts: Mapping[str, int], keys: int, account: Account, step: str) -> dict[tuple[str, ...], int]:
    found, cost = noisy_counts(counts, keys, account.rho(step), account.delta_of(step))
    account.spend(step, cost)
    return {tuple(key.split("\t", 2)): count for key, count in found.items()}
