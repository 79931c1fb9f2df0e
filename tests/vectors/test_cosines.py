import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from clioscope.vectors.cosines import group_cosines, group_means, silhouettes
from clioscope.vectors.unit import unit_rows


def test_silhouettes_are_those_of_sklearn() -> None:
    generator = np.random.default_rng(0)
    vectors = unit_rows(generator.normal(size=(120, 16)))
    labels = generator.integers(0, 7, size=120)
    found = silhouettes(group_cosines(vectors, labels))
    np.testing.assert_allclose(found, silhouette_samples(vectors.astype(float), labels, metric="cosine"), atol=1e-5)


def test_a_row_alone_and_rows_all_equal_have_nought() -> None:
    vectors = unit_rows(np.array([[1.0, 0], [1, 0.1], [0, 1]]))
    assert silhouettes(group_cosines(vectors, np.array([0, 0, 1])))[2] == 0
    assert silhouettes(group_cosines(np.tile([1.0, 0.0], (4, 1)), np.array([0, 0, 1, 1]))).tolist() == [0, 0, 0, 0]


def test_means_of_groups_leave_out_rows_of_none() -> None:
    found = group_means(np.array([1.0, 3, 5, 100]), np.array([0, 0, 2, -1]))
    assert found[[0, 2]].tolist() == pytest.approx([2, 5])
    assert np.isnan(found[1])
