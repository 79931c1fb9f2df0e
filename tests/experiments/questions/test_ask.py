"""Few answers tell about the others; on a made atlas of which all were asked."""

import numpy as np
import pytest

from clioscope.errors import InputError
from clioscope.experiments import Bench
from clioscope.experiments.asked_corpus import asked_corpus
from clioscope.experiments.asked_rows import BALANCED, CHOICES
from clioscope.vectors.unit import unit_rows


@pytest.fixture
def points():
    """200 unit rows in eight clouds of different sizes."""
    generator = np.random.default_rng(0)
    clouds = np.repeat(np.arange(8), [60, 50, 40, 20, 12, 8, 6, 4])
    return unit_rows(np.eye(8, 16)[clouds] + 0.05 * generator.standard_normal((200, 16)))


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_gives_so_many_different_rows_the_same_for_a_seed(name, points):
    rows = CHOICES[name](points, 40, 3)
    assert len(set(rows.tolist())) == 40 and rows.min() >= 0 and rows.max() < 200
    np.testing.assert_array_equal(rows, CHOICES[name](points, 40, 3))


def test_choices_that_cover_find_small_clouds(points):
    clouds = points[:, :8].argmax(axis=1)
    assert len(set(clouds[CHOICES["k-centre"](points, 8, 0)])) == 8
    assert len(set(clouds[CHOICES["k-means medoids"](points, 8, 0)])) >= 6
    shares = np.bincount(clouds[CHOICES[BALANCED](points, 100, 0)], minlength=8)
    np.testing.assert_allclose(shares, [30, 25, 20, 10, 6, 4, 3, 2], atol=2)


@pytest.mark.slow
def test_on_a_made_atlas_with_its_own_answers(labelled, quick):
    found = quick("ask", data="sharegpt-labelled", atlas=labelled / "atlas", folder=labelled / "data")
    assert {"how many are asked", "which are asked", "kind of map", "weights"} == set(found.parts())
    assert found.variants("which are asked") == list(CHOICES)
    assert found.mean("as built", "ami", "weights") > 0.3
    assert found.mean("kernel ridge", "cosine", "kind of map") > found.mean("nearest neighbours", "cosine") - 0.2
    assert not found.values("own answers of all", "cosine", "weights")


@pytest.mark.slow
def test_a_model_is_asked_about_all(labelled, monkeypatch, tmp_path):
    monkeypatch.setenv("CLIOSCOPE_DATA", str(labelled / "data"))
    bench = Bench("sharegpt-labelled", True, 2, ("hash",), ("fake",), labelled / "atlas")
    corpus = asked_corpus(bench)
    bench.close()
    assert corpus.raw.shape == corpus.own.shape and len(corpus.labelled) == len(corpus.truth) == 90


def test_without_answers_it_says_what_is_missing():
    with pytest.raises(InputError, match="--model"):
        asked_corpus(Bench("clinc150"))
