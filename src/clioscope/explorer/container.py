"""The format that the page reads: a JSON header and arrays, in one sequence of bytes.

``b"CLIOVIEW"``, the header's length (uint32), the header (UTF-8 JSON), zeros up to a multiple of 8, then the
arrays, each starting at a multiple of 8 from the first; all little-endian. The header's ``arrays`` maps a name
to ``[type, start, length]``, type one of u1, u2, u4, f4, length in elements.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAGIC = b"CLIOVIEW"
TYPES = ("u1", "u2", "u4", "f4")
_STEP = 8


def pack(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Header and one-dimensional arrays as bytes. Raises ValueError for an array of another type or shape."""
    places: dict[str, list[str | int]] = {}
    parts: list[bytes] = []
    start = 0
    for name, array in arrays.items():
        kind = kind_of(name, array)
        data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        places[name] = [kind, start, len(array)]
        parts.append(data + bytes(-len(data) % _STEP))
        start += len(parts[-1])
    head = json.dumps({**header, "arrays": places}, ensure_ascii=False, separators=(",", ":")).encode()
    before = MAGIC + struct.pack("<I", len(head)) + head
    return b"".join([before, bytes(-len(before) % _STEP), *parts])


def kind_of(name: str, array: NDArray[Any]) -> str:
    """The type of an array as headers have it. Raises ValueError for an array that the page cannot read."""
    kind = f"{array.dtype.kind}{array.dtype.itemsize}"
    if kind not in TYPES or array.ndim != 1:
        raise ValueError(f"{name}: an array of {array.dtype}, shape {array.shape}, cannot be packed")
    return kind


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Header and arrays from the bytes of ``pack``. Raises ValueError for other bytes."""
    import numpy as np

    if not data.startswith(MAGIC):
        raise ValueError("not a Clioscope view")
    (length,) = struct.unpack_from("<I", data, len(MAGIC))
    end = len(MAGIC) + 4 + length
    header = json.loads(data[len(MAGIC) + 4 : end])
    first = end + -end % _STEP
    arrays = {
        name: np.frombuffer(data, np.dtype(f"<{kind}"), size, first + start)
        for name, (kind, start, size) in header.pop("arrays").items()
    }
    return header, arrays


def smallest_codes(codes: NDArray[np.integer[Any]], count: int) -> NDArray[Any]:
    """``codes`` (0 to ``count``, inclusive) in the smallest unsigned type that holds them."""
    import numpy as np

    kind = np.uint8 if count < 2**8 else np.uint16 if count < 2**16 else np.uint32
    return codes.astype(kind)
