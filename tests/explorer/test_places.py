"""Places on the map, hearts of groups, nearest groups."""

import numpy as np

from clioscope.explorer.groups import set_hearts
from clioscope.explorer.places import Places, fit, heart
from clioscope.explorer.similar_groups import nearest_groups


def test_places_keep_their_shape_in_the_square():
    places = fit(np.array([0.0, 10.0]), np.array([5.0, 7.0]))
    np.testing.assert_allclose(places.x, [-1, 1])
    np.testing.assert_allclose(places.y, [-0.2, 0.2])
    x, y = places.steps()
    assert x.tolist() == [0, 65_535]
    assert y.dtype == np.uint16


def test_a_single_place_and_one_that_is_not_finite_lie_in_the_middle():
    assert fit(np.array([3.0]), np.array([3.0])).x.tolist() == [0]
    places = fit(np.array([0.0, np.nan, 2.0]), np.array([0.0, 1.0, 2.0]))
    assert (places.x[1], places.y[1]) == (0, 0)
    assert fit(np.array([np.nan]), np.array([np.nan])).y.tolist() == [0]


def test_the_heart_of_a_group_in_two_parts_is_in_the_larger():
    generator = np.random.default_rng(0)
    x = np.concatenate([generator.normal(-0.5, 0.02, 70), generator.normal(0.8, 0.02, 30)])
    y = np.zeros(100)
    centre = heart(x, y)
    assert abs(centre[0] + 0.5) < 0.02
    assert centre[2] < 0.1


def test_the_heart_of_a_large_group_is_told_by_some_of_its_members():
    generator = np.random.default_rng(0)
    x, y = generator.normal(0.2, 0.1, (2, 90_001))
    few, all_ = heart(x[::5], y[::5]), heart(x, y)
    assert few == all_ and abs(all_[0] - 0.2) < 0.005


def test_every_group_has_the_heart_of_all_that_it_holds():
    groups = [{"parent": 2}, {"parent": None}, {"parent": None}, {"parent": 2}, {"parent": 1}]
    base = np.array([3, 0, 4, 0, 3])
    places = Places(np.arange(5.0) / 10, np.zeros(5))
    set_hearts(groups, base, places)
    assert [one["x"] for one in groups] == [0.2, 0.2, 0.2, 0.2, 0.2]
    assert [one["spread"] for one in groups] == [0.1, 0, 0.15, 0.2, 0]
    alone = [{"parent": None}, {"parent": None}]
    set_hearts(alone, np.array([1]), Places(np.array([0.5]), np.array([0.25])))
    assert "x" not in alone[0] and (alone[1]["x"], alone[1]["y"]) == (0.5, 0.25)


def test_nearest_groups_are_of_their_own_level():
    vectors = np.array([[0.0], [1.0], [3.0], [0.0], [9.0]])
    found = nearest_groups(np.array([0, 0, 0, 1, 1]), vectors)
    assert found == [[1, 2], [0, 2], [1, 0], [4], [3]]
    assert nearest_groups(np.array([0]), vectors[:1]) == [[]]


def test_nearest_groups_of_many_are_those_of_a_full_sort():
    vectors = np.random.default_rng(0).integers(0, 4, (60, 2)).astype(float)  # with many at one distance
    found = nearest_groups(np.zeros(60, int), vectors)
    for row, near in enumerate(found):
        distance = ((vectors - vectors[row]) ** 2).sum(axis=1)
        distance[row] = np.inf
        assert near == np.argsort(distance, kind="stable")[:5].tolist()
