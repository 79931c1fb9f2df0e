"""Users of an updated atlas: one number per user, whether they wrote before or now.

An atlas holds no user ids, only numbers. So the files that it was made of are read once more for the ids, if they are
still as they were. Otherwise the users of new conversations count as unknown, so that nobody is counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.errors import InputError

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas
    from clioscope.settings import InputSettings

UNKNOWN = (
    "the users of the new conversations count as unknown, since the files of the earlier ones are gone or have changed"
)


def renumbered(
    atlas: Atlas,
    old: pl.DataFrame,
    new: pl.DataFrame,
    paths: Sequence[Path],
    before: InputSettings,
    now: InputSettings,
    whole: set[str],
) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """The occurrences of the atlas and the new ones with common numbers of users, and remarks.

    ``before`` and ``now`` say how the old and the new files are read, ``whole`` are the ids of the conversations of the
    atlas, not of their segments.
    """
    import polars as pl

    if old["user"].null_count() == old.height or new["user"].null_count() == new.height:
        return old, new, []
    ids = _old_ids(atlas, old, before, whole)
    if ids is None:
        return old, new.with_columns(user=pl.lit(None, dtype=pl.UInt32)), [UNKNOWN]
    own = sorted(_ids([*paths], now, None))
    place = {user: number for number, user in enumerate(sorted({*ids, *own}), start=1)}
    return _mapped(old, ids, place), _mapped(new, own, place), []


def unchanged_sources(atlas: Atlas) -> list[Path] | None:
    """The files that the atlas was made of, None where one is gone or has changed."""
    paths = []
    for one in atlas.manifest["sources"]:
        path = Path(one["path"])
        if not path.exists() or path.stat().st_size != one["bytes"] or path.stat().st_mtime_ns != one.get("changed"):
            return None
        paths.append(path)
    return paths or None


def _old_ids(atlas: Atlas, old: pl.DataFrame, settings: InputSettings, whole: set[str]) -> list[str] | None:
    """The ids of the users of the atlas in the order of their numbers."""
    paths = unchanged_sources(atlas)
    if paths is None:
        return None
    try:
        ids = sorted(_ids(paths, settings, whole))
    except InputError:
        return None
    return ids if len(ids) == old["user"].max() else None


def _ids(paths: Sequence[Path], settings: InputSettings, among: set[str] | None) -> set[str]:
    from clioscope.conversations.collect import read_options
    from clioscope.conversations.conversation import Conversation
    from clioscope.conversations.read import read_many

    return {
        record.user_id
        for record in read_many([*paths], read_options(settings))
        if isinstance(record, Conversation)
        and record.user_id is not None
        and (among is None or record.content_id in among)
    }


def _mapped(rows: pl.DataFrame, ids: Sequence[str], place: dict[str, int]) -> pl.DataFrame:
    import polars as pl

    numbers = list(range(1, len(ids) + 1))
    to = [place[user] for user in ids]
    return rows.with_columns(pl.col("user").replace_strict(numbers, to, default=None, return_dtype=pl.UInt32))
