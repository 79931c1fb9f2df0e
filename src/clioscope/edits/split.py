"""The parts that a group is split into: by number, by a facet, or by a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.edits.draft import Draft, Node
from clioscope.edits.operation import Operation
from clioscope.edits.sentences import NotApplicable
from clioscope.errors import SettingsError

if TYPE_CHECKING:
    from clioscope.edits.material import Material

METHODS = {"kmeans": "kmeans", "ward": "agglomerative"}
_MOST = 12  # parts of a split by facet; a list this long is read to its end
_ANCHORS = 5  # conversations that a part is known by in later builds
_MOST_PARTS = 50

Parts = dict[str, list[Any]]  # a part's key to its rows, or to the groups in it


def parts_of(draft: Draft, node: Node, operation: Operation, material: Material) -> tuple[Operation, Parts]:
    """The parts of a group by their keys: rows of a base group, groups of any other.

    The operation comes back with the conversations that tell its parts apart (``anchors``), so that a part has the
    same key in every build. Raises NotApplicable where the group cannot be split so.
    """
    details = operation.details
    ways = [way for way in ("into", "facet", "query") if details.get(way) is not None]
    if len(ways) != 1:
        raise NotApplicable("one_way")
    rows = draft.members(node.group)
    if node.group not in draft.numbers:
        if ways != ["into"]:
            raise NotApplicable("only_number")
        return _of_groups(draft, node, operation, material)
    if len(rows) < 2:
        raise NotApplicable("one_conversation")
    if ways == ["facet"]:
        return operation, _by_facet(rows, str(details["facet"]), material)
    if ways == ["query"]:
        return operation, _by_query(rows, str(details["query"]), material)
    found = _divided(material.vectors[rows], operation, material)
    return _known(draft, operation, [rows[found == number] for number in range(int(found.max()) + 1)])


def _of_groups(draft: Draft, node: Node, operation: Operation, material: Material) -> tuple[Operation, Parts]:
    """The parts of a group of groups, which are sets of them: their centroids are divided."""
    from clioscope.vectors.unit import unit_rows

    inner = [child for child in draft.children(node.group) if not child.vacant]
    if len(inner) < 2:
        raise NotApplicable("one_group")
    members = [draft.members(child.group) for child in inner]
    centroids = unit_rows(np.stack([material.vectors[rows].mean(axis=0) for rows in members]))
    found = _divided(centroids, operation, material)
    gathered = [np.flatnonzero(found == number).tolist() for number in range(int(found.max()) + 1)]
    rows_of = [np.concatenate([members[place] for place in places]) for places in gathered]
    operation, parts = _known(draft, operation, rows_of)
    of_first = {int(rows[0]): places for rows, places in zip(rows_of, gathered, strict=True)}
    return operation, {key: [inner[place].group for place in of_first[int(rows[0])]] for key, rows in parts.items()}


def _divided(vectors: NDArray[np.float32], operation: Operation, material: Material) -> NDArray[np.int32]:
    """The part 0..k-1 of each row (n,), by k-means or Ward."""
    from clioscope.clustering import cluster
    from clioscope.settings import ClusteringSettings

    wanted, method = operation.details["into"], operation.details.get("method", "kmeans")
    if not isinstance(wanted, int) or not 2 <= wanted <= _MOST_PARTS:
        raise NotApplicable("how_many", most=_MOST_PARTS, n=wanted)
    if method not in METHODS:
        raise NotApplicable("no_method", method=method, methods=", ".join(METHODS))
    if len(vectors) < wanted:
        raise NotApplicable("too_few", n=len(vectors), groups=wanted)
    try:
        settings = ClusteringSettings(method=METHODS[method], clusters=wanted)
        labels = cluster(vectors, settings, material.settings.seed).labels
    except SettingsError as error:
        raise NotApplicable("not_divided", why=str(error).rstrip(".")) from error
    if int(labels.max()) < 1:
        raise NotApplicable("all_alike")
    return labels


def _by_facet(rows: NDArray[np.intp], facet: str, material: Material) -> Parts:
    """The most frequent values, each a part; what has another value, or none, is a part of its own."""
    values = material.values(facet)
    if values is None:
        raise NotApplicable("no_facet", facet=facet, facets=", ".join(material.facet_names))
    own = [values[row] for row in rows.tolist()]
    counts = Counter(value for value in own if value is not None)
    most = sorted((value for value in counts if counts[value] > 1), key=lambda value: (-counts[value], value))
    kept = set(most[: _MOST - 1] if len(counts) > _MOST else counts)
    parts: Parts = {}
    for row, value in zip(rows.tolist(), own, strict=True):
        parts.setdefault(value if value in kept and value is not None else "", []).append(row)
    if len(parts) < 2:
        raise NotApplicable("facet_alike", facet=facet)
    return dict(sorted(parts.items()))


def _by_query(rows: NDArray[np.intp], query: str, material: Material) -> Parts:
    """What lies near to a question, and the rest; the border is where the cosines fall apart best (Otsu 1979)."""
    if not query.strip():
        raise NotApplicable("no_query")
    cosines = material.vectors[rows] @ material.encode_query(query)
    order = np.argsort(-cosines, kind="stable")
    ranked = cosines[order].astype(np.float64)
    if ranked[0] - ranked[-1] < 1e-6:
        raise NotApplicable("query_alike")
    cut = np.arange(1, len(ranked))
    left = np.cumsum(ranked)[:-1]
    gap = left / cut - (ranked.sum() - left) / (len(ranked) - cut)
    spread = np.where(np.diff(ranked) < 0, cut * (len(ranked) - cut) * gap**2, -1.0)  # equal cosines stay together
    border = int(spread.argmax()) + 1
    return {"near": sorted(rows[order[:border]].tolist()), "far": sorted(rows[order[border:]].tolist())}


def _known(draft: Draft, operation: Operation, parts: Sequence[NDArray[np.intp]]) -> tuple[Operation, Parts]:
    """The parts with the numbers that they had when the operation was made, told by their anchors."""
    from scipy.optimize import linear_sum_assignment

    anchors = operation.details.get("anchors")
    if anchors is None:
        chosen = [[draft.conversations[row] for row in rows[:_ANCHORS].tolist()] for rows in parts]
        return operation.having(anchors=chosen), {str(place): rows.tolist() for place, rows in enumerate(parts)}
    homes = [{draft.row_of[id] for id in ids if id in draft.row_of} for ids in anchors]
    common = np.array([[len(home & set(rows.tolist())) for rows in parts] for home in homes])
    keys: dict[int, str] = {}
    for number, place in zip(*linear_sum_assignment(-common), strict=True):
        keys[int(place)] = str(int(number))
    spare = iter(range(len(homes), len(homes) + len(parts)))
    return operation, {keys.get(place) or str(next(spare)): rows.tolist() for place, rows in enumerate(parts)}
