"""From a setting to an embedder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from clioscope.embedding.embedder import Embedder
from clioscope.embedding.registry import embedders
from clioscope.embedding.sentences import SentenceEncoder, require
from clioscope.errors import ModelError
from clioscope.settings import EmbeddingSettings

if TYPE_CHECKING:
    from clioscope.models.catalogue import Entry


DEFAULT = "all-MiniLM-L6-v2"  # where nobody chose an encoder, and nothing is known of the texts


def open_embedder(settings: EmbeddingSettings) -> Embedder:
    """The embedder that ``settings.model`` names; the default one where it names none.

    In this order: an address (``http://host/v1``, a space, the model); a registered name (``hash``, or that
    of a plug-in); a name or alias of the catalogue, whose weights are fetched here on the first use; a folder;
    any other sentence-transformers name, looked up at the hub.

    Raises ModelError: no such encoder, weights that cannot be fetched, or sentence-transformers missing.
    """
    name = name_of(settings)
    if name.startswith(("http://", "https://")):
        from clioscope.embedding.address import AddressEmbedder

        address, _, model = name.partition(" ")
        return AddressEmbedder(address, model.strip() or None, batch_size=settings.batch_size)
    if name in embedders:
        return embedders.get(name)(settings)
    folder = Path(name).expanduser()
    entry = None if _is_path(name, folder) else _entry(name)
    if entry is not None:
        from clioscope.models.fetch import pull

        return SentenceEncoder(
            pull(entry.name), name=f"{entry.name}@{entry.sha256[:12]}", batch_size=settings.batch_size
        )
    if folder.is_dir():
        return SentenceEncoder(folder.resolve(), batch_size=settings.batch_size)
    if name.startswith((".", "/", "~")):
        raise ModelError(f"embedding.model: there is no folder {name}.")
    require(name)
    from clioscope.embedding.hub import cached_folder, check_hub

    check_hub(name)
    return SentenceEncoder(cached_folder(name) or name, name=name, batch_size=settings.batch_size)


def check_embedder(settings: EmbeddingSettings, *, contact: bool = True) -> None:
    """Raise what ``open_embedder`` would for a name that names nothing; no weights are fetched or loaded.

    With ``contact`` an address is asked for one vector and the hub for a name; without, nobody is asked.
    """
    name = name_of(settings)
    folder = Path(name).expanduser()
    if name.startswith(("http://", "https://")):
        if contact:
            _ = open_embedder(settings).dimension
    elif name not in embedders and not _is_path(name, folder) and _entry(name) is not None:
        require(name)  # the weights are fetched when they are needed
    elif contact or name in embedders or folder.is_dir() or name.startswith((".", "/", "~")):
        open_embedder(settings)


def ready_embedder(settings: EmbeddingSettings) -> Embedder | None:
    """The embedder that ``settings.model`` names, if it is on this machine; None where weights would have to be
    fetched, something be installed, or a server be asked."""
    from clioscope.models.fetch import is_cached

    name = name_of(settings)
    if name.startswith(("http://", "https://")):
        return None
    try:
        if name not in embedders and not Path(name).expanduser().is_dir():
            from clioscope.embedding.hub import cached_folder

            require(name)
            entry = _entry(name)
            if not (is_cached(entry.name) if entry is not None else cached_folder(name)):
                return None
        return open_embedder(settings)
    except ModelError:
        return None


def name_of(settings: EmbeddingSettings) -> str:
    """The name of the encoder, as it was given, or that of the default one."""
    return (settings.model or DEFAULT).strip()


def is_english(name: str) -> bool:
    """Whether the catalogue says of an encoder that it was made for English only."""
    from clioscope.models.catalogue import find

    try:
        return find(name).english
    except ModelError:
        return False


def encoder_languages(settings: EmbeddingSettings) -> tuple[str, ...] | None:
    """The languages (English names) in which the encoder compares meanings: none for one that compares words, None
    where nothing says that it is for one language only."""
    name = name_of(settings)
    return () if name == "hash" else ("English",) if is_english(name) else None


def _is_path(name: str, folder: Path) -> bool:
    return os.sep in name and folder.is_dir()


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
