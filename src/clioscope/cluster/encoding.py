"""Texts to vectors on a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clioscope.cluster.connect import Connection
from clioscope.cluster.shards import Shards
from clioscope.cluster.work import block_rows, do_work, left_over
from clioscope.embedding.embedder import Embedder
from clioscope.embedding.encode import clean_unit
from clioscope.settings import ClusterSettings, EmbeddingSettings

if TYPE_CHECKING:
    from clioscope.models.store import Store
    from clioscope.progress import Step

TEXT = {"key": "string", "text": "string"}  # Arrow types of a text on its way
VECTORS = "vectors-"  # begins the names of this work among the shards
_LEAST = 256  # texts of a block


class RayEmbedder:
    """The embedder ``inner`` of these settings, whose many texts are encoded on a cluster.

    Each actor opens the same embedder in its own process: weights of the catalogue are fetched there, a folder must be
    one that all nodes see. Single texts are encoded here.
    """

    def __init__(
        self,
        inner: Embedder,
        settings: EmbeddingSettings,
        cluster: ClusterSettings,
        connection: Connection,
        folder: str,
    ) -> None:
        self._inner, self._settings, self._cluster = inner, settings, cluster
        self._connection, self._folder = connection, folder
        self.id = inner.id
        if hasattr(inner, "read_shares"):
            self.read_shares = inner.read_shares

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._inner.dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of a few texts, encoded in this process."""
        return self._inner.encode(texts)

    def encode_into(self, store: Store, texts: Mapping[str, str], on_progress: Step) -> None:
        """Encode texts, given by their keys, and put their vectors into the store as they come.

        What came back for an earlier run that was killed is taken first. ``on_progress`` gets (texts done, texts).
        Raises ModelError when Ray gives up, or for what is no vector.
        """
        shards = Shards(self._folder)
        left = dict(texts)
        for name, table in left_over(shards):
            if name.startswith(VECTORS):
                self._take(table, store, left)
        for name in shards.works():
            if name.startswith(VECTORS):
                shards.remove(name)
        on_progress(len(texts) - len(left), len(texts))
        if left:
            size = block_rows(len(left), _LEAST)
            rows = list(left.items())
            name = f"{VECTORS}{rows[0][0]}"
            encode = partial(self._encoded, min(self._cluster.encoders, ceil(len(rows) / size)))
            for table in do_work(self._connection, shards, name, rows, TEXT, size, encode):
                self._take(table, store, left)
                on_progress(len(texts) - len(left), len(texts))
        shards.close()

    def _take(self, table: Any, store: Store, left: dict[str, str]) -> None:
        keys = table["key"].to_pylist()
        if keys:
            rows = np.stack([np.frombuffer(row, "<f4") for row in table["vector"].to_pylist()])
            store.put_vectors(keys, clean_unit(rows, len(keys), self._inner.id))
        for key in keys:
            left.pop(key, None)

    def _encoded(self, actors: int, dataset: Any) -> Any:
        import ray

        return dataset.map_batches(
            Encoder,
            fn_constructor_args=(self._settings,),
            batch_size=_LEAST,
            compute=ray.data.ActorPoolStrategy(size=actors),
            num_gpus=self._cluster.encoder_gpus or None,
        )


class Encoder:
    """An actor's embedder: a batch of keys and texts becomes one of keys and vectors (bytes of float32)."""

    def __init__(self, settings: EmbeddingSettings) -> None:
        from clioscope.embedding.open import open_embedder

        self._embedder = open_embedder(settings)

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        vectors = np.asarray(self._embedder.encode([str(text) for text in batch["text"]]), dtype="<f4")
        return {"key": batch["key"], "vector": np.array([row.tobytes() for row in vectors], dtype=object)}
