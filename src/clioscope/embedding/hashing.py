"""Vectors without a model: hashed words and character n-grams.

The hashing trick (Weinberger et al., ICML 2009) over words and over the character n-grams inside them
(Bojanowski et al., TACL 2017). Texts that share words, or pieces of words, are near each other; meaning beyond
that is not seen. For machines without torch, and for tests. Words of scripts without blanks are told by a dictionary.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from clioscope.conversations.texts.stopwords import stopwords
from clioscope.conversations.texts.words import marks, normal, unspaced, word_spans
from clioscope.embedding.registry import embedders
from clioscope.settings import EmbeddingSettings

_SHORT = 3  # words up to this length are mostly grammar, in scripts with blanks
_GRAMS = (3, 4)


class HashEmbedder:
    """An ``Embedder`` that needs no weights; 512 dimensions unless told otherwise."""

    def __init__(self, dimension: int = 512) -> None:
        self.dimension = dimension
        self.id = f"hash-{dimension}-v2"
        self._places: dict[str, tuple[int, float]] = {}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimension)."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float64)
        for row, text in zip(vectors, texts, strict=True):
            for feature, weight in sorted(features(text).items()):
                place, sign = self._place(feature)
                row[place] += sign * weight
            if not row.any():
                row[0] = 1.0
            row /= math.sqrt(math.fsum(row * row))  # rounded exactly: stored vectors are the same on every machine
        return vectors.astype(np.float32)

    def _place(self, feature: str) -> tuple[int, float]:
        place = self._places.get(feature)
        if place is None:
            number = int.from_bytes(blake2b(feature.encode("utf-8", "replace"), digest_size=8).digest(), "big")
            place = self._places[feature] = ((number >> 1) % self.dimension, 1.0 if number & 1 else -1.0)
        return place


def features(text: str) -> dict[str, float]:
    """Weights of the words and character n-grams of a text: 1 + log count, grammar and n-grams weigh less."""
    counts: Counter[str] = Counter()
    light: set[str] = set()
    plain = normal(text.lower())
    for start, end in word_spans(plain, _tokens()):
        word = plain[start:end]
        counts[f"w {word}"] += 1
        if (len(word) == 1 or word in stopwords()) if unspaced(word) else len(word) <= _SHORT:
            light.add(f"w {word}")
        else:
            edged = f"<{word}>"
            for size in _GRAMS:
                counts.update(f"g {edged[i : i + size]}" for i in range(len(edged) - size + 1))
    return {
        feature: (1 + math.log(count)) * (0.3 if feature[0] == "g" or feature in light else 1.0)
        for feature, count in counts.items()
    }


@cache
def _tokens() -> re.Pattern[str]:
    """Words, and marks of punctuation one by one."""
    return re.compile(rf"\w[\w{marks()}]*|[^\w\s]")


@embedders.register("hash")
def open_hash(settings: EmbeddingSettings) -> HashEmbedder:
    """The embedder ``hash`` of the settings."""
    return HashEmbedder()
