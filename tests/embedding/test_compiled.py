"""The encoder in OpenVINO, on a tiny BERT with random weights."""

import json
import shutil

import numpy as np
import pytest
from extras import needs

from clioscope.embedding import compiled, encode_texts
from clioscope.embedding.sentences import SentenceEncoder
from clioscope.errors import ModelError

pytestmark = [pytest.mark.slow, needs("sentence_transformers", "local"), needs("openvino", "openvino")]

TEXTS = [" ".join(["why", "is", "the", "sky", "blue", "and", "cold"][: 1 + i % 7] * (1 + i % 13)) for i in range(91)]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("CLIOSCOPE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "converted"


def test_the_vectors_of_torch(folder) -> None:
    exact = SentenceEncoder(folder, bfloat16=False, compiled=False).encode(TEXTS)
    np.testing.assert_allclose(SentenceEncoder(folder, bfloat16=False).encode(TEXTS), exact, atol=1e-4)
    assert (SentenceEncoder(folder).encode(TEXTS) * exact).sum(axis=1).min() > 0.999


def test_the_same_to_the_bit_alone_or_in_any_company(folder) -> None:
    encoder = SentenceEncoder(folder)
    rows = encode_texts(TEXTS, encoder, None)
    assert (encode_texts(TEXTS[::-1], encoder, None)[::-1] == rows).all()
    for row in range(0, 91, 5):
        assert (encode_texts(TEXTS[row : row + 1], encoder, None)[0] == rows[row]).all()


def test_the_id_says_so(folder) -> None:
    plain = SentenceEncoder(folder, bfloat16=False, compiled=False).id
    assert SentenceEncoder(folder, bfloat16=False).id == plain + "+openvino"
    assert "+openvino" in SentenceEncoder(folder).id


def test_other_kinds_of_models_stay_in_torch(folder, tmp_path) -> None:
    other = shutil.copytree(folder, tmp_path / "other")
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"model_type": "gpt2"}))
    assert not compiled.compiles(other)
    (other / "config.json").write_text("{")
    assert not compiled.compiles(other)


def test_a_conversion_is_kept_and_a_damaged_one_made_again(folder, cache, monkeypatch) -> None:
    rows = SentenceEncoder(folder).encode(TEXTS)
    (kept,) = cache.iterdir()
    assert {file.name for file in kept.iterdir()} == {"model.xml", "model.bin", "sums.json"}
    made = []
    convert = compiled.convert
    monkeypatch.setattr(compiled, "convert", lambda model: made.append(1) or convert(model))
    assert (SentenceEncoder(folder).encode(TEXTS) == rows).all() and not made
    weights = (kept / "model.bin").read_bytes()
    (kept / "model.bin").write_bytes(weights[: len(weights) // 2])
    assert (SentenceEncoder(folder).encode(TEXTS) == rows).all() and made == [1]
    assert (kept / "model.bin").read_bytes() == weights


def test_a_conversion_that_fails_is_one_sentence_and_leaves_nothing(folder, cache, monkeypatch) -> None:
    def refuse(model) -> None:
        raise RuntimeError("this and that\nan operation is not known")

    monkeypatch.setattr(compiled, "convert", refuse)
    with pytest.raises(ModelError, match="cannot be converted for OpenVINO \\(an operation is not known\\)"):
        SentenceEncoder(folder).encode(["a"])
    assert not list(cache.iterdir())
