"""The common direction taken away."""

import numpy as np
import pytest

from clioscope.settings import EmbeddingSettings
from clioscope.vectors.centring import centre, means_of
from clioscope.vectors.unit import unit_rows

E = np.eye(4, dtype=np.float32)


def test_centring_takes_the_common_direction_away() -> None:
    generator = np.random.default_rng(0)
    vectors = unit_rows(generator.normal(size=(500, 8)) + np.array([3, 0, 0, 0, 0, 0, 0, 0]))
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


@pytest.mark.parametrize("tags", [["en"] * 80, ["en"] * 60 + ["zxx"] * 19 + [None], [None] * 80])
def test_one_language_is_centred_as_a_whole(tags) -> None:
    plain = unit_rows(np.random.default_rng(1).normal(size=(80, 4)))
    means = means_of(plain, EmbeddingSettings(), tags)
    assert means.languages == ()
    np.testing.assert_allclose(means.centre(plain, tags), centre(plain)[0], atol=1e-6)


def test_the_mean_of_a_language_counts_the_more_the_more_rows_tell_of_it() -> None:
    rng = np.random.default_rng(2)
    tags = ["en"] * 200 + ["ru"] * 20 + ["ka"] * 2
    shift = {"en": [0, 0], "ru": [1.5, 0], "ka": [0, 1.5]}
    plain = unit_rows(rng.normal(size=(222, 8)) + np.pad([shift[tag] for tag in tags], ((0, 0), (0, 6)))).astype("f4")
    means = means_of(plain, EmbeddingSettings(), tags)
    assert means.languages == ("en", "ka", "ru")
    weight = {}
    for tag, own in zip(means.languages, means.own, strict=True):
        mean = plain[[one == tag for one in tags]].mean(axis=0)
        weight[tag] = float(np.linalg.norm(own - means.overall) / np.linalg.norm(mean - means.overall))
    assert 0 < weight["ka"] < weight["ru"] < weight["en"] <= 1
    assert weight["en"] > 0.95 and weight["ka"] < 0.7


def test_languages_that_do_not_differ_share_one_mean() -> None:
    plain = unit_rows(np.random.default_rng(4).normal(size=(60, 16))).astype("f4")
    plain = np.vstack([plain, plain])  # the same texts in both languages
    means = means_of(plain, EmbeddingSettings(), ["en"] * 60 + ["ru"] * 60)
    np.testing.assert_allclose(means.own, [means.overall] * 2, atol=1e-6)


def test_blocks_and_half_precision_give_the_same_as_all_at_once(tmp_path, monkeypatch) -> None:
    generator = np.random.default_rng(4)
    vectors = unit_rows(generator.normal(size=(300, 8)) + 1).astype(np.float16)
    tags = [("en", "ru", None)[number % 3] for number in range(300)]
    whole = means_of(vectors.astype(np.float32), EmbeddingSettings(), tags)
    once = whole.centre(vectors.astype(np.float32), tags)
    np.save(tmp_path / "plain.npy", vectors)
    on_disk = np.load(tmp_path / "plain.npy", mmap_mode="r")
    monkeypatch.setattr("clioscope.vectors.centring._BLOCK", 7)
    means = means_of(on_disk, EmbeddingSettings(), tags)
    np.testing.assert_array_equal(means.overall, whole.overall)
    np.testing.assert_array_equal(means.own, whole.own)
    np.testing.assert_array_equal(means.centre(on_disk, tags), once)
