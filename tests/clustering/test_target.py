import pytest

from clioscope.clustering.target import default_clusters, most_clusters, target_clusters
from clioscope.settings import ClusteringSettings


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 1, 1), (1, 1, 1), (9, 1, 1), (234, 20, 25), (10_000, 100, 150), (100_000, 950, 1050)]
)
def test_default(count, low, high) -> None:
    assert low <= default_clusters(count) <= high


def test_default_only_grows() -> None:
    values = [default_clusters(count) for count in range(0, 2_000_000, 997)]
    assert values == sorted(values)


def test_what_is_set_goes_before_the_default() -> None:
    assert target_clusters(1000, ClusteringSettings(clusters=7, size=10)) == 7
    assert target_clusters(1000, ClusteringSettings(size=10)) == 100
    assert target_clusters(3, ClusteringSettings(clusters=7)) == 3
    assert target_clusters(3, ClusteringSettings(size=10)) == 1
    assert target_clusters(1000, ClusteringSettings(most=12)) == 12
    assert target_clusters(1000, ClusteringSettings(clusters=20, most=12)) == 20


@pytest.mark.parametrize(
    ("count", "most", "highest"),
    [(234, None, 22), (3_000, None, 120), (3_000, 100, 100), (10_000, None, 400), (100_000, None, 1020), (100, 60, 12)],
)
def test_the_most_that_is_tried(count, most, highest) -> None:
    assert most_clusters(count, most) == highest
