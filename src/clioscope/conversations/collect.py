"""From input files to the three tables that all later steps work on. Memory holds only condensed texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from clioscope.conversations.conversation import Conversation, Rejected
from clioscope.conversations.read import ReadOptions, read_many
from clioscope.conversations.records.files import Meter
from clioscope.conversations.rejects import RejectsFile
from clioscope.conversations.report import Report, duplicate_ids
from clioscope.conversations.sample import sample_completions, sample_conversations
from clioscope.conversations.tally import Tally
from clioscope.conversations.texts.cutter import Cutter
from clioscope.conversations.texts.shared import find_templates
from clioscope.conversations.texts.templates import Templates
from clioscope.errors import InputError
from clioscope.settings import SHORT

if TYPE_CHECKING:
    import polars as pl

    from clioscope.settings import InputSettings

READING = 5  # counts up when the same files come out otherwise than before, so that they are read again
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
    ``order``: for each row of ``occurrences`` its place in the input, from 0. ``formats``: how many usable records came
    in each format.
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
    formats: dict[str, int]


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
    tally = Tally(settings.metadata, templates, settings.tools)
    with RejectsFile(rejected_path) as rejects:
        for record in _sampled(counted(records, tally, meter, on_progress), settings, seed):
            if isinstance(record, Rejected):
                rejects.add(record)
            else:
                tally.add(record, tokens)
        check_reading(given, tally, report, rejects)
        rejects.keep()
    if templates is None and settings.cut_shared and (shared_parts := find_templates(tally.sampler.texts())):
        tally.cutter = Cutter(shared_parts)
        for record in records_of(given, settings, seed):
            if isinstance(record, Conversation):
                tally.cutter.add(record.content_id, tally.shown(record), tokens)
    return collected(tally, report, rejects)


def collected(tally: Tally, report: Report, rejects: RejectsFile) -> Collected:
    """What was read, from the counts of a reading that is over."""
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
        formats=report.formats(),
    )


def check_reading(given: list[Any], tally: Tally, report: Report, rejects: RejectsFile) -> None:
    """Raise InputError where nothing was usable, or where a metadata field or a named column occurs in no record."""
    if not tally.distinct:
        raise InputError(_nothing(given, tally.read, rejects.first, rejects.count))
    for field in tally.metadata:
        if field not in tally.known:
            there = ", ".join(sorted(tally.known)[:30]) or "none"
            raise InputError(f"{_names(given)}: no record has the metadata field {field!r} (the fields are: {there}).")
    if missing := report.columns.missing():
        there = ", ".join(sorted(tally.known)[:30]) or "none"
        raise InputError(f"{_names(given)}: no record has the column {missing[0]!r} (the columns are: {there}).")


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


def _sampled(
    records: Iterator[Conversation | Rejected], settings: InputSettings, seed: int
) -> Iterator[Conversation | Rejected]:
    if settings.sample is None:
        return records
    draw = sample_conversations if settings.sampling == "conversations" else sample_completions
    return draw(records, settings.sample, seed)


def counted(
    records: Iterator[Conversation | Rejected],
    tally: Tally,
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
