import numpy as np

from clioscope.clustering import assign_vectors, cluster, rare
from clioscope.settings import ClusteringSettings


def test_new_rows_join_the_group_of_their_intent(clinc) -> None:
    held_out = np.arange(360) % 6 == 0
    found = cluster(clinc.vectors[~held_out], ClusteringSettings(clusters=30))
    labels, margins = assign_vectors(clinc.vectors[held_out], clinc.vectors[~held_out], found.labels, found.centroids)
    majority = [
        np.bincount(clinc.intent[~held_out][found.labels == one]).argmax() for one in range(len(found.centroids))
    ]
    assert np.mean(np.array(majority)[labels] == clinc.intent[held_out]) > 0.8
    assert margins.min() >= 0


def test_stored_rows_keep_their_group_and_margin(clinc) -> None:
    found = cluster(clinc.vectors, ClusteringSettings(method="dbscan"))
    labels, _ = assign_vectors(clinc.vectors[::-1], clinc.vectors, found.labels, found.centroids)
    assert (labels[::-1] == found.labels).all()


def test_a_row_alone_or_among_others(clinc) -> None:
    found = cluster(clinc.vectors[:300], ClusteringSettings(clusters=20))
    together, _ = assign_vectors(clinc.vectors[300:], clinc.vectors[:300], found.labels, found.centroids)
    alone = [
        assign_vectors(clinc.vectors[i : i + 1], clinc.vectors[:300], found.labels, found.centroids)[0][0]
        for i in range(300, 360)
    ]
    assert together.tolist() == alone


def test_rare_is_a_threshold_on_margins() -> None:
    margins = np.array([0.5, 0.1, 0.3, 0.1, 0.2, 0.9, 0.8, 0.7, 0.6, 0.4], dtype=np.float32)
    assert not rare(margins, 0).any()
    assert np.flatnonzero(rare(margins, 0.2)).tolist() == [1, 3]
    assert np.flatnonzero(rare(margins, 0.35)).tolist() == [1, 3, 4]
    assert not rare(margins, 0.1).any()  # one of two equal margins: neither
    assert not rare(np.ones(10, dtype=np.float32), 0.5).any()
    assert rare(np.zeros(0, dtype=np.float32), 0.5).shape == (0,)
