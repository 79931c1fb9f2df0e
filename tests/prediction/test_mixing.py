"""How much is said, predicted, and raw."""

import numpy as np
import pytest

from clioscope.prediction.mixing import choose_weights, explained, mix_asked, mix_others, raw_weight, usual_weights
from clioscope.vectors.unit import unit_rows


def parts(slip, count=400, seed=0):
    """Three facets of what conversations are about; a weak model slips on each of them. Predictions are half right."""
    generator = np.random.default_rng(seed)
    true = unit_rows(generator.standard_normal((count, 24)))
    own = np.stack([unit_rows(true + slip * generator.standard_normal((count, 24)) / 5) for _ in range(3)])
    predicted = unit_rows(true + generator.standard_normal((count, 24)) / 5)
    raw = unit_rows(true + 3 * generator.standard_normal((count, 24)) / 5)
    return own, predicted, raw


def told(slip):
    own, predicted, raw = parts(slip)
    return unit_rows(own.mean(axis=0)), predicted, raw


def test_the_prediction_counts_as_it_explains_what_was_said() -> None:
    clear, unclear = told(0.2), told(6.0)
    much, little = choose_weights(*clear[:2]), choose_weights(*unclear[:2])
    assert explained(*clear[:2]) > 0.4 > 0.2 > explained(*unclear[:2])
    assert much.predicted / much.own > little.predicted / little.own == pytest.approx(0.5), "never less than half"
    assert much.raw > little.raw and much.raw_alone > little.raw_alone
    for weights in (much, little, usual_weights()):
        assert sum(weights[:3]) == pytest.approx(1) and sum(weights[3:]) == pytest.approx(1)


def test_predictions_of_nothing_get_the_least_weight() -> None:
    own, predicted, _ = told(1.0)
    generator = np.random.default_rng(1)
    weights = choose_weights(own, predicted[generator.permutation(len(own))])
    assert weights.own == pytest.approx(2 / 3, abs=0.02) and weights.raw < 0.02
    assert explained(own, np.ones_like(own)) == 0


def test_the_raw_text_can_be_left_out() -> None:
    for weights in (choose_weights(*told(1.0)[:2], with_raw=False), usual_weights(with_raw=False)):
        assert weights.raw == weights.raw_alone == 0 and weights.predicted_alone == 1


@pytest.mark.parametrize(("characters", "raw"), [(0, 1), (40, 1), (250, 1), (500, 0.5), (1000, 0.25), (9000, 0.25)])
def test_the_shorter_the_texts_the_more_they_count_against_a_ready_made_map(characters, raw) -> None:
    assert raw_weight(characters) == pytest.approx(raw)
    weights = usual_weights(raw=raw_weight(characters))
    assert weights.raw_alone / weights.predicted_alone == pytest.approx(raw)
    assert sum(weights[:3]) == pytest.approx(1) and sum(weights[3:]) == pytest.approx(1)


@pytest.mark.parametrize(("characters", "unasked", "boost"), [(40, 1, 1), (400, 0.5, 0.5), (600, 1, 0.5), (800, 1, 0)])
def test_short_texts_count_more_the_fewer_are_asked(characters, unasked, boost) -> None:
    own, predicted, _ = told(1.0)
    weights = choose_weights(own, predicted, characters=characters, unasked=unasked)
    share = explained(own, predicted)
    assert weights.raw / weights.own == pytest.approx(share + boost * (2 - share))
    assert weights.raw_alone / weights.predicted_alone == pytest.approx(weights.raw / weights.own)
    plain = choose_weights(own, predicted)
    assert weights.predicted / weights.own == pytest.approx(plain.predicted / plain.own)
    assert choose_weights(own, predicted, characters=40) == plain, "all were asked"
    assert choose_weights(own, predicted, with_raw=False, characters=40, unasked=1).raw == 0


def test_mixtures_are_unit_rows_with_the_weights() -> None:
    own, predicted, raw = parts(1.0)
    weights = choose_weights(own[0], predicted)
    mixed = mix_asked(weights, own[0], predicted, raw)
    np.testing.assert_allclose(np.linalg.norm(mixed, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(
        mix_others(weights._replace(predicted_alone=1, raw_alone=0), predicted, raw), predicted, atol=1e-6
    )
