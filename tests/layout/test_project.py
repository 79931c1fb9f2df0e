"""What the stage adds to a projection (what every projection must keep to stands in test_conformance.py)."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from clioscope.errors import SettingsError
from clioscope.layout import project, projectors
from clioscope.settings import LayoutSettings

DATA = Path(__file__).parent.parent / "data" / "clustering" / "clinc.npz"


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return np.load(DATA)["vectors"].astype(np.float32)[:240]


@pytest.mark.slow
def test_landmarks_place_the_rest_near_their_neighbours(vectors) -> None:
    places = project(vectors, LayoutSettings(), landmarks=160, most=160)
    assert np.isfinite(places).all()
    assert trustworthiness(vectors, places, n_neighbors=10) > 0.85


@pytest.mark.slow
def test_another_process_gives_the_same_map(vectors) -> None:
    program = (
        "import sys, numpy as np; from clioscope.layout import project; from clioscope.settings import LayoutSettings;"
        "v = np.load(sys.argv[1])['vectors'].astype(np.float32)[:240][::-1];"
        "sys.stdout.buffer.write(project(v, LayoutSettings())[::-1].tobytes())"
    )
    other = subprocess.run([sys.executable, "-c", program, str(DATA)], capture_output=True, check=True).stdout
    assert project(vectors, LayoutSettings()).tobytes() == other


def test_an_unknown_method_is_named(vectors) -> None:
    with pytest.raises(SettingsError, match="no projection 'tsne'; choose one of: pacmap, pca, umap"):
        project(vectors, LayoutSettings(method="tsne"))
    assert {"umap", "pacmap", "pca"} <= set(projectors.names())
