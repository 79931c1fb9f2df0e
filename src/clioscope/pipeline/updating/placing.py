"""Where new conversations belong: their vectors in the frozen geometry of an atlas, their groups, and whether they fit.

Encoder, map, means and centroids are those of the atlas. Only as much is read of it as lies near the new ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.files import read_array
from clioscope.atlas.vectors import PLAIN, TEXT_KEYS, TEXTS
from clioscope.vectors.centroids import nearest_centroid
from clioscope.vectors.neighbours import EXACT, nearest
from clioscope.vectors.smoothing import mix, mixing

if TYPE_CHECKING:
    from clioscope.vectors.centring import Means

_GROUPS = 8  # whose members are looked at for neighbours, where not all are


class Geometry:
    """The centred vectors of an atlas, read where they are asked for.

    ``labels`` (m,) are the base groups, ``languages`` those of the rows.
    """

    def __init__(
        self,
        folder: Path,
        means: Means,
        languages: Sequence[str | None] | None,
        labels: NDArray[np.integer],
        centroids: NDArray[np.float32],
    ) -> None:
        self.folder, self.means, self.languages = folder, means, languages
        self.labels, self.centroids = labels, centroids
        self._plain = read_array(folder, PLAIN, in_place=True)
        self._near = read_array(folder, "smooth_near", in_place=True)
        self._weights = read_array(folder, "smooth_weights", in_place=True)

    def __len__(self) -> int:
        return len(self._plain)

    def centred(self, rows: NDArray[np.integer]) -> NDArray[np.float32]:
        """Centred unit vectors (r, d) of some rows."""
        tags = None if self.languages is None else [self.languages[row] for row in rows.tolist()]
        return self.means.centre(np.asarray(self._plain[rows], np.float32), tags)

    def vectors(self, rows: NDArray[np.integer]) -> NDArray[np.float32]:
        """The smoothed unit vectors (r, d) of some rows, as they decided the groups."""
        near = np.asarray(self._near[rows])
        needed, place = np.unique(np.append(near[near >= 0], rows), return_inverse=True)
        among = self.centred(needed)
        found = np.full(near.shape, -1)
        found[near >= 0] = place[: -len(rows)] if len(rows) else place
        own = among[place[len(place) - len(rows) :]]
        return mix(own, found, among, np.asarray(self._weights[rows]))

    def members(self, label: int) -> NDArray[np.intp]:
        """The rows of a base group."""
        return np.flatnonzero(self.labels == label)

    def nearest(self, queries: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows (n, k) that are nearest to centred ``queries`` (n, d), and their cosines; -1 and -1.0 for none.

        Of up to 20,000 rows, all are looked at; of more, the members of the eight nearest groups.
        """
        if len(self) <= EXACT:
            near = nearest(queries, self.centred(np.arange(len(self))), k)
            return _padded(near.indices.astype(np.int64), near.similarities, k)
        count = min(_GROUPS, len(self.centroids))
        groups = np.argpartition(-(queries @ self.centroids.T), count - 1, axis=1)[:, :count]
        best = np.full((len(queries), k), -1, np.int64)
        cosines = np.full((len(queries), k), -1.0, np.float32)
        order = np.argsort(self.labels, kind="stable")
        starts = np.searchsorted(self.labels[order], np.arange(len(self.centroids) + 1))
        for group in np.unique(groups).tolist():
            asking = np.flatnonzero((groups == group).any(axis=1))
            rows = np.sort(order[starts[group] : starts[group + 1]])
            if not len(rows):
                continue
            near = nearest(queries[asking], self.centred(rows), k)
            found, similar = _padded(rows[near.indices], near.similarities, k)
            best[asking], cosines[asking] = _merged(best[asking], cosines[asking], found, similar, k)
        return best, cosines


class Placed(NamedTuple):
    """New conversations: ``centred`` and ``vectors`` (n, d); ``near`` (n, k) int64, places among the rows of the atlas
    followed by the new ones (-1: none); ``weights`` (n, 2); ``closest`` (n,), the nearest row of the atlas."""

    centred: NDArray[np.float32]
    vectors: NDArray[np.float32]
    near: NDArray[np.int64]
    weights: NDArray[np.float32]
    closest: NDArray[np.int64]


def placed(geometry: Geometry, centred: NDArray[np.float32], neighbours: int, smooth: float) -> Placed:
    """Smooth new ``centred`` vectors (n, d) with their neighbours among the rows of the atlas and each other."""
    count = max(1, neighbours)
    old, similar = geometry.nearest(centred, count + 1)
    own = nearest(centred, centred, count + 1)
    mine, alike = _padded(own.indices.astype(np.int64), own.similarities, count + 1)
    mine = np.where(mine >= 0, mine + len(geometry), -1)
    near, cosines = _merged(old, similar, mine, alike, 2 * count + 2)
    near[cosines > 1 - 1e-6] = -1  # itself, and its twins: in a build, too, they are no neighbours
    order = np.argsort(near < 0, axis=1, kind="stable")
    near = np.take_along_axis(near, order, axis=1)[:, :neighbours]
    needed, place = np.unique(near, return_inverse=True)
    inside = needed < len(geometry)
    among = np.zeros((len(needed), centred.shape[1]), np.float32)
    among[inside & (needed >= 0)] = geometry.centred(needed[inside & (needed >= 0)])
    among[~inside] = centred[needed[~inside] - len(geometry)]
    local = np.where(near >= 0, place.reshape(near.shape), -1)
    weights = mixing(centred, local, among, smooth)
    return Placed(centred, mix(centred, local, among, weights), near, weights, old[:, 0])


def grouped(
    geometry: Geometry,
    new: Placed,
    keys: NDArray[np.uint8],
    barred: NDArray[np.bool_],
    codes: Sequence[str | None] | None = None,
    own: Sequence[str | None] = (),
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The base group (n,) of each new conversation, and its margin.

    ``keys`` (n, 16) say what the vectors of the raw texts are of: a twin of a text of the atlas goes to its group.
    ``barred`` (k,) are groups that nothing goes to. With a codebook, ``codes`` (n) are the categories of the new
    conversations and ``own`` (k) those of the groups: each gets a group of its category, or -1 where there is none.
    """
    told = list(codes) if codes is not None else [None] * len(new.vectors)
    of = list(own) if codes is not None else [None] * len(barred)
    labels, margins = np.full(len(told), -1, np.int32), np.zeros(len(told), np.float32)
    for code in dict.fromkeys(told):
        rows = np.array([row for row, one in enumerate(told) if one == code])
        usual = np.array([label for label, one in enumerate(of) if one == code and not barred[label]], np.int64)
        if len(usual):
            found, margins[rows] = nearest_centroid(new.vectors[rows], geometry.centroids[usual])
            labels[rows] = usual[found]
    known = _keyed(read_array(geometry.folder, TEXT_KEYS))
    mine = _keyed(keys)
    twins = np.flatnonzero(np.isin(mine, known))
    if len(twins):
        order = np.argsort(known, kind="stable")
        theirs = geometry.labels[order[np.searchsorted(known[order], mine[twins])]]
        for row, label in zip(twins.tolist(), theirs.tolist(), strict=True):
            if not barred[label] and of[label] == told[row]:
                labels[row] = label
    return labels, margins


def raw_vectors(folder: Path) -> NDArray[np.float16]:
    """The vectors of the raw texts of an atlas, left on the disk until they are used."""
    found: NDArray[np.float16] = read_array(folder, TEXTS, in_place=True)
    return found


def _keyed(keys: NDArray[np.uint8]) -> NDArray[np.void]:
    return np.ascontiguousarray(keys).view(f"V{keys.shape[1]}").reshape(-1)


def _padded(
    indices: NDArray[np.int64], cosines: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    missing = k - indices.shape[1]
    if missing <= 0:
        return indices, cosines
    return (
        np.pad(indices, ((0, 0), (0, missing)), constant_values=-1),
        np.pad(cosines, ((0, 0), (0, missing)), constant_values=-1.0),
    )


def _merged(
    one: NDArray[np.int64],
    cosines: NDArray[np.float32],
    other: NDArray[np.int64],
    similar: NDArray[np.float32],
    k: int,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The k best of two lists of rows, per query."""
    rows, values = np.concatenate([one, other], axis=1), np.concatenate([cosines, similar], axis=1)
    order = np.argsort(-values, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(values, order, axis=1)
