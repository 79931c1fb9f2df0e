"""What is usual among the groups of an atlas: how alike their members are, and how far apart neighbours lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.spaced import evenly_spaced

if TYPE_CHECKING:
    from clioscope.pipeline.updating.placing import Geometry

LEAST = 5  # conversations of a candidate, of a part of a group that is split, or that confirm a candidate
_SAMPLED = 20  # members that tell how alike the members of a group are
_GROUPS = 60  # groups that tell what is usual


class Usual(NamedTuple):
    """What groups of the atlas are like: ``alike``, the mean cosine of two members; ``apart``, the cosine of a group's
    centroid with that of the nearest other group; both are medians."""

    alike: float
    apart: float

    @property
    def holding(self) -> float:
        """The mean cosine that the members of a candidate need."""
        return (self.alike + self.apart) / 2


def usual_groups(geometry: Geometry, none: int | None) -> Usual:
    """What is usual among the groups of an atlas, from a few members of some groups."""
    there = np.array([label for label in range(len(geometry.centroids)) if label != none])
    cosines = geometry.centroids[there] @ geometry.centroids[there].T
    np.fill_diagonal(cosines, -1)
    found = []
    for label in there[evenly_spaced(len(there), _GROUPS)].tolist():
        members = geometry.members(label)
        if len(members) >= 2:
            found.append(alike(geometry.vectors(members[evenly_spaced(len(members), _SAMPLED)])))
    return Usual(
        float(np.median(found)) if found else 1.0, float(np.median(cosines.max(axis=1))) if len(there) > 1 else 0.0
    )


def alike(vectors: NDArray[np.float32]) -> float:
    """The mean cosine of two different rows; 1 for a single one."""
    count = len(vectors)
    if count < 2:
        return 1.0
    total = vectors.sum(axis=0)
    return float((total @ total - np.einsum("ij,ij->", vectors, vectors)) / (count * (count - 1)))
