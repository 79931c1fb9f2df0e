"""The sentence-encoder protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from clioscope.models.store import Store
    from clioscope.progress import Step

Encode = Callable[[Sequence[str]], NDArray[np.float32]]  # texts to unit vectors, one row per text


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into unit vectors.

    ``id`` names model and weights for the vector store. ``encode`` returns float32 of shape
    (len(texts), dimension), rows of Euclidean norm 1, the same row for the same text whatever the batch.

    An embedder that does not read all of a long text may have ``read_shares(texts)``: the share of each text that it
    reads, from 0 to 1. One without it is taken to read all.
    """

    id: str

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class BulkEmbedder(Embedder, Protocol):
    """An embedder that gets many texts at once: ``encode_into`` puts the vectors of texts, given by their keys, into
    the store as they come, and calls ``on_progress`` with (texts done, texts). What it leaves out is encoded by
    ``encode``."""

    def encode_into(self, store: Store, texts: Mapping[str, str], on_progress: Step) -> None: ...
