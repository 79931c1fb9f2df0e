"""What every projection must keep to, and what the stage adds."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from extras import needs
from sklearn.manifold import trustworthiness

from clioscope.errors import SettingsError
from clioscope.layout import project, projectors
from clioscope.settings import LayoutSettings

DATA = Path(__file__).parent.parent / "data" / "clustering" / "clinc.npz"
METHODS = [
    pytest.param("umap", marks=pytest.mark.slow),
    "pca",
    pytest.param("pacmap", marks=[pytest.mark.slow, needs("pacmap", "pacmap")]),
]


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return np.load(DATA)["vectors"].astype(np.float32)[:240]


@pytest.mark.parametrize("method", METHODS)
class TestProjector:
    def test_neighbourhoods_are_kept(self, method, vectors) -> None:
        places = project(vectors, LayoutSettings(method=method))
        assert places.shape == (240, 2) and places.dtype == np.float32
        assert trustworthiness(vectors, places, n_neighbors=10) > (0.7 if method == "pca" else 0.88)

    def test_order_and_duplicates_do_not_matter(self, method, vectors) -> None:
        rows = np.random.default_rng(0).permutation(np.concatenate([np.arange(240), np.arange(50), [3] * 40]))
        plain = project(vectors, LayoutSettings(method=method), seed=5)
        assert (project(vectors[rows], LayoutSettings(method=method), seed=5) == plain[rows]).all()

    @pytest.mark.parametrize("rows", [0, 1, 2, 3, 7, 8, 9, 16, 20, 55])
    def test_few_rows(self, method, rows, vectors) -> None:
        places = project(vectors[:rows], LayoutSettings(method=method))
        assert places.shape == (rows, 2)
        assert np.isfinite(places).all()
        assert len(np.unique(places, axis=0)) == rows

    def test_identical_rows(self, method, vectors) -> None:
        places = project(np.repeat(vectors[:1], 12, axis=0), LayoutSettings(method=method))
        assert (places == places[0]).all()

    def test_rows_of_zeros_have_a_place(self, method, vectors) -> None:
        assert np.isfinite(project(np.concatenate([vectors * 0, vectors]), LayoutSettings(method=method))).all()


@pytest.mark.slow
def test_landmarks_place_the_rest_near_their_neighbours(vectors) -> None:
    places = project(vectors, LayoutSettings(), landmarks=160)
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
