"""The conversations of an atlas as records, from its input files, a file that is given, or kept transcripts."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.attack.records import Record
from clioscope.errors import ClioscopeError
from clioscope.settings import Settings

if TYPE_CHECKING:
    from clioscope.atlas import Atlas


def own_records(atlas: Atlas, source: str | Path | None, most: int) -> list[Record]:
    """At most ``most`` conversations, drawn by a hash of their content, each with its user.

    Raises ClioscopeError, which says what to give, where neither a file nor transcripts are there, and InputError for a
    file that cannot be read.
    """
    files = [Path(one["path"]) for one in atlas.manifest.get("sources", [])] if source is None else [Path(source)]
    if files and (source is not None or all(file.exists() for file in files)):
        return _from_files(atlas, files, most)
    if (atlas.path / "transcripts.parquet").exists():
        return _from_transcripts(atlas, most)
    raise ClioscopeError(
        f"{atlas.path}: its input files are gone and it keeps no transcripts, so there is nothing to plant "
        "conversations in; give the file of conversations with --input."
    )


def _from_files(atlas: Atlas, files: Sequence[Path], most: int) -> list[Record]:
    from clioscope.conversations import Conversation
    from clioscope.conversations.collect import read_options
    from clioscope.conversations.read import read_many

    options = read_options(Settings.model_validate(atlas.manifest["settings"]).input)
    found: dict[str, Record] = {}
    for one in read_many(files, options):
        if isinstance(one, Conversation):
            turns = [{"role": message.role, "content": message.content} for message in one.messages]
            found[f"{one.content_id} {one.user_id}"] = _record(one.content_id, one.user_id, turns)
    return [found[key] for key in sorted(found, key=_draw)[:most]]


def _from_transcripts(atlas: Atlas, most: int) -> list[Record]:
    from clioscope.conversations.transcript import turns_of

    users = dict(atlas.occurrences.select("conversation", "user").iter_rows())
    rows = sorted(atlas.transcripts.select("conversation", "transcript").iter_rows(), key=lambda row: _draw(row[0]))
    return [
        _record(name, users.get(name), [{"role": role, "content": text} for role, text in turns_of(transcript)])
        for name, transcript in rows[:most]
    ]


def _record(name: str, user: object, turns: list[dict[str, str]]) -> Record:
    """A record of which a conversation without a user has one of its own."""
    return {"id": name, "user_id": f"own-{name if user is None else user}", "messages": turns}


def _draw(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=8).digest()
