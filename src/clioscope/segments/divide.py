"""Conversations cut into segments: the tables of a build with one row per segment in place of one per conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from clioscope.conversations.conversation import Conversation, Message, Rejected
from clioscope.conversations.table import TableBuilder
from clioscope.conversations.transcript import condense, user_text
from clioscope.segments.cuts import best_cuts
from clioscope.segments.scale import Scale, learn_scale
from clioscope.segments.turns import Turn, turns_of

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from clioscope.conversations.collect import Collected

SAMPLE = 1000  # conversations of several turns from which the scale is learnt
TEXTS = 1024  # turns encoded together
LEAST = 3  # messages of user and assistant in a conversation with two turns of the user
COLUMNS = (
    *("conversation", "part", "parts", "first_turn", "last_turn", "weight"),
    *("turns", "characters", "transcript", "text"),
)
Encode = Callable[[Sequence[str]], "NDArray[np.float32]"]  # texts to unit rows


class Divided(NamedTuple):
    """The tables ``conversations``, ``occurrences`` and ``transcripts`` of ``Collected`` with one row per segment, and
    ``segments``: segment, conversation (the id of the whole one), part (from 1), parts, first_turn and last_turn (of
    the user's turns, from 1), weight (the share of the conversation's turns; the weights of one sum to 1).

    A conversation of one segment keeps its id; the segments of another one have its id, a point and their number.
    ``scale`` is what decided, None where too little could be learnt and nothing was cut.
    """

    conversations: pl.DataFrame
    occurrences: pl.DataFrame
    transcripts: pl.DataFrame
    segments: pl.DataFrame
    scale: Scale | None


class _Piece(NamedTuple):
    """A conversation that waits for its turns to be encoded."""

    content: str
    messages: Sequence[Message]
    turns: list[Turn]


def divide(
    collected: Collected,
    records: Callable[[], Iterable[Conversation | Rejected]],
    encode: Encode,
    tokens: int,
    scale: Scale | None = None,
) -> Divided:
    """Cut the conversations of ``collected`` where their topic changes.

    ``records`` reads the same input once more; it is called twice, or once where the ``scale`` is given. ``tokens`` is
    the budget of a segment's transcript. Memory holds only condensed texts. Raises what ``encode`` raises.
    """
    import polars as pl

    several = collected.conversations.filter(pl.col("turns") >= LEAST)["conversation"].sort()
    cut = collected.templates.cut if collected.templates else tuple
    if scale is None and len(several):
        scale = _learn(_distinct(records(), set(several.head(SAMPLE))), encode, cut)
    rows = TableBuilder(COLUMNS)
    if scale is not None:
        for piece, cuts in _cut(_distinct(records(), set(several)), encode, cut, scale):
            for row in _rows(piece, cuts, tokens):
                rows.add(row)
    return _tables(collected, rows, scale)


def _distinct(
    records: Iterable[Conversation | Rejected], wanted: set[str]
) -> Iterator[tuple[str, tuple[Message, ...]]]:
    """The id and the messages of each conversation that is wanted, once."""
    for record in records:
        if isinstance(record, Conversation) and record.content_id in wanted:
            wanted.discard(record.content_id)
            yield record.content_id, record.messages


def _learn(
    conversations: Iterable[tuple[str, tuple[Message, ...]]],
    encode: Encode,
    cut: Callable[[tuple[Message, ...]], Sequence[Message]],
) -> Scale | None:
    import numpy as np

    texts = {content: _telling(turns_of(cut(messages))) for content, messages in conversations}
    order = sorted(texts)  # by a hash of the content: neighbours have nothing to do with each other
    counts = [len(texts[content]) for content in order]
    if not sum(counts):
        return None
    vectors = encode([text for content in order for text in texts[content]])
    return learn_scale(np.split(vectors, np.cumsum(counts)[:-1]))


def _telling(turns: Sequence[Turn]) -> list[str]:
    return [turn.text for turn in turns if not turn.follows]


def _cut(
    conversations: Iterable[tuple[str, tuple[Message, ...]]],
    encode: Encode,
    cut: Callable[[tuple[Message, ...]], Sequence[Message]],
    scale: Scale,
) -> Iterator[tuple[_Piece, list[int]]]:
    """Each conversation with the places among its turns at which a new segment begins."""
    waiting: list[_Piece] = []
    texts = 0
    for content, messages in conversations:
        shown = cut(messages)
        piece = _Piece(content, shown, turns_of(shown))
        texts += len(_telling(piece.turns))
        waiting.append(piece)
        if texts >= TEXTS:
            yield from _cut_all(waiting, encode, scale)
            waiting, texts = [], 0
    yield from _cut_all(waiting, encode, scale)


def _cut_all(pieces: Sequence[_Piece], encode: Encode, scale: Scale) -> Iterator[tuple[_Piece, list[int]]]:
    import numpy as np

    if not pieces:
        return
    texts = [_telling(piece.turns) for piece in pieces]
    texts = [those if len(those) > 1 else [] for those in texts]  # nothing to cut
    vectors = encode([text for those in texts for text in those])
    for piece, rows in zip(pieces, np.split(vectors, np.cumsum([len(those) for those in texts])[:-1]), strict=True):
        places = [place for place, turn in enumerate(piece.turns) if not turn.follows]
        yield piece, [places[number] for number in best_cuts(rows, scale)]


def _rows(piece: _Piece, cuts: Sequence[int], tokens: int) -> Iterator[tuple[object, ...]]:
    """One row per segment; one row for a conversation that is not cut, with null for what stays as it was."""
    turns = piece.turns
    bounds = [0, *cuts, len(turns)]
    parts = len(cuts) + 1
    if parts == 1:
        yield (piece.content, 1, 1, 1, max(1, len(turns)), 1.0, None, None, None, None)
        return
    starts = [0, *(turns[place].first for place in cuts), len(piece.messages)]
    for part in range(parts):
        messages = piece.messages[starts[part] : starts[part + 1]]
        spoken = sum(message.role in ("user", "assistant") for message in messages)
        yield (
            *(piece.content, part + 1, parts, bounds[part] + 1, bounds[part + 1]),
            *((bounds[part + 1] - bounds[part]) / len(turns), spoken, sum(len(one.content) for one in messages)),
            *(condense(messages, tokens), user_text(messages)),
        )


def _tables(collected: Collected, rows: TableBuilder, scale: Scale | None) -> Divided:
    import polars as pl

    kinds = {"conversation": pl.String(), "weight": pl.Float64(), "transcript": pl.String(), "text": pl.String()}
    kinds |= dict.fromkeys(("part", "parts", "first_turn", "last_turn", "turns", "characters"), pl.UInt32())
    told = rows.frame(kinds)
    whole = collected.conversations.join(collected.transcripts, on="conversation", how="left")
    units = (
        whole.join(told, on="conversation", how="left", suffix="_part")
        .with_columns(
            *(pl.coalesce(f"{name}_part", name).alias(name) for name in ("turns", "characters", "transcript", "text")),
            *(pl.col(name).fill_null(1) for name in ("part", "parts", "first_turn", "last_turn")),
            pl.col("weight").fill_null(1.0),
        )
        .with_columns(
            pl.when(pl.col("parts") > 1)
            .then(pl.format("{}.{}", "conversation", "part"))
            .otherwise("conversation")
            .alias("segment")
        )
        .sort("conversation", "part")
    )
    place = units.select("segment", "conversation")
    as_units = units.drop("conversation").rename({"segment": "conversation"})
    occurrences = (
        collected.occurrences.join(place, on="conversation", how="left", maintain_order="left_right")
        .with_columns(pl.col("segment").alias("conversation"))
        .drop("segment")
    )
    return Divided(
        as_units.select(collected.conversations.columns).sort("conversation"),
        occurrences.sort("conversation", "record", "user", "created_at", maintain_order=True),
        as_units.select(collected.transcripts.columns).sort("conversation"),
        units.select("segment", "conversation", "part", "parts", "first_turn", "last_turn", "weight").sort("segment"),
        scale,
    )
