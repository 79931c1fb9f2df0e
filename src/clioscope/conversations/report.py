"""What was recognised in the input, and what was left out: the lines that a build and ``inspect`` print."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from clioscope.conversations.conversation import Rejected
from clioscope.conversations.fields.columns import Columns, describe

SHOWN = 12  # reasons, files
_PLACE = re.compile(r"\[\d+\]")
_QUOTED = re.compile(r"'[^']{0,60}'")
_NUMBER = re.compile(r"\b(?!2000\b|2100\b)\d[\d,.]*")  # 2000 and 2100 are the bounds of dates


@dataclass(slots=True)
class FileReport:
    """One file: its format, and how the format was recognised."""

    name: str
    format: str
    why: str
    used: int = 0


@dataclass(slots=True)
class Report:
    """The files of one reading. ``columns`` counts which fields gave ids, users and dates."""

    columns: Columns
    files: list[FileReport] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)  # remarks on files as a whole, with how many they are about
    left_out: dict[str, Counter[str]] = field(default_factory=dict)  # kind -> reason made general -> how many
    first: dict[str, str] = field(default_factory=dict)  # the first reason of each kind of reason, as it was

    def note(self, file: str, sentence: str) -> None:
        """Keep a remark on a file; files with the same one are counted together."""
        self.notes[f"{file}: {sentence}"] += 1

    def count(self, rejected: Rejected) -> None:
        """Count a rejected record under its general reason."""
        reasons = self.left_out.setdefault(rejected.kind, Counter())
        if len(reasons) < 1000 or (key := general(rejected.reason)) in reasons:
            key = general(rejected.reason)
        else:
            key = "other reasons"
        reasons[key] += rejected.count
        self.first.setdefault(key, rejected.reason[:200])

    def take(self, other: Report) -> None:
        """Add what was recognised in other files."""
        self.columns.take(other.columns)
        self.files += other.files
        self.notes += other.notes
        for kind, reasons in other.left_out.items():
            self.left_out[kind] = self.left_out.get(kind, Counter()) + reasons
        self.first = other.first | self.first

    def formats(self) -> dict[str, int]:
        """How many usable records came in each format, the most frequent first."""
        found = Counter[str]()
        for file in self.files:
            found[file.format] += file.used
        return dict(found.most_common())

    def lines(self, conversations: int, users: int, dates: int) -> list[str]:
        """The two lines that say what was recognised."""
        formats = list(self.formats())
        why = {file.format: file.why for file in reversed(self.files)}
        told = "; ".join(f"{name} ({why[name]})" for name in formats[:3])
        more = f" and {len(formats) - 3} more" if len(formats) > 3 else ""
        where = self.files[0].name if len(self.files) == 1 else f"{len(self.files):,} files"
        first = f"{_count(conversations, 'conversation')} in {where}; format: {told or 'none'}{more}"
        return [first, describe(self.columns, users, dates, conversations)]

    def remarks(self) -> list[str]:
        """One line per remark and per kind of thing left out, the most frequent first."""
        lines = [sentence for sentence, _ in self.notes.most_common(SHOWN)]
        if len(self.notes) > SHOWN:
            lines.append(f"{len(self.notes) - SHOWN:,} more remarks like these")
        for kind, what in KINDS.items():
            reasons = self.left_out.get(kind)
            if not reasons:
                continue
            named = ((self.first[key] if number == 1 else key, number) for key, number in reasons.most_common(5))
            shown = "; ".join(f"{number:,} × {reason}" for reason, number in named)
            more = sum(number for _, number in reasons.most_common()[5:])
            rest = f"; {more:,} × other reasons" if more else ""
            lines.append(f"{what}: {sum(reasons.values()):,} ({shown}{rest})")
        return lines


KINDS = {
    "record": "records not used",
    "field": "records used with something left out or changed",
    "file": "files skipped or only partly read",
    "other": "left out on purpose",
}


def general(reason: str) -> str:
    """A reason without the places and values of its record, so that records with the same fault are counted
    together."""
    return _NUMBER.sub("N", _QUOTED.sub("'…'", _PLACE.sub("", reason)))[:160]


def duplicate_ids(counts: Iterable[tuple[str, int]]) -> list[str]:
    """One line about ids that stand for several different conversations; none where there is none."""
    several = [(name, number) for name, number in counts if number > 1]
    if not several:
        return []
    name, number = max(several, key=lambda pair: (pair[1], pair[0]))
    return [
        f"ids: {_count(len(several), 'id')} occur on more than one conversation ({name[:40]!r} on {number:,})"
        if len(several) > 1
        else f"ids: the id {name[:40]!r} occurs on {number:,} different conversations"
    ]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
