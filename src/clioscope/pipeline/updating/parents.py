"""Labels of the groups above the base in an updated atlas: most keep theirs, those that moved are named anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy.tree import memberships
from clioscope.naming.candidates import Label
from clioscope.pipeline.updating.naming import Known, apart_from, context_of, told_of
from clioscope.vectors.spaced import evenly_spaced
from clioscope.vectors.unit import unit_rows

if TYPE_CHECKING:
    from clioscope.pipeline.run import Run
    from clioscope.pipeline.updating.chains import Shape
    from clioscope.pipeline.updating.growth import Tree
    from clioscope.pipeline.updating.joint import Reordered
    from clioscope.settings import Category

_SHOWN, _FEWEST = 400, 5  # conversations that a name is made of: of a parent, and at least of each of its base groups
_NEAR, _CONTRAST = 4, 5  # neighbouring parents, and conversations of each of their base groups, to tell it apart from


class Material(NamedTuple):
    """What names are made of: ``known``; ``rows`` and ``labels`` (n,), vectors and base groups of all rows, in the
    order of ``known.facets``; ``centroids`` (k, d) of the base groups."""

    known: Known
    rows: Reordered
    labels: NDArray[np.integer]
    centroids: NDArray[np.float32]


def labels_above(
    run: Run,
    material: Material | None,
    shape: Shape,
    before: Tree,
    base: Sequence[Label],
    was: NDArray[np.int64],
    renamed: Sequence[bool],
    wanted: Sequence[Sequence[bool]],
    taken: Mapping[str, Label],
) -> tuple[list[list[Label]], list[list[bool]]]:
    """The labels of every level, base first, and which of them are new.

    ``base`` (k) are the labels of the base groups; ``was`` (k,) says which group each was, and ``renamed`` (k) whether
    its label is new. ``wanted`` says of each group above the base whether it needs a name, ``taken`` are the labels
    that new names must be unlike. ``material`` may be None where nothing is wanted. A group of one child has its label.
    """
    named, new = [list(base)], [list(renamed)]
    below_was: list[int | None] = [None if one < 0 else one for one in was.tolist()]
    given = {one.code: one for one in run.settings.codebook.categories}
    taken = dict(taken)
    for number, level in enumerate(shape.levels, start=1):
        labels: list[Label] = []
        fresh: list[bool] = []
        asked: list[int] = []
        for index, old in enumerate(shape.was[number - 1]):
            children = np.flatnonzero(level.parent_of == index)
            code = shape.codes[number - 1][index]
            if code is not None:
                labels.append(_given(given[code]) if old is None else before.named[number][old])
                fresh.append(old is None)
            elif len(children) == 1:
                [child] = children.tolist()
                same = old is not None and _only_child(before, number, old) == below_was[child] is not None
                same = same and not new[-1][child]
                labels.append(before.named[number][old] if same and old is not None else named[-1][child])
                fresh.append(not same)
            elif wanted[number - 1][index] or old is None:
                asked.append(index)
                labels.append(Label("", ""))
                fresh.append(True)
            else:
                labels.append(before.named[number][old])
                fresh.append(False)
        if asked:
            assert material is not None
            for index, label in zip(asked, _named(run, material, shape, number, named[-1], asked, taken), strict=True):
                labels[index] = label
                taken[f"{number}/{index}"] = label
        named.append(labels)
        new.append(fresh)
        below_was = list(shape.was[number - 1])
    return named, new


def _named(
    run: Run,
    material: Material,
    shape: Shape,
    number: int,
    children: Sequence[Label],
    asked: Sequence[int],
    taken: Mapping[str, Label],
) -> list[Label]:
    """Labels of the groups ``asked`` of a level; ``children`` are the labels of the level below."""
    from clioscope.naming.parents import name_parents

    level = shape.levels[number - 1]
    places = memberships(np.arange(len(material.centroids)), shape.levels[:number])
    parents, below = places[number], places[number - 1]
    near = _nearest(material.centroids, parents, asked)
    chosen = _chosen(material, parents, asked, near)
    base = material.labels[chosen]
    words = [". ".join(children[below[label]].phrases) for label in base.tolist()]
    context = context_of(run, material.known, material.rows, chosen, words)
    groups = [*asked, *near]
    inside = np.flatnonzero(np.isin(level.parent_of, groups) & np.isin(np.arange(len(children)), below[base]))
    own = np.searchsorted(inside, below[base])
    place = {group: local for local, group in enumerate(groups)}
    parent_of = np.array([place[int(group)] for group in level.parent_of[inside]])
    some = [children[child] for child in inside.tolist()]
    kept = {
        place[group]: Label("", "", mixed=all(some[child].mixed for child in np.flatnonzero(parent_of == place[group])))
        for group in near
    }
    found = name_parents(context, some, parent_of, own, kept)[: len(asked)]
    return apart_from(context, found, [np.flatnonzero(parent_of[own] == one) for one in range(len(asked))], taken)


def _nearest(centroids: NDArray[np.float32], parents: NDArray[np.integer], asked: Sequence[int]) -> list[int]:
    """The groups of a level that are nearest to those ``asked``, without these."""
    sums = np.zeros((int(parents.max()) + 1, centroids.shape[1]))
    np.add.at(sums, parents, centroids.astype(np.float64))
    centres = unit_rows(sums)
    found: dict[int, None] = {}
    for group in asked:
        order = np.argsort(-(centres @ centres[group]), kind="stable").tolist()
        found |= dict.fromkeys([one for one in order if one not in asked and centres[one].any()][:_NEAR])
    return list(found)


def _chosen(
    material: Material, parents: NDArray[np.integer], asked: Sequence[int], near: Sequence[int]
) -> NDArray[np.intp]:
    """Rows of the groups ``asked`` and ``near``, of each of their base groups some; those with a text first."""
    told = told_of(material.known)
    parts = []
    for group in (*asked, *near):
        base = np.flatnonzero(parents == group)
        most = max(_FEWEST, _SHOWN // len(base)) if group in asked else _CONTRAST
        for label in base.tolist():
            members = np.flatnonzero(material.labels == label)
            some = members[told[members]]
            members = some if len(some) else members
            parts.append(members[evenly_spaced(len(members), most)])
    return np.sort(np.concatenate(parts))


def _only_child(before: Tree, number: int, group: int) -> int | None:
    """The one child of a group of the tree before, None where it has several."""
    children = np.flatnonzero(before.levels[number - 1].parent_of == group)
    return int(children[0]) if len(children) == 1 else None


def _given(category: Category) -> Label:
    return Label(category.name, category.description, code=category.code)
