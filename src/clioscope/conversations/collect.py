"""From input files to the three tables that all later steps work on. Memory holds only condensed texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.conversations.conversation import Conversation, Message, Rejected
from clioscope.conversations.read import ReadOptions, read_many
from clioscope.conversations.records.files import Meter
from clioscope.conversations.rejects import RejectsFile
from clioscope.conversations.report import Report, duplicate_ids
from clioscope.conversations.sample import sample_completions, sample_conversations
from clioscope.conversations.table import TableBuilder
from clioscope.conversations.texts.cutter import TEXTS, Cutter
from clioscope.conversations.texts.read_share import ReadShare, read_share
from clioscope.conversations.texts.shared import Sampler, find_templates
from clioscope.conversations.texts.templates import Templates
from clioscope.conversations.texts.tools import with_tools
from clioscope.conversations.transcript import condense, user_text
from clioscope.errors import InputError
from clioscope.settings import SHORT

if TYPE_CHECKING:
    import polars as pl

    from clioscope.settings import InputSettings

READING = 5  # counts up when the same files come out otherwise than before, so that they are read again
READ = ReadShare._fields
TICK = 64  # records between two reports of progress


class Collected(NamedTuple):
    """What was read.

    ``conversations``: one row per distinct content. conversation (its id), count (how often it occurs), users
    (distinct user ids; 0: unknown), turns (messages of user and assistant), characters (of all messages), first_at and
    last_at (UTC, null without dates), read_characters, read_turns, text_characters and text_turns (``ReadShare``: how
    much stands in transcript and text, without what many texts share).
    ``occurrences``: one row per record. conversation, record (its id in the input), user (a number from 1 in the order
    of the user ids, or null), created_at, and meta_<field> as text.
    ``transcripts``: one row per distinct content. conversation, transcript (for a language model), text (the user's
    words).

    ``read`` and ``rejected``: how many records of the input are usable (before sampling) and how many are not.
    ``flawed``: how many usable ones lack a field. ``unread``: how many files were found and not read. ``lines``: two
    lines on what was recognised. ``remarks``: one line per thing that was left out or is odd. ``templates``: what many
    texts share, which was cut from ``transcripts``; ``shared``: a sentence that says so ("" where nothing was cut).
    ``order``: for each row of ``occurrences`` its place in the input, from 0.
    """

    conversations: pl.DataFrame
    occurrences: pl.DataFrame
    transcripts: pl.DataFrame
    read: int
    rejected: int
    flawed: int
    unread: int
    lines: list[str]
    remarks: list[str]
    templates: Templates
    shared: str
    order: pl.Series


def collect_conversations(
    paths: str | Path | Iterable[str | Path],
    settings: InputSettings,
    seed: int,
    rejected_path: Path | None,
    on_progress: Callable[[int, int], None] | None = None,
    templates: Templates | None = None,
) -> Collected:
    """Read, sample, deduplicate and condense the conversations of files, folders or zips.

    Equal contents become one conversation with a count. All tables are sorted, so the order of the input does not
    matter. What was not used goes to ``rejected_path`` as JSONL (file, line, kind, reason), which replaces the file of
    an earlier run; there is no file where nothing was rejected. ``on_progress`` gets (records read, estimate of all
    records). What many texts share is cut from them. It is looked for unless ``templates`` are given, and where it is
    found, the files are read a second time.

    Raises InputError where nothing is usable, or where a metadata field or a named column occurs in no record;
    AtlasError where ``rejected_path`` cannot be written.
    """
    meter = Meter()
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    options = read_options(settings)
    report = Report(options.columns())
    records = read_many(given, options, meter=meter, report=report)
    tokens = settings.transcript_tokens or SHORT
    tally = _Tally(settings.metadata, templates, settings.tools)
    with RejectsFile(rejected_path) as rejects:
        for record in _sampled(_counted(records, tally, meter, on_progress), settings, seed):
            if isinstance(record, Rejected):
                rejects.add(record)
            else:
                tally.add(record, tokens)
        if not tally.distinct:
            raise InputError(_nothing(given, tally.read, rejects.first, rejects.count))
        tally.check_metadata(given)
        if missing := report.columns.missing():
            there = ", ".join(sorted(tally.known)[:30]) or "none"
            raise InputError(f"{_names(given)}: no record has the column {missing[0]!r} (the columns are: {there}).")
        rejects.keep()
    if templates is None and settings.cut_shared and (shared_parts := find_templates(tally.sampler.texts())):
        tally.cutter = Cutter(shared_parts)
        for record in records_of(given, settings, seed):
            if isinstance(record, Conversation):
                tally.cutter.add(record.content_id, tally.shown(record), tokens)
    conversations, occurrences, transcripts, order = tally.frames()
    shared = tally.cutter.sentence(conversations.height)
    users = occurrences["user"].n_unique() - int(occurrences["user"].null_count() > 0)
    dates = occurrences.height - occurrences["created_at"].null_count()
    return Collected(
        *(conversations, occurrences, transcripts),
        order=order,
        read=tally.read,
        rejected=rejects.count,
        flawed=rejects.flawed,
        unread=rejects.files,
        lines=report.lines(occurrences.height, users, dates),
        remarks=[*_shared_ids(occurrences), *report.remarks(), *([shared] if shared else [])],
        templates=tally.cutter.templates,
        shared=shared,
    )


def records_of(
    paths: str | Path | Iterable[str | Path], settings: InputSettings, seed: int
) -> Iterator[Conversation | Rejected]:
    """The records that ``collect_conversations`` uses, sampled as there, for reading them once more."""
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    return _sampled(read_many(given, read_options(settings)), settings, seed)


def read_options(settings: InputSettings) -> ReadOptions:
    """The settings that say how files are read."""
    return ReadOptions(
        format=settings.format,
        text_column=settings.text_column,
        encoding=settings.encoding,
        id_column=settings.id_column,
        user_column=settings.user_column,
        date_column=settings.date_column,
    )


def _shared_ids(occurrences: pl.DataFrame) -> list[str]:
    """A line on ids of the input that stand for several different conversations; none where there are no such ids."""
    import polars as pl

    counts = occurrences.group_by("record").agg(pl.col("conversation").n_unique().alias("number"))
    return duplicate_ids(counts.filter(pl.col("number") > 1).iter_rows())


class _Tally:
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

    def check_metadata(self, paths: list[str | Path]) -> None:
        for field in self.metadata:
            if field not in self.known:
                there = ", ".join(sorted(self.known)[:30]) or "none"
                raise InputError(
                    f"{_names(paths)}: no record has the metadata field {field!r} (the fields are: {there})."
                )

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
        ).sort("conversation")
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


def _sampled(
    records: Iterator[Conversation | Rejected], settings: InputSettings, seed: int
) -> Iterator[Conversation | Rejected]:
    if settings.sample is None:
        return records
    draw = sample_conversations if settings.sampling == "conversations" else sample_completions
    return draw(records, settings.sample, seed)


def _counted(
    records: Iterator[Conversation | Rejected],
    tally: _Tally,
    meter: Meter,
    on_progress: Callable[[int, int], None] | None,
) -> Iterator[Conversation | Rejected]:
    """The records as they come, counted before any is drawn."""
    number = 0
    for record in records:
        if isinstance(record, Conversation):
            tally.read += 1
            if tally.metadata or tally.read <= 100:
                tally.known.update(record.metadata)
        number += 1 if isinstance(record, Conversation) else record.count * (record.kind == "record")
        if on_progress is not None and number % TICK == 0:
            done = max(1, meter.done())
            on_progress(number, max(number, round(number * meter.total / done)))
        yield record
    if on_progress is not None:
        on_progress(number, number)


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _nothing(paths: list[Any], read: int, first: Rejected | None, rejected: int) -> str:
    if read:
        return f"{_names(paths)}: none of the {read} conversations has an answer of the assistant to sample."
    if first is None:
        return f"{_names(paths)}: there are no conversations in it."
    if first.kind == "file":
        return f"{_names(paths)}: no file in it can be read; the first ({first.file}): {first.reason.rstrip('.')}."
    return (
        f"{_names(paths)}: none of {rejected} records is usable; "
        f"the first ({first.file}, line or record {first.line}): {first.reason}."
    )


def _names(paths: list[Any]) -> str:
    return str(paths[0]) + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")
