"""How much is said, predicted, and raw."""

import numpy as np
import pytest

from clioscope.prediction.mixing import choose_weights, mix_asked, mix_others
from clioscope.vectors.unit import unit_rows


def parts(slip, count=400, seed=0):
    """Three facets of what conversations are about; a weak model slips on each of them. Predictions are half right."""
    generator = np.random.default_rng(seed)
    true = unit_rows(generator.standard_normal((count, 24)))
    own = np.stack([unit_rows(true + slip * generator.standard_normal((count, 24)) / 5) for _ in range(3)])
    predicted = unit_rows(true + generator.standard_normal((count, 24)) / 5)
    raw = unit_rows(true + 3 * generator.standard_normal((count, 24)) / 5)
    return own, predicted, raw


def test_a_strong_model_is_trusted_and_a_weak_one_helped() -> None:
    strong, weak = choose_weights(*parts(0.2)), choose_weights(*parts(2.0))
    assert strong.own > 0.85 and strong.raw < 0.05
    assert weak.own < 0.6 and weak.predicted > 0.35
    for weights in (strong, weak):
        assert sum(weights[:3]) == pytest.approx(1) and sum(weights[3:]) == pytest.approx(1)
        assert weights.predicted_alone > 3 * weights.raw_alone


def test_the_raw_text_can_be_left_out() -> None:
    weights = choose_weights(*parts(1.0), with_raw=False)
    assert weights.raw == weights.raw_alone == 0 and weights.predicted_alone == 1


def test_one_facet_is_enough() -> None:
    own, predicted, raw = parts(1.0)
    weights = choose_weights(own[:1], predicted, raw)
    assert min(weights[:3]) > 0 and sum(weights[:3]) == pytest.approx(1)


def test_mixtures_are_unit_rows_with_the_weights() -> None:
    own, predicted, raw = parts(1.0)
    weights = choose_weights(own, predicted, raw)
    mixed = mix_asked(weights, own[0], predicted, raw)
    np.testing.assert_allclose(np.linalg.norm(mixed, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(
        mix_others(weights._replace(predicted_alone=1, raw_alone=0), predicted, raw), predicted, atol=1e-6
    )
