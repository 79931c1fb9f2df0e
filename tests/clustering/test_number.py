import numpy as np
import pytest

from clioscope.clustering import cluster, clusterers, default_clusters
from clioscope.clustering.clusterer import Partition
from clioscope.clustering.number import choose_number, fewest_clear
from clioscope.clustering.target import numbers_to_try
from clioscope.settings import ClusteringSettings
from clioscope.vectors.unit import unit_rows


def clouds(groups: int, each: int, spread: float = 0.5, seed: int = 0) -> np.ndarray:
    """Unit vectors around ``groups`` directions."""
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(groups, 40))
    return unit_rows(np.repeat(centres, each, axis=0) + spread * generator.normal(size=(groups * each, 40)))


@pytest.mark.parametrize("method", ["leiden", "kmeans", "agglomerative"])
def test_as_many_groups_as_there_are_clouds(method) -> None:
    vectors = clouds(56, 25, spread=0.4)
    found = cluster(vectors, ClusteringSettings(method=method))
    assert default_clusters(len(vectors)) == 34
    assert 45 <= len(found.centroids) <= 57
    tried = found.info["tried"]
    assert [one["groups"] for one in tried] == sorted(one["groups"] for one in tried)
    assert all(-1 <= one["silhouette"] <= 1 for one in tried)


def test_loose_data_get_the_usual_number() -> None:
    vectors = unit_rows(np.random.default_rng(0).normal(size=(2000, 40)))
    assert abs(len(cluster(vectors, ClusteringSettings()).centroids) - default_clusters(2000)) <= 2


def test_many_clear_clouds_get_more_groups_than_usual_up_to_the_bound() -> None:
    vectors = clouds(70, 30, spread=0.3)
    assert default_clusters(len(vectors)) == 41
    assert 55 <= len(cluster(vectors, ClusteringSettings()).centroids) <= 84
    bounded = cluster(vectors, ClusteringSettings(most=45))
    assert len(bounded.centroids) <= 46
    assert max(one["groups"] for one in bounded.info["tried"]) <= 47


def test_neither_order_nor_twins_change_the_choice() -> None:
    vectors = clouds(12, 90)
    again = np.concatenate([vectors[::-1], vectors[:50]])
    first, second = cluster(vectors, ClusteringSettings()), cluster(again, ClusteringSettings())
    assert first.info["tried"] == second.info["tried"]
    assert first.labels.tolist() == second.labels[: len(vectors)][::-1].tolist()


def test_silhouette_is_measured_on_what_is_given_for_it() -> None:
    vectors, other = clouds(12, 90), clouds(4, 270)
    found = cluster(vectors, ClusteringSettings(), judged=other)
    own = cluster(vectors, ClusteringSettings())
    assert found.info["tried"] != own.info["tried"]
    assert max(one["silhouette"] for one in found.info["tried"]) < max(one["silhouette"] for one in own.info["tried"])


@pytest.mark.parametrize("set_one", [{"clusters": 9}, {"size": 40}, {"resolution": 1.0}])
def test_nothing_is_tried_where_a_number_is_set(set_one) -> None:
    assert "tried" not in cluster(clouds(12, 30), ClusteringSettings(**set_one)).info


def test_a_method_that_finds_its_own_number_is_not_run_again(monkeypatch) -> None:
    calls = []

    def method(vectors, target, settings, seed):
        calls.append(target)
        return Partition(np.arange(len(vectors)) % 3, {})

    monkeypatch.setitem(clusterers._parts, "plugged", method)
    assert len(cluster(clouds(12, 30), ClusteringSettings(method="plugged")).centroids) == 3
    assert calls == [default_clusters(360)]


@pytest.mark.parametrize("rows", [1, 2, 5, 17, 40])
def test_few_rows(rows) -> None:
    found = cluster(clouds(rows, 1), ClusteringSettings())
    assert 1 <= len(found.centroids) <= rows


def test_rows_beyond_the_most_are_not_looked_at(monkeypatch) -> None:
    from clioscope.clustering import number

    monkeypatch.setattr(number, "ROWS", 900)
    points = np.random.default_rng(0).permutation(clouds(12, 100))
    cut = choose_number(points, lambda count: points[:count], ClusteringSettings(), 0)
    changed = points.copy()
    changed[900:] = changed[900:][::-1]
    assert choose_number(changed, lambda count: changed[:count], ClusteringSettings(), 0) == cut


def test_the_first_than_which_none_is_clearly_higher() -> None:
    assert fewest_clear([0.10, 0.195, 0.20, 0.19]) == 1
    assert fewest_clear([0.20, 0.205]) == 0
    assert fewest_clear([-0.3, -0.1, -0.2]) == 1


@pytest.mark.parametrize(("count", "most"), [(10, None), (234, None), (3_000, 60), (100_000, 100), (1_000_000, None)])
def test_numbers_rise_and_stay_below_the_bound(count, most) -> None:
    numbers = numbers_to_try(count, most)
    assert numbers == sorted(set(numbers))
    assert most is None or numbers[-1] <= most
    assert 1 <= len(numbers) <= 4
