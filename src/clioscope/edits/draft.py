"""The tree of an atlas while operations change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.edits.sentences import NotApplicable, Said
from clioscope.naming.candidates import Label

if TYPE_CHECKING:
    from clioscope.atlas import Atlas
    from clioscope.edits.operation import Operation


SHORT = 12  # characters of an id in a sketch


@dataclass
class Node:
    """A group. ``row`` is its row in the built tree, empty for a group that an operation made.

    ``name`` and ``description`` are what the analyst gave, None where nothing was given. ``maker`` is the operation
    that gave the name or made the group. ``vouch`` is the operation by which the analyst vouches for its text.
    """

    group: str
    level: int
    parent: str | None
    label: Label
    row: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    description: str | None = None
    maker: Operation | None = None
    vouch: Operation | None = None
    hidden: bool = False
    pinned: bool = False
    note: str = ""
    colour: str = ""
    renewed: bool = False  # a name was asked for anew
    kept: bool = False  # the name is the one that it had when it was pinned

    @property
    def vacant(self) -> bool:
        """Whether it is a given category that holds nothing."""
        return self.row.get("conversations") == 0

    @property
    def shown_name(self) -> str:
        """The name as it may be said: not one that the auditor withheld."""
        if self.name is not None:
            return self.name
        return "" if self.row.get("action") == "withheld" else self.label.name


class Draft:
    """``nodes`` by id, hidden ones too, and ``base`` (n,), the number of the base group of each conversation.

    ``numbers`` gives the number of a base group. ``gone`` says of each group that operations removed why it is not
    there; ``lost`` are the labels of those.
    """

    def __init__(self, atlas: Atlas, followed: Mapping[str, str]) -> None:
        clusters, tree = atlas.clusters, atlas.tree
        self.conversations: list[str] = clusters["conversation"].to_list()
        self.base: NDArray[np.int32] = clusters["label"].to_numpy().astype(np.int32)
        self.numbers: dict[str, int] = {group: place for place, group in enumerate(atlas.manifest["base_groups"])}
        self.nodes: dict[str, Node] = {}
        for row in tree.iter_rows(named=True):
            label = Label(row["name"], row["description"] or "", tuple(row["phrases"] or ()), row["mixed"])
            self.nodes[row["group"]] = Node(row["group"], row["level"], row["parent"], label, row)
        self.gone: dict[str, Said] = {}
        self.lost: set[str] = set()
        self.followed = dict(followed)
        self.remarks: list[str] = []

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each conversation."""
        return {id: row for row, id in enumerate(self.conversations)}

    @cached_property
    def short_ids(self) -> frozenset[str]:
        """The beginnings of the ids of all conversations, by which sketches of groups know them."""
        return frozenset(id[:SHORT] for id in self.conversations)

    def find(self, group: str) -> Node:
        """The group of an id, or the one that followed it. Raises NotApplicable if it is not there."""
        seen = {group}
        at = group
        while at not in self.nodes and at in self.followed and self.followed[at] not in seen:
            at = self.followed[at]
            seen.add(at)
        if at in self.nodes:
            return self.nodes[at]
        raise NotApplicable("gone", group=group, why=self.gone.get(at, Said("not_continued", {})))

    def children(self, group: str | None) -> list[Node]:
        """The groups right below a group, or at the top."""
        return [node for node in self.nodes.values() if node.parent == group]

    def ancestors(self, node: Node) -> list[Node]:
        """The groups above a group, the nearest first."""
        found: list[Node] = []
        while node.parent is not None:
            node = self.nodes[node.parent]
            found.append(node)
        return found

    def below(self, group: str) -> list[Node]:
        """A group and all groups in it."""
        found = [self.nodes[group]]
        for node in found:
            found += self.children(node.group)
        return found

    def members(self, group: str) -> NDArray[np.intp]:
        """The rows of the conversations in a group, rising."""
        own = [self.numbers[node.group] for node in self.below(group) if node.group in self.numbers]
        return np.flatnonzero(np.isin(self.base, own))

    def is_hidden(self, node: Node) -> bool:
        """Whether a group is hidden: itself, by one above it, or because all in it is hidden."""
        if node.hidden or any(above.hidden for above in self.ancestors(node)):
            return True
        inner = self.children(node.group)
        return bool(inner) and all(self.is_hidden(child) for child in inner)

    def shown(self) -> dict[str, str | None]:
        """The groups that are seen, with their parents. A group of which all but one child is hidden gives its place to
        that child, as long as the others are hidden."""
        seen = {group for group, node in self.nodes.items() if not self.is_hidden(node)}
        inner = Counter(self.nodes[group].parent for group in seen)
        all_inner = self.fan_outs()
        alone = {group for group in seen if inner[group] == 1 < all_inner[group]}
        found: dict[str, str | None] = {}
        for group in self.nodes:
            if group in seen - alone:
                above = self.ancestors(self.nodes[group])
                found[group] = next((node.group for node in above if node.group not in alone), None)
        return found

    def add(self, node: Node, rows: NDArray[np.intp] | None = None) -> None:
        """Add a group; a base group gets ``rows`` as its conversations."""
        self.nodes[node.group] = node
        self.gone.pop(node.group, None)
        if rows is not None:
            self.numbers[node.group] = max(self.numbers.values(), default=-1) + 1
            self.base[rows] = self.numbers[node.group]

    def call(self, node: Node, group: str) -> None:
        """Give a group another id: the one that a pinned group had in an earlier build."""
        old = node.group
        self.nodes = {group if id == old else id: one for id, one in self.nodes.items()}
        for child in self.children(old):
            child.parent = group
        node.group = group
        if old in self.numbers:
            self.numbers[group] = self.numbers.pop(old)
        self.followed[old] = group

    def remove(self, node: Node, why: Said) -> None:
        """Take a group out of the tree; what is below it must have moved before."""
        del self.nodes[node.group]
        self.numbers.pop(node.group, None)
        self.gone[node.group] = why
        self.lost |= {name for name in (node.label.name, node.name) if name}

    def fan_outs(self) -> Counter[str | None]:
        """How many groups lie right below each group, None for the top."""
        return Counter(node.parent for node in self.nodes.values())

    def tidy(self, before: Counter[str | None]) -> None:
        """Leave out groups without conversations, and those that have lost children and hold one or none now: a group
        of one child holds the same as the child. ``before`` are the ``fan_outs`` before the change."""
        sizes = np.bincount(self.base, minlength=max(self.numbers.values(), default=0) + 1)
        for node in [node for node in self.nodes.values() if node.group in self.numbers]:
            if not sizes[self.numbers[node.group]]:
                self.remove(node, Said("all_moved", {}))
        for node in sorted((node for node in self.nodes.values() if node.level), key=lambda node: node.level):
            inner = self.children(node.group)
            if len(inner) > 1 or len(inner) >= before[node.group] > 0 or (node.vacant and not inner):
                continue
            for child in inner:
                child.parent = node.parent
            self.remove(node, Said("one_left" if inner else "none_left", {}))
