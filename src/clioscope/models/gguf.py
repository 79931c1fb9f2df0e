"""The header of a GGUF file: enough to refuse a broken file before llama.cpp opens it.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from clioscope.errors import ModelError
from clioscope.models.fingerprint import fingerprint

_SIZES = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_MOST = 1 << 28  # no count or length in a header is near this


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says: architecture, name, trained context (tokens), chat template, number of tensors."""

    architecture: str
    name: str
    context: int | None
    chat_template: str | None
    tensors: int


def check_gguf(path: Path) -> Header:
    """Read the header of ``path``; raises ModelError if it is missing, is no GGUF, or is cut off."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise ModelError(f"{path}: not a GGUF file (it does not begin with GGUF).")
            try:
                header, end = _read(file)
            except (struct.error, ValueError, UnicodeDecodeError, OverflowError, MemoryError) as error:
                raise ModelError(f"{path}: a broken GGUF file (its header cannot be read); fetch it again.") from error
    except OSError as error:
        raise ModelError(f"{path}: the model cannot be read ({error.strerror}).") from error
    if size <= end:
        raise ModelError(f"{path}: a GGUF file cut off at {size} bytes; fetch it again.")
    return header


def name_and_content(path: Path) -> str:
    """Name and content of a model file for the answer store: its stem and a hash of size, head and tail."""
    return f"{path.stem}@{fingerprint(path)}"


def _read(file: BinaryIO) -> tuple[Header, int]:
    """The header, and the least size of a whole file: the offset of the last tensor's data."""
    (version,) = struct.unpack("<I", file.read(4))
    if version not in (2, 3):
        raise ValueError("version")
    tensors, pairs = struct.unpack("<QQ", file.read(16))
    if max(tensors, pairs) > _MOST:
        raise ValueError("count")
    values = {}
    for _ in range(pairs):
        name = _string(file)
        (kind,) = struct.unpack("<I", file.read(4))
        values[name] = _value(file, kind)
    last = 0
    for _ in range(tensors):
        _string(file)
        (dimensions,) = struct.unpack("<I", file.read(4))
        if dimensions > 8:
            raise ValueError("dimensions")
        file.seek(8 * dimensions + 4, 1)
        last = max(last, struct.unpack("<Q", file.read(8))[0])
    architecture = str(values.get("general.architecture", ""))
    context = values.get(f"{architecture}.context_length")
    template = values.get("tokenizer.chat_template")
    header = Header(
        architecture,
        str(values.get("general.name", "")),
        int(context) if isinstance(context, int) else None,
        template if isinstance(template, str) else None,
        tensors,
    )
    return header, file.tell() + last


def _string(file: BinaryIO) -> str:
    (length,) = struct.unpack("<Q", file.read(8))
    if length > _MOST:
        raise ValueError("length")
    data = file.read(length)
    if len(data) < length:
        raise ValueError("cut off")
    return data.decode("utf-8", "replace")


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == _STRING:
        return _string(file)
    if kind != _ARRAY:
        code = "<" + _SIZES.get(kind, "!")
        return struct.unpack(code, file.read(struct.calcsize(code)))[0]
    inner, count = struct.unpack("<IQ", file.read(12))
    if count > _MOST:
        raise ValueError("count")
    if inner in (_STRING, _ARRAY):
        for _ in range(count):
            _value(file, inner)
    else:
        file.seek(struct.calcsize("<" + _SIZES.get(inner, "!")) * count, 1)
    return None
