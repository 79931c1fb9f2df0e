from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def clinc() -> np.ndarray:
    """Vectors (360, d) of real utterances (tests/data/clustering)."""
    data = np.load(Path(__file__).parent.parent / "data" / "clustering" / "clinc.npz")
    return data["vectors"].astype(np.float32)
