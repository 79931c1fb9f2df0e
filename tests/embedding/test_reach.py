"""How much of each text an encoder reads."""

import numpy as np

from clioscope.embedding.hashing import HashEmbedder
from clioscope.embedding.reach import encoded_shares


class Short:
    """Reads ten characters of a text."""

    id, dimension = "short", 2

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts):
        return np.ones((len(texts), 2), np.float32)

    def read_shares(self, texts):
        self.seen += texts
        return np.array([min(1.0, 10 / len(text)) for text in texts])


def keys(count: int):
    return np.arange(count, dtype=np.uint8)[:, None]


def test_an_encoder_that_does_not_tell_reads_all() -> None:
    shares = encoded_shares(["a", "b" * 9999], HashEmbedder(), keys(2), {})
    assert shares.tolist() == [1.0, 1.0]
    assert shares.dtype == np.float16


def test_only_new_texts_are_looked_at() -> None:
    embedder = Short()
    texts = ["a" * 20, "b" * 5, "c" * 40]
    shares = encoded_shares(texts, embedder, keys(3), {keys(3)[0].tobytes(): 0.25})
    assert shares.tolist() == [0.25, 1.0, 0.25]
    assert embedder.seen == texts[1:]
