"""What the words of a conversation tell of its facets: scores that the ready-made maps read beside the raw vector.

An encoder reads the beginning of a text and averages it. The words of all of it, and of the beginnings of the answers,
tell more of long conversations. Their scores are 64 numbers: a sum over words and pairs of words, weighted by TF-IDF
(``ready/README.md`` says how it was learnt).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

_BLOCK = 4096  # texts at once


class WordModel(NamedTuple):
    """``words`` (v): single words and pairs of words that follow one another; ``idf`` (v,): their weights; ``scores``
    (v, r): what each tells."""

    words: Sequence[str]
    idf: NDArray[np.float32]
    scores: NDArray[np.float32]

    def read(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """What the words of each text tell (n, r); zeros for a text without a known word."""
        from sklearn.feature_extraction.text import CountVectorizer

        count = CountVectorizer(vocabulary=list(self.words), ngram_range=(1, 2), dtype=np.float32)
        weights = count.transform(texts)
        weights.data = (1 + np.log(weights.data)) * self.idf[weights.indices]
        length = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1))).ravel()
        told: NDArray[np.float32] = (weights @ self.scores) / np.maximum(length, 1e-9)[:, None]
        return told

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What ``from_arrays`` makes the model from: the scores of a column are whole numbers up to 127 times its
        step."""
        step = np.maximum(np.abs(self.scores).max(axis=0), 1e-9) / 127
        return {
            "words": np.frombuffer("\n".join(self.words).encode(), np.uint8),
            "idf": self.idf.astype(np.float16),
            "scores": np.rint(self.scores / step).astype(np.int8),
            "step": step.astype(np.float32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The model that ``arrays`` made."""
        words = arrays["words"].tobytes().decode().split("\n")
        return cls(words, arrays["idf"].astype(np.float32), arrays["scores"] * arrays["step"])


@cache
def word_model() -> WordModel:
    """The model that is shipped."""
    with (files(__package__) / "ready" / "words.npz").open("rb") as file, np.load(file, allow_pickle=False) as held:
        return WordModel.from_arrays(held)


def word_scores(texts: Iterable[str]) -> NDArray[np.float16]:
    """What the words of n texts (``pipeline.mixing.spoken``) tell, by the shipped model (n, r)."""
    model, rest = word_model(), iter(texts)
    told = [np.zeros((0, model.scores.shape[1]), np.float16)]
    while block := list(islice(rest, _BLOCK)):
        told.append(model.read(block).astype(np.float16))
    return np.concatenate(told)
