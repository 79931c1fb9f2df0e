"""Names as strings: do they differ, and is each a title of its own?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.titles import copies_one, is_list, joins, numbered, plain_title, stems
from clioscope.conversations.texts.whole import breaks_off
from clioscope.conversations.texts.words import words
from clioscope.measure.figure import UNDEFINED, Figure, share
from clioscope.measure.metric import metric


@metric(
    "names",
    low=0,
    high=1,
    better="lower",
    meaning="Share of groups that carry the same name as another group.",
    source="counting; production list in docs/measuring.md",
)
def duplicate_names(names: Sequence[str]) -> Figure:
    """Share of names that occur more than once, compared without case, punctuation and spaces.

    A number at the end makes no other name: "Write code (2)" counts as a duplicate, and "Write code 2" or "Write code
    II" does beside "Write code". A count of all names, so without interval. Undefined for no names. ``groups``: 1 for
    each duplicate.
    """
    own = stems(names)
    counts = Counter(own)
    return _counted([counts[stem] > 1 or numbered(name) for name, stem in zip(names, own, strict=True)])


@metric(
    "names",
    low=0,
    high=1,
    better="lower",
    meaning="Share of names that break off before they are complete.",
    source="counting; docs/measuring.md",
)
def names_cut(names: Sequence[str]) -> Figure:
    """Share of names that end with a word that something must follow ("Write a letter to"), with a comma, a dash or an
    ellipsis, or in an open bracket. ``groups``: 1 for each. Undefined for no names.
    """
    return _counted([breaks_off(name) for name in names])


@metric(
    "names",
    low=0,
    high=1,
    better="lower",
    meaning="Share of names that differ from another name only in a number at the end.",
    source="counting; docs/measuring.md",
)
def names_suffixed(names: Sequence[str]) -> Figure:
    """Share of names that end with a number in brackets, or with a bare or Roman number without which they are the name
    of another group. ``groups``: 1 for each. Undefined for no names.
    """
    return _counted([stem != plain_title(name) for name, stem in zip(names, stems(names), strict=True)])


@metric(
    "names",
    low=0,
    high=1,
    better="lower",
    meaning="Share of names that list things instead of saying what they have in common.",
    source="counting; docs/measuring.md",
)
def names_listed(names: Sequence[str], parents: NDArray[np.integer[Any]] | None = None) -> Figure:
    """Share of names that list three things or more ("A, B and C"), or are made of the names of two of their children.

    ``parents`` (m,): the parent of each group, -1 for none; without them no children are known. ``groups``: 1 for each.
    Undefined for no names.
    """
    children: list[list[str]] = [[] for _ in names]
    for name, parent in zip(names, parents if parents is not None else (), strict=False):
        if parent >= 0:
            children[int(parent)].append(name)
    return _counted([is_list(name) or joins(name, own) for name, own in zip(names, children, strict=True)])


@metric(
    "names",
    low=0,
    high=1,
    better="lower",
    meaning="Share of names that repeat what one member of the group asked for, word for word or nearly.",
    source="counting; docs/measuring.md",
)
def names_copied(names: Sequence[str], requests: Sequence[Sequence[str] | None]) -> Figure:
    """Share of names that repeat one member's request (``copies_one`` says what counts).

    ``requests`` (m): the requests of the members of each group, None for a group that is not asked about, such as one
    above the base. ``groups``: 1 for each, NaN for those left out. Undefined without any group.
    """
    copied = [
        float("nan") if own is None else float(copies_one(name, own)) for name, own in zip(names, requests, strict=True)
    ]
    each = np.array(copied, dtype=np.float64)
    known = np.isfinite(each)
    return Figure(float(each[known].mean()), None, None, int(known.sum()), each) if known.any() else UNDEFINED


@metric(
    "names",
    low=0,
    high=1,
    better="lower",
    meaning="Share of the words of a name that all its siblings have too, so that they do not help to choose.",
    source="counting; production list in docs/measuring.md",
)
def sibling_words(names: Sequence[str], parents: NDArray[np.integer[Any]]) -> Figure:
    """Mean over families of siblings of the number of words common to all, divided by the mean number of
    different words in a name. ``parents`` (m,): the parent of each group, -1 for none; groups at the top are
    siblings. Families of one are left out; undefined without any other.
    """
    families: dict[int, list[set[str]]] = {}
    for name, parent in zip(names, parents, strict=True):
        families.setdefault(int(parent), []).append(set(words(name.casefold())))
    shares = [
        len(set.intersection(*names)) / max(1e-9, float(np.mean([len(words_) for words_ in names])))
        for names in families.values()
        if len(names) > 1 and any(names)
    ]
    return Figure(float(np.mean(shares)), None, None, len(shares)) if shares else UNDEFINED


def name_coverage(shown: NDArray[np.bool_], weights: NDArray[Any]) -> Figure:
    """Share of conversations (``weights``: how often each occurs) that lie in a group whose name is shown."""
    covered = share(int(weights[shown].sum()), int(weights.sum()))
    return covered._replace(low=None, high=None)  # all were counted


def _counted(found: Sequence[bool]) -> Figure:
    """The share of names for which something was found. A count of all names has no interval."""
    each = np.array(found, dtype=np.float64)
    return Figure(float(each.mean()), None, None, len(each), each) if len(each) else UNDEFINED
