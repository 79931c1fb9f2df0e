"""What every projection must keep to, whoever wrote it."""

import importlib.util

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from clioscope.layout import project, projectors
from clioscope.settings import LayoutSettings

# each with the package that it needs, if that may be missing, and its least trustworthiness
METHODS = {"pacmap": ("pacmap", 0.88), "pca": (None, 0.7), "umap": (None, 0.88)}


def test_every_shipped_projection_is_tested() -> None:
    assert set(METHODS) == set(projectors.shipped())


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.slow) if name != "pca" else name for name in METHODS])
def method(request) -> str:
    """Each projection in turn."""
    package, _ = METHODS[request.param]
    if package and not importlib.util.find_spec(package):
        pytest.skip(f"the extra [{package}] is not installed")
    return request.param


@pytest.fixture(scope="module")
def vectors(clinc) -> np.ndarray:
    return clinc[:240]


@pytest.fixture(scope="module")
def points(vectors) -> np.ndarray:
    """Distinct unit rows, as a projection itself is given them."""
    from clioscope.vectors.distinct import distinct_rows

    return distinct_rows(vectors).vectors


class TestProjector:
    def test_neighbourhoods_are_kept(self, method, vectors) -> None:
        places = project(vectors, LayoutSettings(method=method))
        assert places.shape == (240, 2) and places.dtype == np.float32
        assert trustworthiness(vectors, places, n_neighbors=10) > METHODS[method][1]

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

    @pytest.mark.parametrize("rows", [8, 60])
    def test_the_projection_itself_gives_the_same_again_and_changes_nothing(self, method, rows, points) -> None:
        given = points[:rows].copy()
        first, second = (projectors.get(method)(given, LayoutSettings(method=method), 7) for _ in range(2))
        assert first.shape == (rows, 2) and first.dtype.kind == "f"
        assert first.tobytes() == second.tobytes()
        assert (given == points[:rows]).all()

    def test_twins_share_their_place(self, method, vectors) -> None:
        rows = [0, 1, *range(60), 1]
        places = project(vectors[rows], LayoutSettings(method=method))
        assert (places[[1, 62]] == places[3]).all() and (places[0] == places[2]).all()
