"""The suite for embedders: ours pass, and one that breaks a promise does not."""

import numpy as np
import pytest

from clioscope.embedding.hashing import HashEmbedder
from clioscope.errors import ClioscopeError
from clioscope.settings import EmbeddingSettings
from clioscope.testing import check_embedder, registry_of

pytestmark = pytest.mark.slow  # many calls of every shipped part


@pytest.mark.parametrize("name", registry_of("embedders").shipped())
def test_ours_keep_their_promises(name) -> None:
    try:
        embedder = registry_of("embedders").get(name)(EmbeddingSettings(model=name))
    except ClioscopeError as error:  # a package that is not installed
        pytest.skip(str(error))
    check_embedder(embedder)


class Wrong(HashEmbedder):
    """The hashing embedder, with what it returns changed by ``change(vectors, texts)``."""

    def __init__(self, change=lambda vectors, texts: vectors, **fields) -> None:
        super().__init__(16)
        self.change = change
        vars(self).update(fields)

    def encode(self, texts):
        return self.change(super().encode(texts), texts)


def _sorts(vectors, texts):
    texts.sort()
    return vectors


def _raises(vectors, texts):
    raise RuntimeError("no")


def _nothing_for_nothing(vectors, texts):
    return vectors if len(texts) else np.zeros((0, 0), np.float32)


def _noise(vectors, texts):
    noisy = vectors + np.float32(1e-5) * len(texts)
    return (noisy / np.maximum(np.linalg.norm(noisy, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def _by_place(vectors, texts):
    return np.roll(vectors, 1, axis=0) if len(texts) > 1 else vectors


def _nearly(vectors, texts):
    return np.nextafter(vectors, np.float32(len(texts) > 1), dtype=np.float32)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (Wrong(id=""), "has an `id`"),
        (object(), "has an `id`"),
        (Wrong(dimension=17), r"shape \(7, 17\)|returns the shape|IndexError"),
        (Wrong(_raises), "does not encode: RuntimeError: no"),
        (Wrong(_sorts), "changes the list of texts"),
        (Wrong(lambda vectors, texts: vectors.astype(np.float64)), "returns float64, not an array of float32"),
        (Wrong(lambda vectors, texts: vectors.tolist()), "returns list"),
        (Wrong(lambda vectors, texts: vectors[:-1]), r"returns the shape \(6, 16\), not \(7, 16\)"),
        (Wrong(lambda vectors, texts: vectors * np.float32("nan")), "not finite"),
        (Wrong(lambda vectors, texts: vectors * 2), r"does not return unit rows: text \d has the norm 2"),
        (Wrong(_noise), "another vector alone than in a batch"),
        (Wrong(_nearly), "another vector alone than in a batch"),
        (Wrong(_by_place), "another vector alone|another one"),
        (Wrong(_nothing_for_nothing), r"returns the shape \(0, 0\) for no texts"),
    ],
)
def test_a_broken_promise_is_named(bad, said) -> None:
    if getattr(bad, "dimension", 16) == 17:
        bad.encode = lambda texts: HashEmbedder(16).encode(texts)
    with pytest.raises(AssertionError, match=said):
        check_embedder(bad)


def test_a_server_that_rounds_differently_may_be_tolerated() -> None:
    check_embedder(Wrong(_nearly), tolerance=1e-6)
