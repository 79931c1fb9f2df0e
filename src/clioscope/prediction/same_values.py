"""Short answers that mean the same, as one value: "Recipes", "recipe" and "cooking recipes" are not three."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from clioscope.vectors.unit import unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

Encoded = Callable[[Sequence[str]], "NDArray[Any]"]

SAME = 0.7  # cosine of two answers' vectors, without what all answers have in common
_FEW = 10  # answers below which what they have in common is not known
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def spelling(value: str) -> str:
    """The answer in lower case, with single spaces, without punctuation around it."""
    return _EDGES.sub("", " ".join(value.lower().split()))


def merged_values(said: Sequence[str | None], encode: Encoded | None) -> dict[str, str]:
    """For each answer in ``said`` the value that it counts as: the most frequent answer that means the same.

    Spelling in capitals and the plural make no difference. With ``encode``, which gives unit vectors (v, d) of texts,
    answers with a cosine of .7 or more count as the same as well; what all answers have in common is subtracted from
    the vectors first. A rarer answer joins a more frequent one, never two rare ones each other's followers.
    """
    counts = Counter(spelling(value) for value in said if value)
    counts.pop("", None)
    written = Counter(value for value in said if value)
    by_stem: dict[str, Counter[str]] = {}
    for value, count in counts.items():
        by_stem.setdefault(_stem(value), Counter())[value] += count
    heads = {stem: max(forms.items(), key=lambda form: (form[1], form[0]))[0] for stem, forms in by_stem.items()}
    sizes = {heads[stem]: sum(forms.values()) for stem, forms in by_stem.items()}
    leader = {value: value for value in sizes}
    if encode is not None and len(sizes) > 1:
        leader = _leaders(sorted(sizes, key=lambda value: (-sizes[value], value)), encode)
    shown: dict[str, str] = {}  # the usual way to write a leader
    for value, _ in sorted(written.items(), key=lambda one: (-one[1], one[0])):
        shown.setdefault(spelling(value), value.strip())
    return {value: shown[leader[heads[_stem(spelling(value))]]] for value in written if spelling(value)}


def _stem(value: str) -> str:
    """A spelling without the plural of its last word."""
    if value.endswith("ies") and len(value) > 5:
        return value[:-3] + "y"
    if value.endswith(("xes", "ches", "shes", "sses", "zes")):
        return value[:-2]
    return value[:-1] if value.endswith("s") and not value.endswith(("ss", "us", "is")) and len(value) > 3 else value


def _leaders(values: Sequence[str], encode: Encoded) -> dict[str, str]:
    """For each of ``values``, the most frequent first, the nearest earlier leader, or itself if none is near."""
    rows = np.asarray(encode(values), np.float32)
    if len(rows) >= _FEW:
        rows = rows - rows.mean(axis=0)
    rows = unit_rows(rows)
    leaders: list[int] = []
    found: dict[str, str] = {}
    for place, value in enumerate(values):
        near = rows[leaders] @ rows[place] if leaders else np.zeros(0, np.float32)
        if len(near) and near.max() >= SAME:
            found[value] = values[leaders[int(near.argmax())]]
        else:
            leaders.append(place)
            found[value] = value
    return found
