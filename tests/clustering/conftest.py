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
    codes = (np.unique(data[name], return_inverse=True)[1] for name in ("intent", "domain"))
    return Clinc(data["vectors"].astype(np.float32), *codes)
