from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest


class Clinc(NamedTuple):
    vectors: np.ndarray
    intent: np.ndarray
    domain: np.ndarray


@pytest.fixture(scope="session")
def clinc() -> Clinc:
    """360 real utterances: 30 intents of 12, in 5 domains (tests/data/clustering)."""
    data = np.load(Path(__file__).parent.parent / "data" / "clustering" / "clinc.npz")
    vectors = data["vectors"].astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Clinc(vectors, *(np.unique(data[name], return_inverse=True)[1] for name in ("intent", "domain")))


@pytest.fixture
def shuffled(clinc):
    """The intents dealt out at random."""
    return np.random.default_rng(0).permutation(clinc.intent)
