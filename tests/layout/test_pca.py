"""Principal components."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from clioscope.layout import pca as module
from clioscope.layout.pca import pca
from clioscope.settings import LayoutSettings

SETTINGS = LayoutSettings(method="pca")


@pytest.mark.slow
def test_they_are_those_of_scikit_learn_up_to_sign(clinc) -> None:
    found = pca(clinc, SETTINGS, 0)
    theirs = PCA(2, svd_solver="full").fit_transform(clinc.astype(float))
    np.testing.assert_allclose(np.abs(found), np.abs(theirs), atol=1e-4)


def test_the_order_of_the_rows_does_not_matter(clinc) -> None:
    order = np.random.default_rng(0).permutation(len(clinc))
    np.testing.assert_allclose(pca(clinc[order], SETTINGS, 0), pca(clinc, SETTINGS, 0)[order], atol=1e-5)


def test_the_largest_loading_is_positive(clinc) -> None:
    found = pca(clinc, SETTINGS, 0)
    centred = clinc - clinc.mean(axis=0)
    loadings = np.linalg.lstsq(found, centred, rcond=None)[0]
    for axis in loadings:
        assert axis[np.abs(axis).argmax()] > 0


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_few_rows_have_places(clinc, rows) -> None:
    found = pca(clinc[:rows], SETTINGS, 0)
    assert found.shape == (rows, 2)
    distances = np.linalg.norm(found[:, None] - found[None], axis=2)
    truth = np.linalg.norm(clinc[:rows, None] - clinc[None, :rows], axis=2)
    np.testing.assert_allclose(distances, truth, atol=1e-4)


def test_the_first_rows_decide_the_directions(clinc, monkeypatch) -> None:
    monkeypatch.setattr(module, "_EXACT", 100)
    found = pca(clinc, SETTINGS, 0)
    np.testing.assert_allclose(found[:100], pca(clinc[:100], SETTINGS, 0), atol=1e-6)
    assert found.shape == (360, 2)
