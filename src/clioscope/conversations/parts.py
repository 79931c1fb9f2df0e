"""A reading in parts: each file by itself, on whatever machine, and all of them put together.

The outcome is that of ``collect_conversations`` on all files at once. What needs all of them is left out: drawing a
sample, and formats whose conversations may lie in several files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from clioscope.conversations.clean import clean_text
from clioscope.conversations.collect import Collected, check_reading, collected, counted, read_options
from clioscope.conversations.conversation import Conversation, Rejected
from clioscope.conversations.formats import get_format
from clioscope.conversations.read import read_many
from clioscope.conversations.records.files import Meter
from clioscope.conversations.rejects import RejectsFile
from clioscope.conversations.report import Report
from clioscope.conversations.tally import Tally
from clioscope.conversations.texts.cutter import Cutter
from clioscope.conversations.texts.shared import find_templates
from clioscope.conversations.texts.templates import Templates
from clioscope.errors import InputError, SettingsError
from clioscope.settings import SHORT, InputSettings


@dataclass(slots=True)
class Part:
    """What was read of one file: the texts and counts, what was recognised, and what was not used."""

    tally: Tally
    report: Report
    rejects: list[Rejected] = field(default_factory=list)


def check_parts(settings: InputSettings) -> None:
    """Raise SettingsError for what cannot be done file by file."""
    if settings.sample is not None:
        raise SettingsError(
            "input.sample: a sample is drawn from files on this machine; leave --sample out, and give --ask a number "
            "to ask about fewer conversations."
        )


def read_part(path: Path, name: str, settings: InputSettings) -> Part:
    """Read one file, which the outcome calls ``name``. One that cannot be read is a file rejected.

    Raises InputError for a format whose conversations may lie in several files.
    """
    options = read_options(settings)
    part = Part(Tally(settings.metadata, None, settings.tools), Report(options.columns()))
    tokens = settings.transcript_tokens or SHORT
    try:
        records = read_many([path], options, report=part.report)
        for record in counted(records, part.tally, Meter(), None):
            if isinstance(record, Conversation):
                part.tally.add(record, tokens)
            else:
                part.rejects.append(replace(record, file=record.file.replace(str(path), name)))
    except InputError as error:
        reason = clean_text(str(error).removeprefix(f"{path}: "))
        part.rejects.append(Rejected(name, 1, reason, "file"))
        part.report.count(part.rejects[-1])
    for one in part.report.files:
        if get_format(one.format).across:
            raise InputError(
                f"{name}: conversations of the format {one.format} may lie in several files; copy all of them to a "
                "folder of this machine and give that."
            )
        one.name = one.name.replace(str(path), name)
    notes = {note.replace(str(path), name): count for note, count in part.report.notes.items()}
    part.report.notes.clear()
    part.report.notes.update(notes)
    return part


def cut_part(path: Path, settings: InputSettings, templates: Templates) -> Cutter:
    """Read one file once more, and keep new texts of what loses a part to ``templates``."""
    cutter, tokens = Cutter(templates), settings.transcript_tokens or SHORT
    tally = Tally((), None, settings.tools)
    try:
        for record in read_many([path], read_options(settings)):
            if isinstance(record, Conversation):
                cutter.add(record.content_id, tally.shown(record), tokens)
    except InputError:
        pass  # the first reading rejected the file
    return cutter


def collect_parts(
    names: Sequence[str],
    settings: InputSettings,
    rejected_path: Path | None,
    parts: Iterable[Part],
    cut: Callable[[Templates], Iterable[Cutter]],
) -> Collected:
    """What ``collect_conversations`` gives, from the ``parts`` of the files ``names``, which may come in any order.

    ``cut`` reads all files once more where they share parts. Raises as ``collect_conversations`` does.
    """
    report = Report(read_options(settings).columns())
    whole = Tally(settings.metadata, None, settings.tools)
    with RejectsFile(rejected_path) as rejects:
        for part in parts:
            whole.take(part.tally)
            report.take(part.report)
            for record in part.rejects:
                rejects.add(record)
        check_reading(list(names), whole, report, rejects)
        rejects.keep()
    report.files.sort(key=lambda one: one.name)
    if settings.cut_shared and (shared := find_templates(whole.sampler.texts())):
        whole.cutter = Cutter(shared)
        for cutter in cut(shared):
            whole.cutter.take(cutter)
    return collected(whole, report, rejects)
