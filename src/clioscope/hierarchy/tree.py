"""The tree of groups: its levels, the ids of its groups, and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.vectors.grouped import rows_by_group

if TYPE_CHECKING:
    import polars as pl

    from clioscope.naming.candidates import Label


class Level(NamedTuple):
    """One level above the base: ``parent_of`` (k,), the parent 0..p-1 of each group of the level below."""

    parent_of: NDArray[np.int32]


def memberships(labels: NDArray[np.integer], levels: Sequence[Level]) -> list[NDArray[np.integer]]:
    """The group (n,) of every conversation at every level, base first; ``labels`` (n,) are the base groups."""
    member: list[NDArray[np.integer]] = [labels]
    for level in levels:
        member.append(level.parent_of[member[-1]])
    return member


def group_ids(conversations: Sequence[str], labels: NDArray[np.integer], level: int) -> list[str]:
    """Stable ids of the groups 0..k-1 of one level: a hash of level and members, so an unchanged group keeps its id.

    ``conversations`` (n) are the ids of the conversations, ``labels`` (n,) their groups.
    """
    import polars as pl

    names = pl.Series(conversations, dtype=pl.String)
    order = names.arg_sort().to_numpy()  # by bytes, which is the order of Python's strings too
    ordered = names.gather(order).to_list()
    found = []
    for rows in rows_by_group(np.asarray(labels)[order], int(labels.max()) + 1):
        members = "".join([ordered[row] for row in rows.tolist()])
        found.append(f"g{blake2b(f'{level}{members}'.encode(), digest_size=6).hexdigest()}")
    return found


def tree_ids(
    conversations: Sequence[str], member: Sequence[NDArray[np.integer]], base: Sequence[str] | None = None
) -> list[list[str]]:
    """The ids of the groups of every level, base first; ``base`` are those of the base groups, where they have others
    than ``group_ids``."""
    return [
        list(base) if level == 0 and base is not None else group_ids(conversations, groups, level)
        for level, groups in enumerate(member)
    ]


def tree_table(
    conversations: pl.DataFrame,
    occurrences: pl.DataFrame,
    member: Sequence[NDArray[np.integer]],
    levels: Sequence[Level],
    labels: Sequence[Sequence[Label]],
    ids: Sequence[Sequence[str]] | None = None,
    none: bool = False,
    segments: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row per group: id, place in the tree, name, and how many conversations and users it holds.

    ``conversations`` has the columns conversation and count, ``occurrences`` conversation and user. ``member`` and
    ``labels`` run from the base (level 0) to the top, and so do the ``ids``, if groups have others than ``group_ids``.
    Columns: group, level, parent (null at the top), name, description, phrases, mixed (too little in common for a
    name), none (what fits no other group: the last base group, if ``none`` says that there is one), code (of a given
    category, null for any other group), conversations (distinct), count (with duplicates), users (distinct ids),
    anonymous (distinct conversations that came without a user id). The top level comes first; within a level, the
    largest group.

    ``segments`` (segment, conversation, weight) are given where the rows are segments of conversations. Then a
    conversation counts once in each group that one of its segments belongs to, and a column weight holds the sum of the
    weights times the counts: so many conversations the group stands for, of all.

    A group with a single child is left out, and the child takes its place: the two hold the same conversations. So the
    parent of a base group may be null, or lie more than one level above. A given category is never left out.
    """
    import polars as pl

    given = [[label.code is not None for label in own] for own in labels]
    parents = parents_without_chains(levels, len(labels[0]), given)
    names = conversations["conversation"].to_list()
    sized = conversations.select("conversation", "count")
    written = occurrences.select("conversation", "user")
    if segments is not None:
        whole = segments.select("weight", whole="conversation", conversation="segment")
        sized, written = (table.join(whole, on="conversation", how="left") for table in (sized, written))
    ids = [
        [name if label.code is None else category_id(label.code) for name, label in zip(*pairs, strict=True)]
        for pairs in zip(tree_ids(names, member) if ids is None else ids, labels, strict=True)
    ]
    frames = []
    for level, groups in enumerate(member):
        place = pl.DataFrame({"conversation": names, "index": np.asarray(groups, dtype=np.int64)})
        sizes = _sizes(sized.join(place, on="conversation", how="inner"))
        users = (
            written.join(place, on="conversation", how="inner")
            .group_by("index")
            .agg(
                pl.col("user").drop_nulls().n_unique().alias("users"),
                pl.col("conversation" if segments is None else "whole")
                .filter(pl.col("user").is_null())
                .n_unique()
                .alias("anonymous"),
            )
        )
        frames.append(
            pl.DataFrame(
                {
                    "index": np.arange(len(ids[level]), dtype=np.int64),
                    "group": ids[level],
                    "level": pl.Series([level] * len(ids[level]), dtype=pl.UInt8),
                    "parent": pl.Series(
                        [None if up is None else ids[up[0]][up[1]] for up in parents[level]], dtype=pl.String
                    ),
                    "name": [label.name for label in labels[level]],
                    "description": [label.description for label in labels[level]],
                    "phrases": pl.Series([list(label.phrases) for label in labels[level]], dtype=pl.List(pl.String)),
                    "mixed": pl.Series([label.mixed for label in labels[level]], dtype=pl.Boolean),
                    "none": np.arange(len(ids[level])) == (len(ids[level]) - 1 if none and level == 0 else -1),
                    "code": pl.Series([label.code for label in labels[level]], dtype=pl.String),
                }
            )
            .filter(pl.Series(stands(levels, level, given[level]), dtype=pl.Boolean))
            .join(sizes, on="index", how="left", maintain_order="left")
            .join(users, on="index", how="left", maintain_order="left")
            .drop("index")
            .cast({"conversations": pl.UInt32, "count": pl.UInt32, "users": pl.UInt32, "anonymous": pl.UInt32})
        )
    return pl.concat(frames).sort(["level", "count", "group"], descending=[True, True, False], maintain_order=True)


def _sizes(rows: pl.DataFrame) -> pl.DataFrame:
    """The sizes of groups from rows (conversation, count, index), or with whole and weight where they are segments."""
    import polars as pl

    if "whole" not in rows.columns:
        return rows.group_by("index").agg(pl.len().alias("conversations"), pl.col("count").sum())
    return (
        rows.group_by("index", "whole")
        .agg(pl.col("count").first(), (pl.col("weight") * pl.col("count")).sum())
        .group_by("index")
        .agg(pl.len().alias("conversations"), pl.col("count").sum(), pl.col("weight").sum().round(6))
    )


def category_id(code: str) -> str:
    """The id of a given category: the same in every atlas, whatever it holds."""
    return f"g{blake2b(f'code {code}'.encode(), digest_size=6).hexdigest()}"


def stands(levels: Sequence[Level], level: int, given: Sequence[bool]) -> list[bool]:
    """Whether each group of a level is in the tree: base groups, ``given`` categories, those of several children."""
    if level == 0:
        return [True] * len(given)
    children = np.bincount(levels[level - 1].parent_of, minlength=len(given))
    return [bool(one or many > 1) for one, many in zip(given, children, strict=True)]


def parents_without_chains(
    levels: Sequence[Level], base: int, given: Sequence[Sequence[bool]] | None = None
) -> list[list[tuple[int, int] | None]]:
    """The parent (level, number) of each group of each level, base first, when groups of one child are left out.

    None stands for the top. ``base`` is the number of base groups. ``given`` says of each group of each level whether
    it is a given category, which is never left out.
    """
    counts = [base, *(int(level.parent_of.max()) + 1 for level in levels)]
    given = given or [[False] * count for count in counts]
    kept = [stands(levels, level, own) for level, own in enumerate(given)]
    parents: list[list[tuple[int, int] | None]] = [[None] * counts[-1]]
    for level in range(len(levels) - 1, -1, -1):
        above = [(level + 1, int(up)) for up in levels[level].parent_of]
        parents.insert(0, [up if kept[up[0]][up[1]] else parents[0][up[1]] for up in above])
    return parents


def levels_table(levels: Sequence[Level], named: Sequence[Sequence[Label]]) -> pl.DataFrame:
    """A growing tree as a table, one row per group, base first.

    Columns: level, index, parent, name, description, phrases, mixed, code. ``index`` numbers the groups of a
    level; ``parent`` is an index of the level above, null at the top. ``named`` are the labels of every level, base
    first. ``levels_from`` reads the table back.
    """
    import polars as pl

    rows = [
        (level, index, int(levels[level].parent_of[index]) if level < len(levels) else None, *label)
        for level, labels in enumerate(named)
        for index, label in enumerate(labels)
    ]
    schema: dict[str, Any] = {
        "level": pl.UInt8,
        "index": pl.UInt32,
        "parent": pl.UInt32,
        "name": pl.String,
        "description": pl.String,
        "phrases": pl.List(pl.String),
        "mixed": pl.Boolean,
        "code": pl.String,
    }
    return pl.DataFrame([(*row[:5], list(row[5]), *row[6:]) for row in rows], schema=schema, orient="row")


def levels_from(table: pl.DataFrame) -> tuple[list[Level], list[list[Label]]]:
    """The levels above the base and the labels of every level, base first, from their table (``levels_table``)."""
    from clioscope.naming.candidates import Label

    parts = table.sort("level", "index").partition_by("level", maintain_order=True)
    columns = ("name", "description", "phrases", "mixed", "code")
    named = [
        [Label(name, text, tuple(phrases), *more) for name, text, phrases, *more in part.select(columns).iter_rows()]
        for part in parts
    ]
    return [Level(part["parent"].to_numpy().astype(np.int32)) for part in parts[:-1]], named
