"""Conversations from files: the format of each file, and its conversations one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Literal

from clioscope.conversations.clean import clean_text
from clioscope.conversations.conversation import Conversation, Rejected
from clioscope.conversations.fields.columns import Columns
from clioscope.conversations.formats import Context, Format, all_formats, get_format
from clioscope.conversations.messages.content import NoConversation, RecordError
from clioscope.conversations.records.files import InputFile, Meter, list_inputs
from clioscope.conversations.records.reading import read_records
from clioscope.conversations.records.record import Record
from clioscope.conversations.report import FileReport, Report
from clioscope.conversations.sniff import PEEK, Recognised, recognise
from clioscope.conversations.threads import Row, Threads
from clioscope.errors import ClioscopeError, InputError, SettingsError

__all__ = ["ReadOptions", "fits", "read_conversations", "read_many", "sniff_format"]

Found = Conversation | Rejected


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read files. What is None is recognised from the content."""

    format: str | None = None
    text_column: str | None = None
    encoding: str | None = None
    id_column: str | None = None
    user_column: str | None = None
    date_column: str | None = None

    def columns(self) -> Columns:
        """A new count of the columns, with those that are named."""
        return Columns(self.id_column, self.user_column, self.date_column)

    def named(self) -> Format | None:
        """The format named. Raises SettingsError for one that is not known, or that has no text column."""
        if self.text_column is not None and self.format not in (None, "text"):
            raise SettingsError(f"A text column goes with the format text, not with {self.format}.")
        name = "text" if self.text_column is not None else self.format
        return None if name is None else get_format(name)


DEFAULTS = ReadOptions()


def read_conversations(
    path: str | Path,
    *,
    format: str | None = None,
    text_column: str | None = None,
    encoding: str | None = None,
    id_column: str | None = None,
    user_column: str | None = None,
    date_column: str | None = None,
) -> Iterator[Found]:
    """Stream the conversations of a file, a zip or a folder. Memory does not grow with their size.

    Format and encoding are recognised from the content unless they are named. ``text_column`` names the column that
    holds the text of a table (format ``text``); the other columns hold ids, users and dates. A record that is not used
    comes as Rejected, with its place and reason. So does a field that is left out of a record, before that record.

    Raises InputError for a file that cannot be read at all, SettingsError for an unknown format or encoding.
    """
    return read_many([path], ReadOptions(format, text_column, encoding, id_column, user_column, date_column))


def read_many(
    paths: Iterable[str | Path],
    options: ReadOptions = DEFAULTS,
    *,
    meter: Meter | None = None,
    report: Report | None = None,
) -> Iterator[Found]:
    """Stream the conversations of several files, folders or zips, one after the other.

    Each file's format is recognised by itself; the rest is as in ``read_conversations``. A file that fits no format is
    one Rejected if it was found in a folder or zip, and an InputError if its own path was given. ``meter`` follows the
    progress, ``report`` keeps what was recognised.
    """
    named = options.named()
    files = list_inputs(paths)
    if meter is not None:
        meter.total = sum(file.path.stat().st_size for file in {file.path: file for file in files}.values())
    report = report or Report(options.columns())
    return _counted(_read_all(files, named, options, report, meter), report)


def fits(path: str | Path, options: ReadOptions) -> bool:
    """Whether one of the first records of a file can be read in this way."""
    try:
        return any(isinstance(record, Conversation) for record in islice(read_many([path], options), PEEK))
    except ClioscopeError:
        return False


def sniff_format(path: str | Path) -> str:
    """The name of the format of a file, or of the first file of a folder or zip, recognised from its content.

    Raises InputError, which says what the file holds, where no format fits.
    """
    file = next(file for file in list_inputs([path]) if file.skipped is None)
    return recognise(file, None, Context(), None, lambda note: None).format.name


def _counted(records: Iterator[Found], report: Report) -> Iterator[Found]:
    for record in records:
        if isinstance(record, Rejected):
            report.count(record)
        yield record


def _read_all(
    files: list[InputFile], named: Format | None, options: ReadOptions, report: Report, meter: Meter | None
) -> Iterator[Found]:
    across: dict[str, _Across] = {}
    for path, members in groupby(files, key=lambda file: file.path):
        for file in members:
            yield from _FileReader(file, options, report).read(named, meter, across)
        if meter is not None:
            meter.finished += path.stat().st_size
            meter.position = lambda: 0
    for waiting in across.values():
        for rows in waiting.threads:
            yield from _parse(rows, waiting.format, waiting.files)
        for name, (context, _) in waiting.files.items():
            yield from _left_out(name, context)


@dataclass(slots=True)
class _Across:
    """The records of all files of a format whose conversations may span files, and what is known about each file."""

    format: Format
    threads: Threads = field(default_factory=Threads)
    files: dict[str, tuple[Context, FileReport]] = field(default_factory=dict)


class _FileReader:
    """Reads one file: recognises its format and gives what it holds."""

    def __init__(self, file: InputFile, options: ReadOptions, report: Report) -> None:
        self.file, self.options, self.report = file, options, report
        self.context = Context(options.text_column, file.account, report.columns, self._settle)
        self.notes: set[str] = set()

    def read(self, named: Format | None, meter: Meter | None, across: dict[str, _Across]) -> Iterator[Found]:
        """Everything in the file, used or not."""
        file = self.file
        if file.skipped is not None:
            yield Rejected(file.name, 1, clean_text(file.skipped), "file")
            return
        try:
            recognised = recognise(file, named, self.context, self.options.encoding, self._note)
        except InputError as error:
            if not file.listed:
                raise
            yield Rejected(file.name, 1, str(error).removeprefix(f"{file.name}: "), "file")
            return
        here = FileReport(file.name, recognised.format.name, recognised.why)
        self.report.files.append(here)
        format = recognised.format
        threads = Threads() if format.thread is not None and not format.across else None
        if format.across:
            shared = across.setdefault(format.name, _Across(format))
            shared.files[file.name] = self.context, here
            threads = shared.threads
        for record in read_records(
            file, ignore=format.ignore, meter=meter, encoding=self.options.encoding, on_note=self._note
        ):
            yield from self._take(record, recognised, threads, here)
        if threads is not None and not format.across:
            for rows in threads:
                yield from _parse(rows, format, {file.name: (self.context, here)})
        yield from _left_out(file.name, self.context)

    def _take(
        self, record: Record, recognised: Recognised, threads: Threads | None, here: FileReport
    ) -> Iterator[Found]:
        """One record: a conversation, a part of one, or the reason why it is neither."""
        name, format = self.file.name, recognised.format
        if record.error is not None:
            # What costs no record of its own says how the file, or the rest of a line, ends.
            kind: Literal["record", "file"] = "record" if record.lines else "file"
            yield Rejected(name, record.line, clean_text(record.error), kind, max(1, record.lines))
            return
        if format.thread is None or threads is None:
            yield from _parse_one(Row(name, record.line, record.value), recognised, self.context, here)
            return
        try:
            for value in (record.value,) if format.parts is None else format.parts(record.value):
                try:
                    threads.add(format.thread(value, self.context), Row(name, record.line, value))
                except NoConversation as error:
                    self.context.leave_out(str(error))
                except RecordError as error:
                    yield Rejected(name, record.line, clean_text(str(error)))
        except RecordError as error:
            yield Rejected(name, record.line, clean_text(str(error)))

    def _note(self, sentence: str) -> None:
        if sentence not in self.notes:  # sniffing and reading say the same
            self.notes.add(sentence)
            self.report.note(self.file.name, sentence)

    def _settle(self, column: str) -> Any:
        """The order of day and month in a column, from all of the file."""
        from clioscope.conversations.fields.dates import order_of

        columns = Columns(date=self.options.date_column)
        told = (
            columns.of(record.value)
            for record in read_records(self.file, encoding=self.options.encoding)
            if isinstance(record.value, dict)
        )
        return order_of(fields.date_value for fields in told if fields.date_name == column)


def _left_out(name: str, context: Context) -> Iterator[Found]:
    """The counts of what is no conversation by its nature."""
    for what, count in context.left_out.items():
        yield Rejected(name, 1, what, "other", count)
    context.left_out.clear()


def _parse_one(row: Row, recognised: Recognised, context: Context, here: FileReport) -> Iterator[Found]:
    """The conversations of a record. If the file's format cannot read it, another format that fits is tried."""
    format, files = recognised.format, {row.file: (context, here)}
    for result in _parse([row], format, files):
        lost = isinstance(result, Rejected) and result.kind == "record"
        other = _other(row.value, format) if lost and not recognised.named else None
        if other is None:
            yield result
        else:
            yield from _parse([row], other, files)


def _other(value: Any, format: Format) -> Format | None:
    """Another format that fits a record, where the format of its file does not; else None."""
    if format.matches(value):
        return None
    for other in all_formats().values():
        if other.thread is None and other.name not in ("text", "pairs") and other.matches(value):
            return other
    return None


def _parse(rows: Iterable[Row], format: Format, files: Mapping[str, tuple[Context, FileReport]]) -> Iterator[Found]:
    """What a format makes of the records of one conversation. It counts for the file of its first record."""
    taken = _Taken(rows)
    first = taken.first
    context, here = files[first.file]
    try:
        parsed = format.parse(taken.values() if format.thread else first.value, context)
    except NoConversation as error:
        context.leave_out(str(error), taken.count())
        return
    except RecordError as error:
        yield Rejected(first.file, first.line, clean_text(str(error)), count=taken.count())
        return
    for conversation in parsed if isinstance(parsed, list) else [parsed]:
        if conversation.flaws:
            yield Rejected(first.file, first.line, clean_text("; ".join(conversation.flaws)), "field")
        here.used += 1
        yield conversation


class _Taken:
    """The records of a conversation, counted while a parser goes through them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = iter(rows)
        self.first = next(self.rows)
        self.seen = 1

    def values(self) -> Iterator[Any]:
        yield self.first.value
        for row in self.rows:
            self.seen += 1
            yield row.value

    def count(self) -> int:
        """How many records there are, including those that the parser did not reach."""
        self.seen += sum(1 for _ in self.rows)
        return self.seen
