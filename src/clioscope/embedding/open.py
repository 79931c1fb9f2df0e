"""From a setting to an embedder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.embedding.embedder import Embedder
from clioscope.embedding.registry import embedders
from clioscope.errors import ModelError
from clioscope.settings import EmbeddingSettings

if TYPE_CHECKING:
    from clioscope.models.catalogue import Entry


def open_embedder(settings: EmbeddingSettings) -> Embedder:
    """The embedder that ``settings.model`` names.

    In this order: an address (``http://host/v1``, a space, the model); a registered name (``hash``, or that
    of a plug-in); a name or alias of the catalogue, whose weights are fetched here on the first use; a folder;
    any other sentence-transformers name, looked up at the hub.

    Raises ModelError: no such encoder, weights that cannot be fetched, or sentence-transformers missing.
    """
    name = settings.model.strip()
    if name.startswith(("http://", "https://")):
        from clioscope.embedding.address import AddressEmbedder

        address, _, model = name.partition(" ")
        return AddressEmbedder(address, model.strip() or None, batch_size=settings.batch_size)
    if name in embedders:
        return embedders.get(name)(settings)
    from clioscope.embedding.sentences import SentenceEncoder

    folder = Path(name).expanduser()
    is_path = os.sep in name and folder.is_dir()
    entry = None if is_path else _entry(name)
    if entry is not None:
        from clioscope.models.fetch import pull

        return SentenceEncoder(
            pull(entry.name), name=f"{entry.name}@{entry.sha256[:12]}", batch_size=settings.batch_size
        )
    if folder.is_dir():
        return SentenceEncoder(folder.resolve(), batch_size=settings.batch_size)
    if name.startswith((".", "/", "~")):
        raise ModelError(f"embedding.model: there is no folder {name}.")
    encoder = SentenceEncoder(name, name=name, batch_size=settings.batch_size)
    _ = encoder.dimension  # a name that the hub does not know should fail here, not after hours of facets
    return encoder


def _entry(name: str) -> Entry | None:
    """The catalogue's encoder of this name; None where it has none. Raises ModelError for a chat model."""
    from clioscope.models.catalogue import find

    try:
        entry = find(name)
    except ModelError:
        return None
    if entry.kind != "encoder":
        raise ModelError(f"embedding.model: {name} is no sentence encoder; `clioscope models` lists those there are.")
    return entry
