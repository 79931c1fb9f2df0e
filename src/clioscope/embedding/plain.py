"""The plain vectors of conversations: the unit mean of their texts' vectors, as float16 keeps them.

An atlas keeps nothing else of what its encoder said. When it is built again, each conversation's vector is looked up
there by a hash of encoder and texts, and only new ones are encoded.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from clioscope.atlas.vectors import Plain
from clioscope.embedding.embedder import Embedder
from clioscope.embedding.encode import encode_texts
from clioscope.progress import Step
from clioscope.vectors.unit import average

if TYPE_CHECKING:
    from clioscope.models.store import Store

_KEY = 16  # bytes of the hash


def plain_vectors(
    columns: Sequence[Sequence[str]],
    embedder: Embedder,
    store: Store | None,
    known: Plain | None = None,
    on_progress: Step | None = None,
) -> Plain:
    """Vectors of n conversations, each the unit mean of those of its texts; ``columns`` are lists of n texts each.

    What is in ``known`` is taken from there, the rest encoded (``encode_texts``). Raises ModelError as that does.
    """
    keys = [_key(embedder.id, texts) for texts in zip(*columns, strict=True)]
    places = {} if known is None else {key.tobytes(): row for row, key in enumerate(known.keys)}
    new = [row for row, key in enumerate(keys) if key not in places]
    old = [row for row, key in enumerate(keys) if key in places]
    if known is not None and not new:
        rows = known.rows[[places[key] for key in keys]]
    else:
        texts = [column[row] for column in columns for row in new]
        encoded = encode_texts(texts, embedder, store, on_progress=on_progress)
        made = average(np.split(encoded, len(columns))).astype(np.float16)
        if known is not None and made.shape[1] != known.rows.shape[1]:  # another encoder of the same name
            return plain_vectors(columns, embedder, store, None, on_progress)
        rows = np.empty((len(keys), made.shape[1]), np.float16)
        rows[new] = made
        if known is not None:
            rows[old] = known.rows[[places[keys[row]] for row in old]]
    return Plain(rows, np.frombuffer(b"".join(keys), np.uint8).reshape(-1, _KEY))


def _key(embedder: str, texts: Sequence[str]) -> bytes:
    parts = "".join(f"{len(part)}:{part}" for part in (embedder, *texts))
    return blake2b(parts.encode("utf-8", "replace"), digest_size=_KEY).digest()
