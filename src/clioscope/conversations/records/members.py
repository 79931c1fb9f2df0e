"""The streams of records in a zip or a workbook, and what in it is not read."""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from clioscope.conversations.records.data_names import (
    COMPANION,
    EXPORT,
    TAKEOUT,
    companions,
    is_data,
    is_seen,
    is_unclear,
    others,
)
from clioscope.conversations.records.excel_records import sheets
from clioscope.conversations.records.input_file import InputFile
from clioscope.conversations.records.opening import kind_of, open_packed, spooled
from clioscope.errors import InputError

DEEPEST = 3  # zips within zips
_OFFICE = {"word/": "a text document", "ppt/": "a presentation"}


def streams(file: InputFile) -> list[InputFile]:
    """The file itself; or the members of a zip, the sheets of a workbook.

    Raises InputError with the reason where nothing in it can be read.
    """
    try:
        with open_packed(file) as stream:
            kind = kind_of(stream.read(8))
        if kind == "ole":
            return sheets(file)
        if kind != "zip":
            return [file]
        with ExitStack() as stack:
            packed: Any = stack.enter_context(open_packed(file))
            packed = stack.enter_context(spooled(packed)) if file.chain else packed
            archive = stack.enter_context(zipfile.ZipFile(packed))
            return _in_zip(file, archive)
    except zipfile.BadZipFile as error:
        raise InputError(f"{file.name}: the zip is damaged ({error}); fetch it again.") from error
    except (NotImplementedError, RuntimeError) as error:
        raise InputError(f"{file.name}: the zip cannot be unpacked here ({error}); unpack it first.") from error


def _in_zip(file: InputFile, archive: zipfile.ZipFile) -> list[InputFile]:
    listed = [info for info in archive.infolist() if not info.is_dir()]
    members = {info.filename: info for info in listed}
    if _is_workbook(archive, members):
        return sheets(file)
    office = next((what for part, what in _OFFICE.items() if any(name.startswith(part) for name in members)), None)
    if office is not None and "[Content_Types].xml" in members:
        raise InputError(f"{file.name}: {office}, which is not read; save it as CSV or JSONL.")
    if any(info.flag_bits & 1 for info in members.values()):
        raise InputError(f"{file.name}: the zip is locked with a password; unpack it first.")
    names = sorted(name for name in members if is_seen(name))
    known = companions(names)
    data = [name for name in names if name not in known and is_data(name, _head(archive, name))]
    if not data:
        shown = ", ".join(names[:5]) or "nothing"
        rest = others(names)
        if rest == TAKEOUT:
            raise InputError(f"{file.name}: {TAKEOUT}.")
        raise InputError(f"{file.name}: the zip holds no conversations.json and no other data file (it holds {shown}).")
    homes = {PurePosixPath(name).parent for name in data if EXPORT.search(name)}
    inputs: list[InputFile] = []
    counts = Counter(info.filename for info in listed)
    for name in sorted([*data, *known]):
        home = PurePosixPath(name).parent
        account = f"{file.account}/{home}" if len(homes) > 1 and home in homes else file.account
        below = "" if file.member is None else f"{file.member}/"
        member = InputFile(file.path, account, below + name, listed=True, inside=(*file.chain, name))
        inputs += _in_member(member, members[name], known=name in known)
        if name in data and counts[name] > 1:
            inputs.append(replace(member, skipped=f"the zip holds {counts[name]} files of this name; the last is read"))
    rest = others(name for name in names if name not in known and name not in data)
    return inputs if rest is None else [*inputs, replace(file, listed=True, skipped=rest)]


def _in_member(member: InputFile, info: zipfile.ZipInfo, *, known: bool) -> Iterator[InputFile]:
    if known:
        yield replace(member, skipped=COMPANION)
    elif info.file_size == 0:
        yield replace(member, skipped="the file is empty")
    elif len(member.inside) > DEEPEST:
        yield replace(member, skipped="too many zips within each other; unpack them first")
    else:
        yield from streams_or_reason(member)


def streams_or_reason(file: InputFile) -> list[InputFile]:
    """As ``streams``; what cannot be read is listed with the reason."""
    try:
        return streams(file)
    except InputError as error:
        return [replace(file, skipped=str(error).removeprefix(f"{file.name}: ").removesuffix("."))]
    except (OSError, EOFError, zlib.error) as error:
        return [replace(file, skipped=f"the file cannot be read ({getattr(error, 'strerror', None) or error})")]


def _is_workbook(archive: zipfile.ZipFile, members: dict[str, Any]) -> bool:
    if "xl/workbook.xml" in members or "xl/workbook.bin" in members:
        return True
    return "mimetype" in members and b"opendocument.spreadsheet" in archive.read("mimetype")[:100]


def _head(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """The beginning of a member whose name tells nothing; None where it is damaged."""
    if not is_unclear(name):
        return b""
    try:
        with archive.open(name) as member:
            return member.read(64)
    except Exception:  # of many kinds; reading the member says which
        return None
