"""How much of each text an encoder reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.embedder import Embedder

_TEXTS = 1024  # texts at once: their tokens are held in memory


def encoded_shares(
    texts: Sequence[str], embedder: Embedder, keys: NDArray[np.uint8], known: Mapping[bytes, float]
) -> NDArray[np.float16]:
    """The share of each text that ``embedder`` reads (n,), from 0 to 1; 1 for an encoder that does not tell.

    ``keys`` (n, k): what each row is the vector of; a row whose key is in ``known`` is not looked at again.
    """
    shares = np.ones(len(texts))
    tell: Any = getattr(embedder, "read_shares", None)
    if tell is None:
        return shares.astype(np.float16)
    names = [key.tobytes() for key in keys]
    new = [row for row, name in enumerate(names) if name not in known]
    for row, name in enumerate(names):
        shares[row] = known.get(name, 1.0)
    for start in range(0, len(new), _TEXTS):
        rows = new[start : start + _TEXTS]
        shares[rows] = tell([texts[row] for row in rows])
    return shares.astype(np.float16)
