"""From vectors of facets to the geometry of the groups."""

import numpy as np
import pytest

from clioscope.settings import EmbeddingSettings
from clioscope.vectors.shaping import shape
from clioscope.vectors.unit import unit_rows


def test_in_several_languages_each_has_its_own_mean() -> None:
    """Two topics in two languages: by the mean of all a row is nearest to its language, by their own to its topic."""
    rng = np.random.default_rng(0)
    topic, russian = np.arange(120) % 2, np.arange(120) // 2 % 2 == 1
    plain = unit_rows(np.eye(4)[topic] * 0.3 + np.eye(4)[2 + russian] + rng.normal(scale=0.05, size=(120, 4)))
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
    np.testing.assert_allclose(means.own[1], plain[russian].mean(axis=0), atol=0.01)
    found = means.centre(plain[:3], ["ru", None, "fr"])
    np.testing.assert_allclose(found, unit_rows(plain[:3] - [means.own[1], means.overall, means.overall]), atol=1e-6)
