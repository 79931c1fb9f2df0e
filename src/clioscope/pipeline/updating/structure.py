"""Which groups of an updated atlas change: candidates among what fits nothing, and groups that no longer hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.pipeline.updating.candidates import drawn_to, holding_together, loosest
from clioscope.pipeline.updating.usual import LEAST, Usual, alike, usual_groups
from clioscope.vectors.centroids import centroids_of
from clioscope.vectors.spaced import evenly_spaced

if TYPE_CHECKING:
    from clioscope.pipeline.updating.joint import Joint

OUT = -1  # the label of what fits nothing while there is no group of it
GREW = 1.2  # a group this many times as large as when it was made is looked at again
_SAMPLED = 60  # members that tell how alike two groups are
_LOOSE = 0.05  # share of groups whose halves may lie farther apart than those of a group that is split
_GROUPS = 60  # groups that tell this
_RIVALS = 3  # nearest groups that one that grew may be merged with


class Before(NamedTuple):
    """What is known of the base groups (k) before an update. ``none``: the label of the group of what fits nothing, or
    None; ``sizes`` (k): the number of members that each had when it was made; ``codes`` (k): the given category of
    each, None for none; ``candidates``: the labels of those that are not yet confirmed."""

    none: int | None
    sizes: Sequence[int]
    codes: Sequence[str | None]
    candidates: Sequence[int] = ()


class Structure(NamedTuple):
    """``labels`` (n,): the base groups of old and new rows, ``centroids`` (k, d). ``was`` (k,): the label that each
    group had before, -1 for one that was added; ``codes`` (k): its given category. ``none``: the label of the group of
    what fits nothing, or None.

    ``born``: labels of the first groups of a category; ``candidates``: of groups that are new; ``promoted``: of earlier
    candidates that further conversations confirmed. ``part_of``: of an added group that was split off, the labels of
    the groups that it was a part of, the one that gave most first. ``merged``: the label before of each group that is
    gone, and the label now of the one that took it in.
    """

    labels: NDArray[np.int32]
    centroids: NDArray[np.float32]
    was: NDArray[np.int64]
    codes: list[str | None]
    none: int | None
    born: list[int]
    candidates: list[int]
    promoted: list[int]
    part_of: dict[int, tuple[int, ...]]
    merged: dict[int, int]

    @property
    def split(self) -> list[int]:
        """The labels of the groups that a part was split off from."""
        return sorted({label for whole in self.part_of.values() for label in whole})

    @property
    def placed(self) -> list[int]:
        """The labels of the groups that get a place in the tree anew, but for parts of split groups."""
        return sorted({*self.born, *self.candidates, *self.promoted, *self.merged.values()})


def restructured(
    rows: Joint,
    labels: NDArray[np.int32],
    fits: NDArray[np.bool_],
    before: Before,
    seed: int,
    codes: Sequence[str | None] | None = None,
) -> Structure:
    """The groups after new conversations came.

    ``labels`` (n,) are the groups of all rows, old ones first, and -1 for a new row whose category has none; ``fits``
    (n,) is false for rows that fit none. ``codes`` (n) are the given categories of all rows, None where there is no
    codebook. A row that has a category, and fits no group there, becomes part of a candidate within the category, or
    stays in the nearest group there.
    """
    usual = usual_groups(rows.geometry, before.none)
    told = np.array(list(codes) if codes is not None else [None] * len(labels), object)
    groups = _Groups(rows, labels.copy(), rows.geometry.centroids.copy(), list(before.codes), before.none)
    born = groups.fill(told, fits)
    candidates = groups.gather(told, fits, usual)
    counts = groups.counts()
    grew = [label for label, size in enumerate(before.sizes) if label != groups.none and counts[label] >= GREW * size]
    large = [label for label in grew if counts[label] >= 2 * LEAST]
    part_of = groups.split(large, usual, seed)
    lost = {label for whole in part_of.values() for label in whole}
    whole = [label for label in range(len(before.sizes)) if label != groups.none and label not in lost]
    merged = groups.merge([label for label in grew if label in whole], whole, usual.alike)
    confirmed = [
        label
        for label in before.candidates
        if label in whole and label not in merged
        if counts[label] >= before.sizes[label] + LEAST and groups.alike(label) >= usual.holding
    ]
    added = np.arange(len(groups.centroids)) >= len(before.sizes)
    found = Structure(
        groups.labels,
        groups.centroids,
        np.where(added, -1, np.arange(len(added))),
        groups.codes,
        groups.none,
        born,
        candidates,
        confirmed,
        part_of,
        merged,
    )
    return _numbered(found)


class _Groups:
    """The groups while they change: ``labels`` (n,) of all rows, ``centroids`` (k, d), ``codes`` (k), and ``none``."""

    def __init__(
        self,
        rows: Joint,
        labels: NDArray[np.int32],
        centroids: NDArray[np.float32],
        codes: list[str | None],
        none: int | None,
    ) -> None:
        self.rows, self.labels, self.centroids, self.codes, self.none = rows, labels, centroids, codes, none
        self._start = len(rows.geometry)

    def counts(self) -> NDArray[np.int64]:
        """The members (k,) of each group."""
        return np.bincount(self.labels, minlength=len(self.centroids))

    def members(self, label: int) -> NDArray[np.intp]:
        """The rows of a group."""
        return np.flatnonzero(self.labels == label)

    def alike(self, label: int) -> float:
        """The mean cosine of two members of a group."""
        members = self.members(label)
        return alike(self.rows.vectors(members[evenly_spaced(len(members), _SAMPLED)]))

    def fill(self, codes: NDArray[np.object_], fits: NDArray[np.bool_]) -> list[int]:
        """Make a group for the rows of each category that had none."""
        empty = (self.labels < 0) & fits
        return [self._added(np.flatnonzero(empty & (codes == code)), code) for code in dict.fromkeys(codes[empty])]

    def gather(self, codes: NDArray[np.object_], fits: NDArray[np.bool_], usual: Usual) -> list[int]:
        """Make candidates of what fits nothing and holds together, and put the rest into the group for it."""
        nearest, none = self.labels.copy(), self.none
        self.labels[~fits] = OUT if none is None else none
        out = self.labels == (OUT if none is None else none)
        candidates: list[int] = []
        for code in dict.fromkeys(codes[out]):
            own = codes == code if code is not None else np.array([one is None for one in codes])
            inside = [label for label, of in enumerate(self.codes) if of == code and label != none]
            found = holding_together(self.rows, np.flatnonzero(out & own), self.centroids[inside], usual)
            made = [self._added(members, code) for members in found]
            if made:
                moving = np.flatnonzero(((np.arange(len(own)) >= self._start) | out) & own)
                drawn_to(self.rows, moving, self.labels, self.centroids, made, [*inside, *made])
            candidates += made
        left = self.labels == (OUT if none is None else none)
        back = left & ~fits & np.array([code is not None for code in codes])
        self.labels[back] = nearest[back]
        if (self.labels == OUT).any():
            self.none = self._added(np.flatnonzero(self.labels == OUT), None)
            self.centroids[self.none] = 0
        elif none is not None and not (self.labels == none).any():
            self.labels[loosest(self.rows, self.labels, self.centroids, candidates)] = none  # a group is never empty
        return candidates

    def split(self, large: Sequence[int], usual: Usual, seed: int) -> dict[int, tuple[int, ...]]:
        """Split groups that have fallen into two; parts of several groups that are alike become one.

        The halves of such a group are as far apart as two neighbouring groups usually are, and farther than those of
        nineteen of twenty groups: in many an atlas the groups are broad from the beginning.
        The result has the label of each added group, and those of the groups that it was a part of.
        """
        parts: list[tuple[int, NDArray[np.intp]]] = []
        gaps = self._gaps(seed) if large else {}
        for label in large:
            members = self.members(label)
            others = [gap for other, gap in gaps.items() if other != label]
            apart = min([usual.apart, *([float(np.quantile(others, _LOOSE))] if others else [])])
            halves, gap = _halves(self.rows.vectors(members), members < self._start, seed)
            if halves is not None and gap <= apart:
                parts.append((label, members[halves == 1]))
                self.centroids[label] = self._centroid(members[halves == 0])
        joined: list[list[tuple[int, NDArray[np.intp]]]] = []
        for part in sorted(parts, key=lambda one: -len(one[1])):
            code = self.codes[part[0]]
            alike_ones = [
                some
                for some in joined
                if self.codes[some[0][0]] == code and self._between(some[0][1], part[1]) >= usual.holding
            ]
            if alike_ones:
                alike_ones[0].append(part)
            else:
                joined.append([part])
        return {
            self._added(np.concatenate([members for _, members in some]), self.codes[some[0][0]]): tuple(
                label for label, _ in some
            )
            for some in joined
        }

    def _gaps(self, seed: int) -> dict[int, float]:
        """The cosine of the halves of some groups, from their old members."""
        geometry = self.rows.geometry
        there = [label for label in range(len(geometry.centroids)) if label != self.none]
        found = {}
        for place in evenly_spaced(len(there), _GROUPS).tolist():
            members = geometry.members(there[place])
            some = members[evenly_spaced(len(members), _SAMPLED)]
            found[there[place]] = _halves(geometry.vectors(some), np.ones(len(some), bool), seed)[1]
        return found

    def merge(self, grew: Sequence[int], among: Sequence[int], usual: float) -> dict[int, int]:
        """Merge pairs of groups that new conversations have joined.

        Members of the two are now as alike as members of one group usually are, and were not so before. The result has
        each group that goes, and the one that takes it in, which had more old members.
        """
        into: dict[int, int] = {}
        for label in grew:
            rivals = [other for other in among if other != label and self.codes[other] == self.codes[label]]
            order = np.argsort(-(self.centroids[rivals] @ self.centroids[label]), kind="stable")
            for other in (rivals[place] for place in order[:_RIVALS].tolist()):
                if {label, other} & {*into, *into.values()}:
                    continue
                one, two = self.members(label), self.members(other)
                old = one[one < self._start], two[two < self._start]
                if self._between(one, two) >= usual > self._between(*old):
                    gone, staying = (label, other) if len(old[0]) < len(old[1]) else (other, label)
                    into[gone] = staying
        for gone, staying in into.items():
            self.labels[self.labels == gone] = staying
            self.centroids[staying] = self._centroid(self.members(staying))
        return into

    def _between(self, one: NDArray[np.intp], two: NDArray[np.intp]) -> float:
        """The mean cosine of a member of one set of rows with a member of another; 1 where one is empty."""
        if not len(one) or not len(two):
            return 1.0
        first, second = (self.rows.vectors(own[evenly_spaced(len(own), _SAMPLED)]) for own in (one, two))
        return float((first @ second.T).mean())

    def _centroid(self, members: NDArray[np.intp]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = centroids_of(self.rows.vectors(members), np.zeros(len(members), int), 1)[0]
        return found

    def _added(self, members: NDArray[np.intp], code: str | None) -> int:
        """Make a group of some rows; its label."""
        self.centroids = np.concatenate([self.centroids, self._centroid(members)[None]])
        self.codes.append(code)
        self.labels[members] = len(self.centroids) - 1
        return len(self.centroids) - 1


def _numbered(found: Structure) -> Structure:
    """The structure with the labels numbered anew, without those of groups that were merged into others."""
    if not found.merged:
        return found
    staying = [label for label in range(len(found.centroids)) if label not in found.merged]
    place = {label: number for number, label in enumerate(staying)}
    numbers = np.full(len(found.centroids), -1, np.int32)
    numbers[staying] = np.arange(len(staying))
    return Structure(
        labels=numbers[found.labels],
        centroids=found.centroids[staying],
        was=found.was[staying],
        codes=[found.codes[label] for label in staying],
        none=None if found.none is None else place[found.none],
        born=[place[label] for label in found.born],
        candidates=[place[label] for label in found.candidates],
        promoted=[place[label] for label in found.promoted],
        part_of={place[part]: tuple(place[label] for label in whole) for part, whole in found.part_of.items()},
        merged={gone: place[into] for gone, into in found.merged.items()},
    )


def _halves(vectors: NDArray[np.float32], old: NDArray[np.bool_], seed: int) -> tuple[NDArray[np.int32] | None, float]:
    """The two halves of a group, 0, which has more of its ``old`` members, or 1, and the cosine of their centroids;
    None and 1 where one would be too small."""
    from sklearn.cluster import KMeans

    if len(vectors) < 2 * LEAST or len(np.unique(vectors, axis=0)) < 2:
        return None, 1.0
    labels = KMeans(2, n_init=3, random_state=seed).fit_predict(vectors)
    if np.bincount(labels, minlength=2).min() < LEAST:
        return None, 1.0
    both = centroids_of(vectors, labels, 2)
    first = np.bincount(labels, weights=old, minlength=2)
    return np.asarray(labels if first[0] >= first[1] else 1 - labels, dtype=np.int32), float(both[0] @ both[1])
