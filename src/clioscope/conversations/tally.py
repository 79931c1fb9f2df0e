"""What is kept of the conversations while they are read: condensed texts, and what is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clioscope.conversations.conversation import Conversation, Message
from clioscope.conversations.table import TableBuilder
from clioscope.conversations.texts.cutter import TEXTS, Cutter
from clioscope.conversations.texts.read_share import ReadShare, read_share
from clioscope.conversations.texts.shared import Sampler
from clioscope.conversations.texts.templates import Templates
from clioscope.conversations.texts.tools import with_tools
from clioscope.conversations.transcript import condense, user_text

if TYPE_CHECKING:
    import polars as pl

READ = ReadShare._fields


class Tally:
    """What is kept of the conversations while they are read."""

    def __init__(self, metadata: tuple[str, ...], templates: Templates | None, tools: bool) -> None:
        self.read = 0
        self.sampler = Sampler()
        self.cutter = Cutter(templates or Templates())
        self.metadata = metadata
        self.tools = tools
        self.known: set[str] = set()  # metadata fields met
        self.distinct: set[str] = set()
        self.occurrences = TableBuilder(("conversation", "record", "user", "created_at", *self._columns()))
        self.contents = TableBuilder(("conversation", "turns", "characters", "transcript", "text", *READ))

    def _columns(self) -> list[str]:
        return [f"meta_{field}" for field in self.metadata]

    def add(self, record: Conversation, tokens: int) -> None:
        content = record.content_id
        kept = [_as_text(record.metadata.get(field)) for field in self.metadata]
        self.occurrences.add((content, record.source_id, record.user_id, record.created_at, *kept))
        if content in self.distinct:
            return
        self.distinct.add(content)
        turns = sum(message.role in ("user", "assistant") for message in record.messages)
        characters = sum(len(message.content) for message in record.messages)
        shown = self.shown(record)
        texts = condense(shown, tokens), user_text(shown)
        self.contents.add((content, turns, characters, *texts, *read_share(shown, *texts)))
        self.sampler.add(content, shown)
        self.cutter.add(content, shown, tokens)

    def shown(self, record: Conversation) -> tuple[Message, ...]:
        """The messages that the texts of a conversation are made of."""
        return with_tools(record.messages) if self.tools else record.messages

    def take(self, other: Tally) -> None:
        """Add what was kept of other files."""
        self.read += other.read
        self.known |= other.known
        self.distinct |= other.distinct
        self.sampler.take(other.sampler)
        self.occurrences.take(other.occurrences)
        self.contents.take(other.contents)

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.Series]:
        """The tables conversations, occurrences and transcripts, sorted, and each occurrence's place in the input."""
        import polars as pl

        dates = pl.Datetime("us", "UTC")
        texts = dict.fromkeys(("conversation", "record", "user", *self._columns()), pl.String())
        occurrences = self.occurrences.frame({**texts, "created_at": dates})
        # No hash of a user id: anyone with a list of addresses could undo it.
        occurrences = occurrences.with_columns(pl.col("user").rank("dense").cast(pl.UInt32))
        keys = ("conversation", "record", "user", "created_at", *self._columns())
        occurrences = occurrences.with_row_index("place").sort(*keys, "place")
        order = occurrences["place"]
        occurrences = occurrences.drop("place")
        contents = self.contents.frame(
            {"conversation": pl.String(), "turns": pl.UInt32(), "characters": pl.UInt32()}
            | {"transcript": pl.String(), "text": pl.String()}
            | dict.fromkeys(READ, pl.Float32())
        )
        if contents.height > len(self.distinct):  # several readings met the same content
            contents = contents.unique("conversation", keep="any")
        contents = contents.sort("conversation")
        counts = occurrences.group_by("conversation").agg(
            pl.len().cast(pl.UInt32).alias("count"),
            pl.col("user").drop_nulls().n_unique().cast(pl.UInt32).alias("users"),
            pl.col("created_at").min().alias("first_at"),
            pl.col("created_at").max().alias("last_at"),
        )
        conversations = contents.join(counts, on="conversation", how="left").sort("conversation")
        columns = ("conversation", "count", "users", "turns", "characters", "first_at", "last_at", *READ)
        return (
            self.cutter.apply(conversations.select(columns), READ),
            occurrences,
            self.cutter.apply(contents.select("conversation", *TEXTS), TEXTS),
            order,
        )


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)
