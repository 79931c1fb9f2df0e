"""Three groups of conversations and what names them."""

import numpy as np
import pytest

from clioscope.embedding.hashing import HashEmbedder
from clioscope.models.store import Store
from clioscope.naming.support import Support

TOPICS = {
    "bread": "bake rye bread with {}",
    "poem": "write a poem about {}",
    "excel": "sum an excel column of {}",
}
THINGS = ("salt", "snow", "stars", "seeds", "sand", "silk")


@pytest.fixture(scope="session")
def encode():
    embedder = HashEmbedder()
    return lambda texts: embedder.encode(list(texts))


@pytest.fixture(scope="session")
def texts() -> list[str]:
    """Six texts a topic, the topics in turn."""
    return [text.format(thing) for thing in THINGS for text in TOPICS.values()]


@pytest.fixture(scope="session")
def labels(texts) -> np.ndarray:
    return np.arange(len(texts)) % len(TOPICS)


@pytest.fixture(scope="session")
def vectors(texts, encode) -> np.ndarray:
    return encode(texts)


@pytest.fixture(scope="session")
def centroids(vectors, labels) -> np.ndarray:
    sums = np.stack([vectors[labels == group].mean(axis=0) for group in range(len(TOPICS))])
    return (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="session")
def support(texts) -> Support:
    return Support(texts, 3)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "answers.sqlite") as opened:
        yield opened
