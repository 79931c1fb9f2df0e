"""From texts to vectors: each distinct text is encoded once, and its vector kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clioscope.embedding.embedder import BulkEmbedder, Embedder
from clioscope.errors import ModelError
from clioscope.models.store import vector_key
from clioscope.progress import Step
from clioscope.vectors.unit import unit_rows

if TYPE_CHECKING:
    from clioscope.models.store import Store

_MANY = 64  # texts from which on it is worth while to send them to an embedder of many
_TEXTS = 1024  # texts encoded between two commits …
_CHARACTERS = 400_000  # … or fewer when they are long: a killed run loses seconds


def encode_texts(
    texts: Sequence[str],
    embedder: Embedder,
    store: Store | None,
    on_progress: Step | None = None,
) -> NDArray[np.float32]:
    """Unit vectors of ``texts``, float32 of shape (len(texts), dimension).

    Distinct texts are looked up in the store first; the missing ones are encoded in order of length and stored
    chunk by chunk. What the store holds is what counts: a text has the same vector to the bit in every run.
    A blank text says nothing and gets a row of zeros, which is near to nothing and adds nothing to a mean.
    ``on_progress`` gets (distinct texts done, distinct texts).

    Raises ModelError when the embedder fails or answers with something other than finite vectors.
    """
    clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]  # no halves of surrogate pairs
    keys = {text: vector_key(embedder.id, text) for text in dict.fromkeys(clean) if text.strip()}
    known: dict[str, NDArray[np.float32]] = store.get_vectors(list(keys.values())) if store is not None else {}
    report = on_progress or (lambda done, total: None)
    report(len(known), len(keys))
    missing = sorted((text for text, key in keys.items() if key not in known), key=lambda text: (len(text), text))
    bulk: BulkEmbedder | None = embedder if hasattr(embedder, "encode_into") else None  # type: ignore[assignment]
    if store is not None and len(missing) >= _MANY and bulk is not None:
        before = len(known)
        wanted = {keys[text]: text for text in missing}
        bulk.encode_into(store, wanted, lambda done, total: report(before + done, len(keys)))
        known.update(store.get_vectors(list(wanted)))
        missing = [text for text in missing if keys[text] not in known]
    for chunk in _chunks(missing):
        vectors = clean_unit(embedder.encode(chunk), len(chunk), embedder.id)
        names = [keys[text] for text in chunk]
        known.update(zip(names, vectors, strict=True))
        if store is not None:
            store.put_vectors(names, vectors)
            known.update(store.get_vectors(names))  # another process may have stored a text first
        report(len(known), len(keys))
    dimension = len(next(iter(known.values()))) if known else embedder.dimension
    if any(len(vector) != dimension for vector in known.values()):
        raise ModelError(f"{embedder.id}: stored vectors differ in length; remove the store and run again.")
    result = np.zeros((len(texts), dimension), dtype=np.float32)
    for row, text in enumerate(clean):
        if text in keys:
            result[row] = known[keys[text]]
    return result


def _chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    characters = 0
    for text in texts:
        if chunk and (len(chunk) == _TEXTS or characters + len(text) > _CHARACTERS):
            yield chunk
            chunk, characters = [], 0
        chunk.append(text)
        characters += len(text)
    if chunk:
        yield chunk


def clean_unit(vectors: NDArray[np.floating], rows: int, name: str) -> NDArray[np.float32]:
    """Norm 1 for every row, whatever the embedder called ``name`` promised; each row by itself.

    Raises ModelError for another number of rows, and for values that are no numbers.
    """
    given = np.asarray(vectors, dtype=np.float64)
    if given.ndim != 2 or len(given) != rows:
        raise ModelError(f"{name}: vectors of shape {given.shape} came back for {rows} texts.")
    try:
        return unit_rows(given)
    except ValueError as error:
        raise ModelError(f"{name}: vectors with NaN or infinite values came back.") from error
