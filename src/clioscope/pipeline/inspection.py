"""What an input looks like before anything is built: what was recognised, what was left out, what a model will see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clioscope.settings import Settings

SHOWN = 3  # conversations
_TOLD = 2000  # texts whose language is told


@dataclass(frozen=True, slots=True)
class Inspection:
    """``lines`` says what was recognised, in two lines; ``remarks`` what was left out and what is odd, one line each.

    ``read`` conversations were usable, ``distinct`` of them differ. ``languages`` has the share of each language
    among the first 2,000 distinct texts (by their hash), the most frequent first; ``examples`` three conversations
    as (id in the input, what a language model gets to see). ``asked`` is the number of conversations that a build with
    these settings asks the model about.

    ``rejected`` records cannot be used, ``flawed`` ones lack a field, and ``unread`` files were not read. ``formats``
    has the usable records by format. ``users`` is the number of different user ids (0 where there are none), ``dated``
    that of records with a date, and ``first`` and ``last`` are the ends of these dates (UTC, None without dates).
    """

    lines: list[str]
    remarks: list[str]
    read: int
    distinct: int
    languages: list[tuple[str, float]]
    examples: list[tuple[str, str]]
    asked: int
    rejected: int
    flawed: int
    unread: int
    formats: dict[str, int]
    users: int
    dated: int
    first: datetime | None
    last: datetime | None


def inspect(
    paths: str | Path | Sequence[str | Path],
    settings: Settings | None = None,
    *,
    on_progress: Callable[[int, int], None] | None = None,
) -> Inspection:
    """Read files as a build would, and say what they hold. Nothing is written, no model is asked.

    Raises InputError where nothing usable is found, SettingsError for an unknown format or encoding.

    >>> import clioscope
    >>> found = clioscope.inspect("chats.jsonl")
    >>> found.read, found.languages[0][0]
    (60, 'en')
    """
    from clioscope.codebook.read import with_codebook
    from clioscope.conversations import collect_conversations
    from clioscope.facets.language import identify_languages
    from clioscope.facets.selection import facets_of
    from clioscope.pipeline.resolve import asked_of, resolve

    settings = with_codebook(settings or Settings())
    settings = resolve(settings, facets_of(settings, ()))
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    found = collect_conversations(given, settings.input, settings.seed, None, on_progress)
    told = Counter(identify_languages(found.transcripts["text"].head(_TOLD).to_list()))
    total = sum(told.values())
    records = dict(found.occurrences.select("conversation", "record").iter_rows())
    users, dates = found.occurrences["user"].drop_nulls(), found.occurrences["created_at"].drop_nulls()
    some = found.transcripts.head(SHOWN).select("conversation", "transcript").iter_rows()
    return Inspection(
        lines=found.lines,
        remarks=found.remarks,
        read=found.read,
        distinct=found.conversations.height,
        languages=[(name or "unknown", number / total) for name, number in told.most_common()],
        asked=asked_of(found.conversations.height, settings),
        rejected=found.rejected,
        flawed=found.flawed,
        unread=found.unread,
        formats=found.formats,
        users=users.n_unique(),
        dated=len(dates),
        first=dates.min(),  # type: ignore[arg-type]
        last=dates.max(),  # type: ignore[arg-type]
        examples=[(records[conversation], transcript) for conversation, transcript in some],
    )
