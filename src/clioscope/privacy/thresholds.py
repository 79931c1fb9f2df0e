"""Which groups, and which values of facets in them, are large enough to publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.settings import PrivacySettings

if TYPE_CHECKING:
    import polars as pl


def people(settings: PrivacySettings) -> pl.Expr:
    """How many people the columns ``users`` and ``anonymous`` stand for.

    All conversations without a user id count together as one person, because one person may have written them all.
    With ``each_a_user`` every distinct one counts as a person (copies of one text are one), and the manifest of a
    published atlas says so.
    """
    import polars as pl

    unknown = pl.col("anonymous") if settings.each_a_user else (pl.col("anonymous") > 0).cast(pl.UInt32)
    return pl.col("users") + unknown


def too_small(tree: pl.DataFrame, settings: PrivacySettings) -> pl.Series:
    """A short reason why each row (count, users, anonymous) may not be published, null where it may.

    A row needs ``min_conversations`` occurrences and ``min_users`` people.
    """
    import polars as pl

    return tree.select(
        pl.when(pl.col("count") < settings.min_conversations)
        .then(pl.lit(f"fewer than {settings.min_conversations} conversations"))
        .when(people(settings) < settings.min_users)
        .then(pl.lit(f"fewer than {settings.min_users} users"))
        .otherwise(None)
        .alias("small")
    )["small"]


def rounded(count: pl.Expr, settings: PrivacySettings) -> pl.Expr:
    """A count as the nearest multiple of ``rounding``, at least one multiple.

    So nobody can subtract the counts that are shown from their total to learn a count that was left out.
    """
    step = settings.rounding
    return ((count + step // 2) // step).clip(lower_bound=1) * step
