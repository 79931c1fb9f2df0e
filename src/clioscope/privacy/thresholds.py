"""Which groups are large enough to publish, and counts as they are published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from clioscope.privacy.crowd import Crowd
from clioscope.settings import PrivacySettings

if TYPE_CHECKING:
    import polars as pl


def too_small(tree: pl.DataFrame, base: Sequence[str], crowd: Crowd) -> pl.Series:
    """A short reason why each group of a tree (group, parent) may not be published, null where it may.

    ``base`` (n): the base group of each row of the crowd. A group needs ``min_conversations`` conversations with
    distinct texts, and ``min_users`` distinct authors of distinct texts.
    """
    import polars as pl

    parents: dict[str, str | None] = dict(tree.select("group", "parent").iter_rows())
    own: dict[str, list[int]] = {}
    for row, group in enumerate(base):
        own.setdefault(group, []).append(row)
    rows: dict[str, list[list[int]]] = {group: [] for group in parents}
    for group, members in own.items():
        above: str | None = group
        while above is not None:
            rows[above].append(members)
            above = parents[above]
    reasons = [
        crowd.lacking(np.array([row for part in rows[group] for row in part], np.intp)) for group in tree["group"]
    ]
    return pl.Series("small", reasons, dtype=pl.String)


def round_count(count: int, settings: PrivacySettings) -> int:
    """A count as the nearest multiple of ``rounding``: 0 for none, and at least one multiple for any."""
    step = settings.rounding
    return max(1, (count + step // 2) // step) * step if count else 0
