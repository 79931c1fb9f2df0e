"""What is to be forgotten: the records of a user or of a conversation, and what they said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from clioscope.errors import AtlasError, ClioscopeError
from clioscope.pipeline.updating.rows import read
from clioscope.settings import Settings

if TYPE_CHECKING:
    import polars as pl

    from clioscope.atlas import Atlas
    from clioscope.conversations import Conversation


class Target(NamedTuple):
    """``occurrences``: the records that stay. ``gone``: the rows of the atlas (conversations, or segments) of which no
    record stays; ``records``: how many records go. ``ids``: ids by which they are known. ``texts``: by row of the
    atlas, what was written there, as far as it can still be read; ``user``: the id of the user, if one is meant."""

    occurrences: pl.DataFrame
    gone: frozenset[str]
    records: int
    ids: frozenset[str]
    texts: dict[str, str]
    user: str | None


def sources_of(atlas: Atlas) -> list[Path]:
    """The input files of the atlas that are still there."""
    return [path for one in atlas.manifest.get("sources", []) if (path := Path(one["path"])).exists()]


def conversations_in(atlas: Atlas) -> Iterator[Conversation]:
    """The conversations of the input files that are still there, changed or not."""
    from clioscope.conversations.collect import read_options
    from clioscope.conversations.conversation import Conversation
    from clioscope.conversations.read import read_many

    paths = sources_of(atlas)
    settings = Settings.model_validate(atlas.manifest["settings"])
    if paths:
        yield from (one for one in read_many(paths, read_options(settings.input)) if isinstance(one, Conversation))


def text_of(conversation: Conversation) -> str:
    """All that a record of the input says, metadata too."""
    return "\n".join([*(one.content for one in conversation.messages), *map(str, conversation.metadata.values())])


def find_target(atlas: Atlas, user: str | None, conversation: str | None) -> Target:
    """The records of a ``user`` (the id in the input) or of a ``conversation`` (its id in the atlas or in the input).

    An atlas keeps no user ids, so the records of a user are looked for in the files that it was made of. Raises
    AtlasError if nothing is found, or if that cannot be known.
    """
    import polars as pl

    rows = read(atlas.path, "occurrences").with_row_index("row")
    rows = rows.with_columns(whole=_whole(atlas, rows))
    try:
        found = [
            one
            for one in conversations_in(atlas)
            if (one.user_id == user if user is not None else conversation in (one.content_id, one.source_id))
        ]
    except ClioscopeError:
        found = []
    if user is not None:
        if not found:
            raise AtlasError(_unknown_user(atlas, user))
        picked = _rows_of_user(rows, found)
    else:
        match = pl.any_horizontal(pl.col(name) == conversation for name in ("conversation", "whole", "record"))
        picked = rows.filter(match)
    if picked.is_empty():
        what = f"user {user!r}" if user is not None else f"conversation {conversation!r}"
        raise AtlasError(f"{atlas.path}: holds nothing of {what}.")
    stay = rows.join(picked, on="row", how="anti")
    gone = frozenset(picked["conversation"]) - frozenset(stay["conversation"])
    ids = {*gone, *rows.filter(pl.col("conversation").is_in(list(gone)))["whole"]}
    ids |= set(picked["record"].drop_nulls()) - set(stay["record"].drop_nulls())
    if user is not None:
        ids.add(user)
    texts = _texts(atlas, rows, gone, found)
    return Target(stay.drop("row", "whole"), gone, picked.height, frozenset(ids), texts, user)


def _unknown_user(atlas: Atlas, user: str) -> str:
    files = ", ".join(one["path"] for one in atlas.manifest.get("sources", []))
    if not sources_of(atlas):
        return (
            f"{atlas.path}: keeps no user ids, and the files that it was made of are gone ({files}); give the "
            "conversations of the user one by one with --conversation."
        )
    return f"{atlas.path}: the files that it was made of ({files}) hold no conversation of user {user!r}."


def _whole(atlas: Atlas, rows: pl.DataFrame) -> pl.Series:
    """The conversation of each row; of a segment, that which it is of."""
    from clioscope.atlas.segments import segments_of, whole_ids

    return whole_ids(rows, segments_of(atlas)).alias("whole")


def _rows_of_user(rows: pl.DataFrame, found: list[Conversation]) -> pl.DataFrame:
    """The rows of a user's records: by what was found, and by the number that the user has in the atlas."""
    import polars as pl

    known = pl.DataFrame(
        {"whole": [one.content_id for one in found], "record": [one.source_id for one in found]},
        schema={"whole": pl.String, "record": pl.String},
    ).unique()
    matching = rows.join(known, on=["whole", "record"], how="semi")
    numbers = set(matching["user"].drop_nulls())
    own = {
        number
        for number in numbers
        if rows.filter(pl.col("user") == number).join(known, on=["whole", "record"], how="anti").is_empty()
    }
    if numbers and not own:  # the file has lost some of the records since: the number that most of the others have
        own = {matching["user"].drop_nulls().mode().min()}
    return rows.filter(
        pl.col("user").is_in(list(own)) | (pl.col("row").is_in(matching["row"].to_list()) & pl.col("user").is_null())
    )


def _texts(atlas: Atlas, rows: pl.DataFrame, gone: frozenset[str], found: list[Conversation]) -> dict[str, str]:
    """What was written in the rows that go: the records, the transcripts, and what the model said of them."""
    import polars as pl

    whole = dict(rows.filter(pl.col("conversation").is_in(list(gone))).select("conversation", "whole").iter_rows())
    raw: dict[str, list[str]] = {}
    for one in found:
        raw.setdefault(one.content_id, []).append(text_of(one))
    texts = {row: list(raw.get(conversation, ())) for row, conversation in whole.items()}
    for name in ("transcripts", "facets", "answers", "second"):
        if not (atlas.path / f"{name}.parquet").exists():
            continue
        table = read(atlas.path, name).filter(pl.col("conversation").is_in(list(gone)))
        names = [one for one, kind in table.schema.items() if kind == pl.String and one != "conversation"]
        free = {facet["name"] for facet in atlas.manifest["facets"] if facet["type"] == "text"}
        for conversation, *values in table.select(
            "conversation", *(one for one in names if name == "transcripts" or one in free)
        ).iter_rows():
            texts.setdefault(conversation, []).extend(value for value in values if value)
    return {row: "\n".join(parts) for row, parts in texts.items()}
