"""From vectors of facets to the geometry of the groups."""

import numpy as np
import pytest

from clioscope.settings import EmbeddingSettings
from clioscope.vectors.centring import LANGUAGE_ROWS, centre, means_of
from clioscope.vectors.shaping import shape
from clioscope.vectors.smoothing import smooth
from clioscope.vectors.unit import average, unit

E = np.eye(4, dtype=np.float32)


def test_unit_rows_keep_their_direction() -> None:
    found = unit(np.array([[3.0, 4.0], [-1e-6, 0]]))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [[0.6, 0.8], [-1, 0]], atol=1e-6)


@pytest.mark.parametrize("row", [[0, 0, 0, 0], [1e-13, 0, -1e-13, 0]])
def test_a_row_of_nothing_becomes_the_first_axis(row) -> None:
    np.testing.assert_array_equal(unit(np.array([row], dtype=float)), E[:1])


def test_the_mean_of_encodings_lies_between_them() -> None:
    found = average([E[:2], E[1:3]])
    np.testing.assert_allclose(found, unit(E[:2] + E[1:3]), atol=1e-6)
    np.testing.assert_allclose(average([2 * E[:1]]), E[:1])


def test_an_encoding_that_says_nothing_does_not_count() -> None:
    np.testing.assert_allclose(average([E[1:3], E[1:3] * 0]), E[1:3])


def test_centring_takes_the_common_direction_away() -> None:
    generator = np.random.default_rng(0)
    vectors = unit(generator.normal(size=(500, 8)) + np.array([3, 0, 0, 0, 0, 0, 0, 0]))
    found, mean = centre(vectors)
    np.testing.assert_allclose(mean, vectors.mean(axis=0), atol=1e-6)
    assert np.linalg.norm(vectors.mean(axis=0)) > 0.7
    assert np.linalg.norm(found.mean(axis=0)) < 0.1
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    again, same = centre(vectors[:3], mean)
    np.testing.assert_array_equal(again, found[:3])
    assert same is mean


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_with_few_rows_there_is_nothing_to_centre_on(rows) -> None:
    found, mean = centre(E[:rows])
    np.testing.assert_array_equal(found, E[:rows])
    np.testing.assert_array_equal(mean, np.zeros(4))


def test_smoothing_goes_its_share_of_the_way() -> None:
    found = smooth(E[:1], np.array([[0, 1]]), E[1:3], 0.5)
    np.testing.assert_allclose(found, unit(0.5 * E[:1] + 0.5 * unit(E[1:2] + E[2:3])), atol=1e-6)
    near = smooth(E[:1], np.array([[0]]), E[1:2], 0.9)
    assert near[0, 1] > near[0, 0] > 0


@pytest.mark.parametrize(
    ("neighbours", "share"), [([[-1, -1]], 0.5), ([[0, 1]], 0.0), (np.zeros((1, 0), dtype=int), 0.5)]
)
def test_without_neighbours_or_share_nothing_moves(neighbours, share) -> None:
    np.testing.assert_allclose(smooth(E[:1], np.array(neighbours), E, share), E[:1])


def test_a_missing_neighbour_is_no_neighbour() -> None:
    missing = smooth(E[:1], np.array([[1, -1]]), E, 0.5)
    np.testing.assert_allclose(missing, smooth(E[:1], np.array([[1]]), E, 0.5))


def test_neighbours_that_cancel_out_do_not_move_a_vector() -> None:
    among = np.stack([E[1], -E[1]])
    np.testing.assert_allclose(smooth(E[:1], np.array([[0, 1]]), among, 0.5), E[:1])


def test_many_rows_are_smoothed_as_few_are() -> None:
    generator = np.random.default_rng(1)
    vectors = unit(generator.normal(size=(8200, 4)))
    neighbours = generator.integers(0, 8200, (8200, 3))
    whole = smooth(vectors, neighbours, vectors, 0.5)
    last = smooth(vectors[-20:], neighbours[-20:], vectors, 0.5)
    np.testing.assert_allclose(whole[-20:], last, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-5)


def test_in_several_languages_each_has_its_own_mean() -> None:
    """Two topics in two languages: by the mean of all a row is nearest to its language, by their own to its topic."""
    rng = np.random.default_rng(0)
    topic, russian = np.arange(120) % 2, np.arange(120) // 2 % 2 == 1
    plain = unit(np.eye(4)[topic] * 0.3 + np.eye(4)[2 + russian] + rng.normal(scale=0.05, size=(120, 4)))
    tags = ["ru" if one else "en" for one in russian]
    settings = EmbeddingSettings(smooth=0)

    def topic_of_nearest(vectors) -> float:
        alike = vectors @ vectors.T
        np.fill_diagonal(alike, -2)
        other = tags == np.array(tags)[:, None]
        alike[other] = -2  # of the rows in the other language
        return float((topic[alike.argmax(axis=1)] == topic).mean())

    apart, means, *_ = shape(plain, settings, languages=tags)
    together, one, *_ = shape(plain, settings.model_copy(update={"centre_by_language": False}), languages=tags)
    assert means.languages == ("en", "ru") and one.languages == ()
    across = apart[~russian] @ apart[russian].T, together[~russian] @ together[russian].T
    assert across[0].mean() == pytest.approx(0, abs=0.05) and across[1].mean() < -0.8
    assert topic_of_nearest(apart) > 0.95
    np.testing.assert_allclose(means.own[1], plain[russian].mean(axis=0), atol=1e-6)
    found = means.centre(plain[:3], ["ru", None, "fr"])
    np.testing.assert_allclose(found, unit(plain[:3] - [means.own[1], means.overall, means.overall]), atol=1e-6)


@pytest.mark.parametrize(
    "tags", [["en"] * 80, ["en"] * (81 - LANGUAGE_ROWS) + ["ru"] * (LANGUAGE_ROWS - 1), [None] * 80]
)
def test_one_language_is_centred_as_a_whole(tags) -> None:
    plain = unit(np.random.default_rng(1).normal(size=(80, 4)))
    means = means_of(plain, EmbeddingSettings(), tags)
    assert means.languages == ()
    np.testing.assert_allclose(means.centre(plain, tags), centre(plain)[0], atol=1e-6)
