"""Places on the map, hearts of groups, nearest groups."""

import numpy as np

from clioscope.explorer.places import fit, heart
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


def test_nearest_groups_are_of_their_own_level():
    vectors = np.array([[0.0], [1.0], [3.0], [0.0], [9.0]])
    found = nearest_groups(np.array([0, 0, 0, 1, 1]), vectors)
    assert found == [[1, 2], [0, 2], [1, 0], [4], [3]]
    assert nearest_groups(np.array([0]), vectors[:1]) == [[]]
