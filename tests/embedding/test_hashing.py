import numpy as np

from clioscope.embedding.hashing import HashEmbedder, features


def test_rows_are_unit_and_depend_on_the_text_only() -> None:
    texts = ["Write a poem about the sea", "", "😀", "напиши стихи о море", "مرحبا", "a" * 5000]
    together = HashEmbedder().encode(texts)
    assert together.shape == (6, 512) and together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    for text, row in zip(texts, together, strict=True):
        assert (HashEmbedder().encode([text])[0] == row).all()


KNOWN = [0.243332, 0, -0.243332, 0, -0.243332, 0.811107, 0.324443, 0.243332]


def test_known_values() -> None:
    """Stored vectors outlive a release: the numbers must not change without a new id."""
    row = HashEmbedder(8).encode(["fix my python code"])[0]
    np.testing.assert_allclose(row, KNOWN, atol=1e-6)
    assert HashEmbedder(8).id == "hash-8-v2"


def test_shared_words_and_shared_pieces_of_words_bring_texts_together() -> None:
    one, same, stem, other = HashEmbedder().encode(
        ["translate this sentence", "this sentence, translate it", "translating sentences", "bake a chocolate cake"]
    )
    assert one @ same > one @ stem > 0.2 > abs(one @ other)


def test_grammar_weighs_less_than_content() -> None:
    found = features("how do I cook the rice")
    assert found["w the"] < found["w rice"]
