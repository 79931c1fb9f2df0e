"""The groups of a release as a tree: made of private figures and public words alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from clioscope.hierarchy.levels import level_sizes
from clioscope.hierarchy.linkage import linkage_levels
from clioscope.privacy.guarantee.centres import nearest
from clioscope.privacy.guarantee.made import Given, Made
from clioscope.privacy.guarantee.public import Topics
from clioscope.privacy.guarantee.words import best_words, name_of
from clioscope.vectors.unit import unit_rows

if TYPE_CHECKING:
    import polars as pl

ACTION = "guaranteed"  # in place of an auditor's verdict
_PHRASES = 8
_TOPICS = 2  # in the name of a larger group without words


class Node(NamedTuple):
    """A group of the tree: its ``name`` and ``description``, its level (0: base), the ``parent`` (its place among the
    nodes), the ``code`` of its category, and the base groups in it (``members``)."""

    name: str
    description: str
    level: int
    parent: int | None
    code: str | None
    members: tuple[int, ...]


def tree_of(made: Made, topics: Topics, given: Given | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables ``tree`` and ``facet_counts`` of a release. A group's counts are the sums of those of its base groups.

    A group is named by its words; without any, by the public topic that is nearest to its centre. A category has its
    own name and description.
    """
    import polars as pl

    nodes = _found(made, topics) if given is None else _given(made, given)
    words = _words(made, nodes)
    ids = [f"g{place}" for place in range(len(nodes))]
    tree = pl.DataFrame(
        {
            "group": ids,
            "level": [node.level for node in nodes],
            "parent": [None if node.parent is None else ids[node.parent] for node in nodes],
            "name": _apart([node.name or name_of(told) for node, told in zip(nodes, words, strict=True)]),
            "description": [node.description for node in nodes],
            "phrases": words,
            "mixed": [False] * len(nodes),
            "code": [node.code for node in nodes],
            "count": [sum(made.sizes[member] for member in node.members) for node in nodes],
            "score": [None] * len(nodes),
            "action": [ACTION] * len(nodes),
        },
        schema={
            **dict.fromkeys(("group",), pl.String),
            "level": pl.Int32,
            **dict.fromkeys(("parent", "name", "description"), pl.String),
            "phrases": pl.List(pl.String),
            "mixed": pl.Boolean,
            "code": pl.String,
            "count": pl.UInt32,
            "score": pl.Int8,
            "action": pl.String,
        },
    )
    return tree, _facet_counts(made, nodes, ids)


def _found(made: Made, topics: Topics) -> list[Node]:
    shown = list(made.sizes)
    centres = unit_rows(made.centres[shown])
    topic_of = {
        group: topics.names[place] for group, place in zip(shown, nearest(centres, topics.vectors), strict=True)
    }
    cuts = linkage_levels(centres, np.ones(len(shown), np.int64), level_sizes(len(shown), made.total))
    words = made.words
    nodes = [
        Node("" if words[group] else _near(topic_of[group]), _topic(topic_of[group]), 0, None, None, (group,))
        for group in shown
    ]
    below = list(range(len(shown)))  # places of the nodes of the level below
    for level, parents in enumerate(cuts, start=1):
        above = []
        for parent in range(int(parents.max()) + 1):
            children = [below[place] for place in np.flatnonzero(parents == parent)]
            if len(children) == 1:  # a group of one child is left out
                above.append(children[0])
                continue
            members = tuple(member for child in children for member in nodes[child].members)
            largest = sorted(members, key=lambda member: -made.sizes[member])
            named = list(dict.fromkeys(topic_of[member] for member in largest))[:_TOPICS]
            told = any(words[member] for member in members)
            above.append(len(nodes))
            for child in children:
                nodes[child] = nodes[child]._replace(parent=len(nodes))
            nodes.append(Node("" if told else _near(*named), _topic(*named), level, None, None, members))
        below = above
    return nodes


def _given(made: Made, given: Given) -> list[Node]:
    """The categories that are shown. They stand beside each other, whatever holds them in the codebook."""
    categories = [(group, given.categories[group]) for group in made.sizes]
    return [Node(one.name, one.description, 0, None, one.code, (group,)) for group, one in categories]


def _near(*names: str) -> str:
    """A name for a group without words. It says that the topic is only near: the group may be about something else."""
    return f"Near: {', '.join(names)}"


def _topic(*names: str) -> str:
    return f"Nearest public {'topic' if len(names) == 1 else 'topics'}: {', '.join(names)}."


def _words(made: Made, nodes: Sequence[Node]) -> list[list[str]]:
    """The best words of every node, each against the other nodes of its level."""
    told: list[list[str]] = [[] for _ in nodes]
    for level in {node.level for node in nodes}:
        places = [place for place, node in enumerate(nodes) if node.level == level]
        counts = {place: Counter[str]() for place in places}
        for place in places:
            for one in nodes[place].members:
                counts[place].update(made.word_counts[one])
        sizes = {place: float(sum(made.sizes[one] for one in nodes[place].members)) for place in places}
        for place, best in best_words(counts, sizes, _PHRASES).items():
            told[place] = best
    return told


def _apart(names: Sequence[str]) -> list[str]:
    """The names, with a number after those that stood before."""
    seen: Counter[str] = Counter()
    made = []
    for name in names:
        seen[name] += 1
        made.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return made


def _facet_counts(made: Made, nodes: Sequence[Node], ids: Sequence[str]) -> pl.DataFrame:
    import polars as pl

    rows: list[tuple[Any, ...]] = []
    for node, group in zip(nodes, ids, strict=True):
        cells: Counter[tuple[str, str]] = Counter()
        for (member, facet, value), count in made.values.items():
            if member in node.members:
                cells[facet, value] += count
        size = sum(made.sizes[member] for member in node.members)
        rows += [(group, facet, value, min(count, size)) for (facet, value), count in cells.items()]
    schema = {"group": pl.String, "facet": pl.String, "value": pl.String, "count": pl.UInt32}
    return pl.DataFrame(rows, schema=schema, orient="row").sort(
        "group", "facet", "count", "value", descending=[False, False, True, False]
    )
