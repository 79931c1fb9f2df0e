"""Files that are no text at all."""

from __future__ import annotations

from clioscope.conversations.records.encodings import marked, unmarked
from clioscope.errors import InputError

_KNOWN = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF": "a PDF",
    b"SQLite format 3\x00": "an SQLite database",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\x7fELF": "a program",
    b"ARROW1": "an Arrow file",
    b"Obj\x01": "an Avro file",
    b"ORC": "an ORC file",
    b"PAR1": "a Parquet file that is packed once more",
    b"\xd0\xcf\x11\xe0": "an old Office document",
}


def refuse_binary(head: bytes, name: str) -> None:
    """Raise InputError for a file whose beginning shows that it holds no text."""
    if marked(head) or unmarked(head):
        return
    what = next((what for mark, what in _KNOWN.items() if head.startswith(mark)), None)
    if what is None and head[257:262] == b"ustar":
        what = "a tar archive"
    if what is None and not _is_binary(head):
        return
    kind = "a binary file" if what is None else f"a binary file ({what})"
    raise InputError(f"{name}: this is {kind}, not JSON, CSV or Parquet; unpack or export it first.")


def _is_binary(head: bytes) -> bool:
    """More than a tenth of the bytes are control characters that no text holds."""
    odd = len(head) - len(head.translate(None, bytes(b for b in range(32) if b not in b"\t\n\r\x0b\x0c\x1b")))
    return odd > len(head) // 10
