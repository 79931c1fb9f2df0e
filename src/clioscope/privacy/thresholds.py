"""Which groups are large enough to publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.settings import PrivacySettings

if TYPE_CHECKING:
    import polars as pl


def too_small(tree: pl.DataFrame, settings: PrivacySettings) -> pl.Series:
    """Why each group of the tree may not be published (a short reason), or null where it may.

    A group needs ``min_conversations`` occurrences and ``min_users`` unique users. Occurrences without a
    user id count as a user each (``unknown_users="each"``) or all together as one (``"one"``): nothing better
    is known about them, and the manifest of a published atlas says which was chosen.
    """
    import polars as pl

    unknown = pl.col("anonymous") if settings.unknown_users == "each" else (pl.col("anonymous") > 0).cast(pl.UInt32)
    users = pl.col("users") + unknown
    return tree.select(
        pl.when(pl.col("count") < settings.min_conversations)
        .then(pl.lit(f"fewer than {settings.min_conversations} conversations"))
        .when(users < settings.min_users)
        .then(pl.lit(f"fewer than {settings.min_users} users"))
        .otherwise(None)
        .alias("small")
    )["small"]
