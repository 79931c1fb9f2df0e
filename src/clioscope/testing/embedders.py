"""What an embedder promises."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clioscope.embedding.embedder import Embedder
from clioscope.testing.promise import carry_out, promise

TEXTS = (
    "How do I bake rye bread?",
    "Fix this function, please: the index is out of range.",
    "ok",
    "",
    "Как испечь ржаной хлеб? 🍞",
    "word " * 400,
    "How do I bake rye bread?",
)


def check_embedder(embedder: Embedder, texts: Sequence[str] = TEXTS, *, tolerance: float = 0.0) -> None:
    """Raise AssertionError where the embedder breaks a promise of the protocol ``Embedder``.

    ``tolerance``: by how much one number of a text's vector may differ between batches, for a server that rounds
    differently. It is 0 by the protocol, since one bit can move a conversation to another group.
    """
    name = getattr(embedder, "id", "")
    promise(isinstance(name, str) and bool(name), "An embedder has an `id` that names model and weights.")
    promise(callable(getattr(embedder, "encode", None)), f"The embedder {name} has no method `encode(texts)`.")
    said = f"The embedder {name}"
    given = list(texts)
    vectors = carry_out(lambda: embedder.encode(given), f"{said} does not encode")
    promise(given == list(texts), f"{said} changes the list of texts that it is given.")
    promise(
        isinstance(vectors, np.ndarray) and vectors.dtype == np.float32,
        f"{said} returns {getattr(vectors, 'dtype', type(vectors).__name__)}, not an array of float32.",
    )
    width = carry_out(lambda: embedder.dimension, f"{said} has no `dimension`")
    promise(isinstance(width, int) and width > 0, f"{said} has the dimension {width!r}, not a positive whole number.")
    promise(
        vectors.shape == (len(given), width),
        f"{said} returns the shape {vectors.shape}, not {(len(given), width)}: one row per text, `dimension` wide.",
    )
    promise(bool(np.isfinite(vectors).all()), f"{said} returns numbers that are not finite.")
    norms = np.linalg.norm(vectors.astype(np.float64), axis=1)
    worst = int(np.abs(norms - 1).argmax())
    promise(
        abs(norms[worst] - 1) < 1e-3, f"{said} does not return unit rows: text {worst} has the norm {norms[worst]:.4f}."
    )
    alone = np.concatenate([embedder.encode([text]) for text in given])
    promise(
        _alike(alone, vectors, tolerance), f"{said} gives a text another vector alone than in a batch with other texts."
    )
    turned = embedder.encode(given[::-1])[::-1]
    promise(_alike(turned, vectors, tolerance), f"{said} gives a text another vector where the order is another one.")
    nothing = carry_out(lambda: embedder.encode([]), f"{said} does not take an empty list")
    promise(nothing.shape == (0, width), f"{said} returns the shape {nothing.shape} for no texts, not {(0, width)}.")


def _alike(first: np.ndarray, second: np.ndarray, tolerance: float) -> bool:  # type: ignore[type-arg]
    return first.shape == second.shape and bool((np.abs(first - second) <= tolerance).all())
