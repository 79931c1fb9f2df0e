"""What raw texts let expect of facets."""

import numpy as np
import pytest

from clioscope.prediction import facet_map
from clioscope.prediction.facet_map import ARRAYS, FacetMap
from clioscope.prediction.mixing import explained
from clioscope.prediction.ready import ReadyMap
from clioscope.vectors.unit import unit_rows

NONE = np.zeros((0, 16), np.float32)  # a map that reads no words


def world(count, noise=0.6, seed=0):
    """Raw vectors of ten topics, the facets' vectors without noise, and what a model says of them."""
    generator = np.random.default_rng(7)
    topics, told = generator.standard_normal((2, 10, 16))
    generator = np.random.default_rng(seed)
    topic = generator.integers(10, size=count)
    raw = unit_rows(topics[topic] + 0.8 * generator.standard_normal((count, 16)))
    true = unit_rows(told[topic])
    return raw, true, unit_rows(true + noise * generator.standard_normal((count, 16)) / 2)


def fit_of(rows, others):
    return float((rows * others).sum(axis=1).mean())


def test_others_are_predicted_better_than_the_model_says_them() -> None:
    raw, _, own = world(300)
    learnt = FacetMap.fit(raw, own)
    new, true, said = world(500, seed=1)
    predicted = learnt.predict(new)
    np.testing.assert_allclose(np.linalg.norm(predicted, axis=1), 1, atol=1e-5)
    assert fit_of(predicted, true) > fit_of(said, true) + 0.1
    assert learnt.cosine == pytest.approx(fit_of(predicted, said), abs=0.05), "the cross-validated figure is honest"


def test_crossfitted_predictions_are_made_without_the_conversation() -> None:
    generator = np.random.default_rng(0)
    raw, own = (unit_rows(generator.standard_normal((200, 16))) for _ in range(2))
    learnt = FacetMap.fit(np.concatenate([raw, raw[:50]]), np.concatenate([own, own[:50]]))
    assert abs(learnt.cosine) < 0.1, "there is nothing to learn, and copies do not tell of each other"
    assert learnt.crossfitted.shape == (250, 16)


def test_arrays_make_the_same_map() -> None:
    raw, _, own = world(80)
    learnt = FacetMap.fit(raw, own)
    arrays = learnt.arrays()
    assert set(arrays) == set(ARRAYS)
    again = FacetMap.from_arrays(arrays)
    np.testing.assert_array_equal(again.predict(raw), learnt.predict(raw))
    assert (again.gamma, again.alpha, again.cosine) == (learnt.gamma, learnt.alpha, learnt.cosine)


def test_many_asked_are_predicted_from_some_of_them(monkeypatch) -> None:
    raw, _, own = world(600)
    whole = FacetMap.fit(raw, own)
    monkeypatch.setattr(facet_map, "ANCHORS", 150)
    few = FacetMap.fit(raw, own)
    assert few.anchors.shape == (150, 16)
    new, true, _ = world(300, seed=2)
    assert fit_of(few.predict(new), true) > fit_of(whole.predict(new), true) - 0.03


def test_two_are_the_fewest() -> None:
    raw, _, own = world(2)
    assert FacetMap.fit(raw, own).predict(raw).shape == (2, 16)
    with pytest.raises(ValueError, match="two"):
        FacetMap.fit(raw[:1], own[:1])


def test_a_ready_made_map_is_corrected_where_it_helps_and_left_where_it_does_not() -> None:
    raw, _, own = world(60)
    elsewhere, told, _ = world(2000, seed=5)
    fitted = np.linalg.lstsq(elsewhere, told, rcond=None)[0].astype(np.float32)
    good = ReadyMap(fitted, np.zeros(16, np.float32), NONE)
    bad = ReadyMap(-fitted, np.zeros(16, np.float32), NONE)
    alone, helped, hindered = (FacetMap.fit(raw, own, ready) for ready in (None, good, bad))
    assert helped.ready is not None and helped.ready.slope is good.slope and helped.cosine >= alone.cosine
    assert hindered.ready is None and hindered.cosine == alone.cosine
    new, truth, _ = world(300, seed=1)
    assert fit_of(helped.predict(new), truth) >= fit_of(alone.predict(new), truth) - 0.01
    again = FacetMap.from_arrays(helped.arrays())
    np.testing.assert_allclose(again.predict(new), helped.predict(new), atol=2e-3)
    as_it_is = FacetMap.of(good)
    np.testing.assert_allclose(as_it_is.predict(new), good.predict(new), atol=1e-6)


def test_a_ready_made_map_gets_the_scale_of_the_facets() -> None:
    """What an encoder says lies in a narrow cone, and the map exaggerates: by cosine alone it would not be used."""
    centre = np.eye(16)[0] * 4
    raw, _, own = world(60, noise=2.0)
    elsewhere, told, _ = world(2000, seed=5)
    fitted, *_ = np.linalg.lstsq(elsewhere, told, rcond=None)
    taught = ReadyMap(fitted.astype(np.float32), np.zeros(16, np.float32), NONE)
    own = unit_rows(own + centre)
    alone, helped = FacetMap.fit(raw, own), FacetMap.fit(raw, own, taught)
    assert helped.ready is not None and 0.02 < helped.ready.scale < 0.5
    assert helped.cosine > alone.cosine
    new, truth, _ = world(500, seed=1)
    truth = unit_rows(truth + centre)
    assert explained(truth, helped.predict(new)) > explained(truth, alone.predict(new)) + 0.1
    again = FacetMap.from_arrays(helped.arrays())
    np.testing.assert_allclose(again.predict(new), helped.predict(new), atol=2e-3)
    old = helped.arrays()
    old["figures"] = old["figures"][:3]
    assert FacetMap.from_arrays(old).ready.scale == 1


def test_a_ready_made_map_reads_the_words() -> None:
    """The vectors tell nothing here, the words all."""
    random = np.random.default_rng(3)
    words, weights = random.standard_normal((80, 4)), random.standard_normal((4, 16))
    own, raw = unit_rows(words @ weights), unit_rows(random.standard_normal((80, 16)))
    ready = ReadyMap(np.zeros((16, 16), np.float32), np.zeros(16, np.float32), weights.astype(np.float32))
    learnt = FacetMap.fit(raw[:60], own[:60], ready, words[:60])
    assert learnt.ready is not None and learnt.cosine > 0.9 > FacetMap.fit(raw[:60], own[:60]).cosine
    assert fit_of(learnt.predict(raw[60:], words[60:]), own[60:]) > 0.9
    again = FacetMap.from_arrays(learnt.arrays())
    np.testing.assert_allclose(again.predict(raw, words), learnt.predict(raw, words), atol=5e-3)
