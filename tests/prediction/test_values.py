"""What was not asked is inferred, with a probability that can be taken at its word."""

import numpy as np
import pytest

from clioscope.facets.facet import Facet
from clioscope.prediction.classifier import chances
from clioscope.prediction.same_values import merged_values
from clioscope.prediction.values import countable, infer_numbers, infer_values

MOOD = Facet(name="mood", type="category", question="mood", categories=("calm", "angry", "glad"))
FIELD = Facet(name="field", question="field", words=(1, 3))


def blobs(count=600, noise=0.2, seed=0):
    """Vectors around three centres, and which centre; some of the answers are drawn at random."""
    random = np.random.default_rng(seed)
    kind = random.integers(0, 3, count)
    vectors = np.eye(8)[kind] + 0.45 * random.standard_normal((count, 8))
    said = np.where(random.random(count) < noise, random.integers(0, 3, count), kind)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), said


def test_those_not_asked_are_inferred_as_sure_as_they_are_right() -> None:
    vectors, said = blobs()
    answers = [MOOD.categories[one] if row < 200 else None for row, one in enumerate(said)]
    values = infer_values(MOOD, answers, vectors, np.arange(600))
    place, probability = values.likeliest
    right = place == said
    assert values.names == MOOD.categories and values.told
    assert right[200:].mean() > 0.7
    for rows in (slice(0, 200), slice(200, None)):  # those asked are predicted without their own answers
        assert probability[rows].mean() == pytest.approx(right[rows].mean(), abs=0.07)
    inferred = values.inferred
    assert (inferred[:200] == -1).all(), "what was said is not inferred"
    assert (inferred[200:] >= 0).mean() > 0.6 and right[200:][inferred[200:] >= 0].mean() > 0.75


def test_what_says_nothing_infers_nothing_rare() -> None:
    """Three values at random: no prediction is right more often than not."""
    random = np.random.default_rng(1)
    vectors, said = random.standard_normal((400, 8)), random.integers(0, 3, 400)
    answers = [MOOD.categories[one] if row < 150 else None for row, one in enumerate(said)]
    values = infer_values(MOOD, answers, vectors, np.arange(400))
    assert (values.inferred >= 0).mean() < 0.1
    assert values.chances.mean(axis=0) == pytest.approx(1 / 3, abs=0.12)


@pytest.mark.parametrize("learn", [True, False])
def test_few_answers_infer_nothing_and_give_their_shares(learn) -> None:
    vectors, _ = blobs(100)
    asked = 49 if learn else 60
    answers = ["calm" if row % 2 else "angry" for row in range(asked)] + [None] * (100 - asked)
    values = infer_values(MOOD, answers, vectors, np.arange(100), learn=learn)
    assert not values.told and (values.inferred == -1).all()
    assert values.chances[:, 0] == pytest.approx(0.5, abs=0.02) and values.chances[:, 2].max() == 0


def test_a_single_value_is_inferred_for_all_with_an_honest_probability() -> None:
    vectors, _ = blobs(100)
    values = infer_values(MOOD, ["glad"] * 60 + [None] * 40, vectors, np.arange(100))
    place, probability = values.likeliest
    assert (values.inferred[60:] == 2).all() and (place == 2).all()
    assert probability == pytest.approx(61 / 62, abs=1e-4) and not values.told


def test_nobody_asked_is_nothing_known() -> None:
    values = infer_values(MOOD, [None] * 5, np.ones((5, 3)), np.arange(5))
    assert (values.said == -1).all() and (values.inferred == -1).all() and not values.chances.any()


def test_a_near_copy_gets_what_was_said_of_the_text_that_stands_for_it() -> None:
    vectors, said = blobs()
    answers = [MOOD.categories[one] if row < 200 else None for row, one in enumerate(said)]
    odd = next(row for row in range(200) if said[row] != vectors[row, :3].argmax())
    stands_for = np.arange(600)
    stands_for[599] = odd
    vectors[599] = vectors[odd]
    values = infer_values(MOOD, answers, vectors, stands_for)
    assert values.inferred[599] == said[odd] and values.likeliest[1][599] >= 0.95


def test_short_texts_are_counted_as_they_are_meant_and_rare_ones_together() -> None:
    vectors, kind = blobs(300, noise=0)
    forms = (("Cooking", "cooking", "cooking."), ("Tax", "Taxes", "taxes"), ("Travel", "travel", " travel"))
    answers = [forms[one][row % 3] if row < 150 else None for row, one in enumerate(kind)]
    answers[0], answers[1] = "beekeeping", "falconry"
    values = infer_values(FIELD, answers, vectors, np.arange(300))
    assert sorted(name.lower().rstrip(".").strip() for name in values.names) in (
        ["cooking", "tax", "travel"],
        ["cooking", "taxes", "travel"],
    )
    assert values.said[0] == values.said[1] == 3, "a value of its own, which is not told from others"
    assert (values.inferred[150:] >= 0).mean() > 0.9


def test_only_what_has_few_values_is_countable() -> None:
    assert countable(FIELD) and countable(MOOD)
    assert not countable(Facet(name="request", question="what", words=(4, 12)))
    assert not countable(Facet(name="age", type="number", question="age"))


def test_answers_that_mean_the_same_are_merged_into_the_more_frequent() -> None:
    space = {"tax": [1, 0, 0], "taxation": [0.9, 0.44, 0], "cooking": [0, 0, 1]}
    encode = lambda texts: np.array([space[text] for text in texts], float)  # noqa: E731
    said = ["Tax", "Tax", "tax", "Taxation", "Cooking", None, "", "taxes"]
    assert merged_values(["Tax", "Tax", "Taxation", "Cooking", None], encode) == {
        "Tax": "Tax",
        "Taxation": "Tax",
        "Cooking": "Cooking",
    }
    merged = merged_values(said, None)
    assert merged["Tax"] == merged["tax"] == "Tax" and merged["Taxation"] == "Taxation" and "" not in merged


def test_numbers_are_inferred_where_the_text_tells_them() -> None:
    random = np.random.default_rng(0)
    vectors = random.standard_normal((300, 5))
    numbers = 10 * vectors[:, 0] + random.standard_normal(300)
    answers = [float(one) if row < 100 else None for row, one in enumerate(numbers)]
    found = infer_numbers(answers, vectors, np.arange(100, 300))
    assert found is not None
    assert np.abs(found[0] - numbers[100:]).mean() < 2 and 0.8 < found[1][0] <= 1
    noise = [float(one) if row < 100 else None for row, one in enumerate(random.standard_normal(300))]
    assert infer_numbers(noise, vectors, np.arange(100, 300)) is None
    assert infer_numbers(answers[:40], vectors[:40], np.arange(0)) is None


def test_copies_never_tell_of_each_other() -> None:
    """Noise with every row twice: a copy in another fold would make it look predictable."""
    random = np.random.default_rng(3)
    half, codes = random.standard_normal((100, 30)), random.integers(0, 2, 100)
    made = chances(np.tile(half, (2, 1)), np.tile(codes, 2), half[:0], np.tile(np.arange(100), 2))
    assert (made.asked.argmax(axis=1) == np.tile(codes, 2)).mean() < 0.65
