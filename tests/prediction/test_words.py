"""What the words of conversations tell."""

import numpy as np

from clioscope.prediction.words import WordModel, word_model, word_scores

SCORES = np.array([[1, 0], [0, 1], [0.5, 0.5]], np.float32)
MODEL = WordModel(["poem", "code", "python code"], np.array([1, 2, 3], np.float32), SCORES)


def test_words_and_pairs_count_by_their_weights() -> None:
    told = MODEL.read(["A poem. The Poem!", "Python code", "a tree", ""])
    np.testing.assert_allclose(told[0], [1, 0], atol=1e-6)
    np.testing.assert_allclose(told[1], np.array([1.5, 3.5]) / np.sqrt(13), rtol=1e-6)
    assert not told[2:].any(), "no known word"


def test_the_model_survives_a_round_trip() -> None:
    again = WordModel.from_arrays(MODEL.arrays())
    assert again.words == MODEL.words
    np.testing.assert_allclose(again.read(["poem, python code"]), MODEL.read(["poem, python code"]), atol=0.01)


def test_scores_of_many_texts_are_those_of_each(monkeypatch) -> None:
    monkeypatch.setattr("clioscope.prediction.words._BLOCK", 4)
    texts = ["Write a poem", "Fix my code", "Plan a trip"] * 3
    whole, first = word_scores(texts), word_scores(texts[:1])
    assert whole.dtype == np.float16 and np.abs(whole[0] - whole[1]).max() > 0
    np.testing.assert_array_equal(whole[6], first[0])
    assert word_scores([]).shape == (0, whole.shape[1])


def test_texts_about_one_thing_have_like_scores() -> None:
    texts = ["Fix the bug in my Python function", "This JavaScript code throws an error", "Write a poem about love"]
    told = word_scores(texts).astype(np.float32)
    cosine = (told @ told.T) / np.outer(*[np.linalg.norm(told, axis=1)] * 2)
    assert cosine[0, 1] > 0.5 > cosine[0, 2] and cosine[1, 2] < 0.5


def test_the_shipped_model_holds_single_words_and_pairs() -> None:
    model = word_model()
    assert len(model.words) == len(set(model.words)) == len(model.idf) == len(model.scores)
    assert all(1 <= len(word.split()) <= 2 for word in model.words)
