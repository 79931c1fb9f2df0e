"""The encoder on a real model: a tiny BERT with random weights, made here, or all-MiniLM-L6-v2 where it is cached."""

import numpy as np
import pytest
from extras import needs

from clioscope.embedding import encode_texts, open_embedder
from clioscope.embedding.sentences import SentenceEncoder, identity
from clioscope.errors import ModelError
from clioscope.models.bfloat16 import has_card, multiplies_bfloat16
from clioscope.settings import EmbeddingSettings

pytestmark = [pytest.mark.slow, needs("sentence_transformers", "local")]

TEXTS = [" ".join(["why", "is", "the", "sky", "blue", "and", "cold"][: 1 + i % 7] * (1 + i % 13)) for i in range(91)]


@pytest.fixture(autouse=True)
def torch_alone(monkeypatch):
    """As where OpenVINO is not installed; test_compiled.py has the other way."""
    monkeypatch.setattr("clioscope.embedding.sentences.compiles", lambda folder: False)


def test_unit_rows(folder) -> None:
    encoder = open_embedder(EmbeddingSettings(model=str(folder)))
    rows = encoder.encode(TEXTS)
    assert encoder.dimension == 48
    assert rows.shape == (91, 48) and rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_the_same_to_the_bit_alone_or_in_any_company(folder) -> None:
    encoder = SentenceEncoder(folder)
    rows = encode_texts(TEXTS, encoder, None)
    assert (encode_texts(TEXTS[::-1], encoder, None)[::-1] == rows).all()
    for row in range(0, 91, 5):
        assert (encode_texts(TEXTS[row : row + 1], encoder, None)[0] == rows[row]).all()


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_same_to_the_bit_on_any_number_of_cores(folder, threads, monkeypatch) -> None:
    import torch

    encoder = SentenceEncoder(folder)
    rows, before = encoder.encode(TEXTS), torch.get_num_threads()
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    kept = []
    monkeypatch.setattr(torch, "set_num_threads", kept.append)
    assert (encoder.encode(TEXTS) == rows).all()
    assert kept[-1] == threads and set(kept) <= {1, threads}
    monkeypatch.undo()
    assert torch.get_num_threads() == before


def test_an_error_in_one_batch_is_raised_and_the_threads_are_as_before(folder) -> None:
    import torch

    encoder = SentenceEncoder(folder)
    before = encoder.encode(TEXTS[:1]).shape, torch.get_num_threads()

    def fail(ids, mask):
        raise RuntimeError("out of memory")

    encoder._forward = fail
    with pytest.raises(RuntimeError, match="out of memory"):
        encoder.encode(TEXTS)
    assert (encoder.encode([]).shape[1:], torch.get_num_threads()) == (before[0][1:], before[1])


def test_texts_that_are_the_same_to_the_model_are_encoded_once(folder) -> None:
    encoder = SentenceEncoder(folder)
    encoder.encode(["why"])
    seen = []
    forward = encoder._forward
    encoder._forward = lambda ids, mask: seen.append(ids) or forward(ids, mask)
    one, other, third = encoder.encode(["why is the sky blue", "Why is  the sky blue ", "is the sky cold"])
    assert (one == other).all() and not (one == third).all()
    assert len({tuple(row) for ids in seen for row in ids}) == 2


def test_as_sentence_transformers_has_it(folder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = [text for text in TEXTS if len(text.split()) < 60]  # those that are not cut
    theirs = SentenceTransformer(str(folder), device="cpu").encode(texts, normalize_embeddings=True)
    ours = SentenceEncoder(folder, bfloat16=False).encode(texts)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_sixteen_bits_change_no_vector_that_one_would_notice(folder) -> None:
    exact, short = (SentenceEncoder(folder, bfloat16=bits).encode(TEXTS) for bits in (False, True))
    assert (exact * short).sum(axis=1).min() > 0.999


def test_rounding_the_weights_once_changes_no_bit(folder) -> None:
    import torch

    from clioscope.embedding.forward import torch_forward

    ids = np.arange(40).reshape(4, 10) % 12
    mask = np.ones_like(ids)
    mask[1, 6:] = 0
    model = SentenceEncoder(folder).fresh()
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        found = model({"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)})
        every = torch.nn.functional.normalize(found["sentence_embedding"].float(), dim=1).numpy()
    assert (torch_forward(model, bfloat16=True)(ids, mask) == every).all()


def test_a_fresh_model_has_its_weights_in_full(folder) -> None:
    import torch

    encoder = SentenceEncoder(folder)
    encoder.encode(["why"])
    assert {weights.dtype for weights in encoder.fresh().parameters()} == {torch.float32}


def test_texts_beyond_the_models_length_give_head_and_tail(folder) -> None:
    encoder = SentenceEncoder(folder)
    long = "why is the sky blue " * 100
    plain, head, middle, tail = encoder.encode([long, "cold " + long, long + "cold " + long, long + "and cold"])
    assert not (plain == head).all() and not (plain == tail).all()
    assert (plain == middle).all(), "the middle is not read"
    assert (encoder.encode([long])[0] == plain).all()


def test_the_id_follows_the_weights(folder, tmp_path) -> None:
    assert SentenceEncoder(folder, bfloat16=False).id == identity(folder)
    bits = "+bf16" if multiplies_bfloat16() and not has_card() else ""
    assert SentenceEncoder(folder).id == identity(folder) + bits
    assert open_embedder(EmbeddingSettings(model=str(folder))).id.partition("+")[0] == identity(folder)
    assert identity(folder).startswith("tiny@")
    weights = (folder / "model.safetensors").read_bytes()
    other = tmp_path / "tiny"
    other.mkdir()
    (other / "model.safetensors").write_bytes(weights[:-4] + b"\0\0\0\1")
    assert identity(other) != identity(folder)


def test_a_damaged_folder_is_one_sentence(folder, tmp_path) -> None:
    other = tmp_path / "broken"
    other.mkdir()
    (other / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="cannot be loaded"):
        SentenceEncoder(other).encode(["a"])


def test_the_share_that_is_read_of_a_long_text(folder) -> None:
    encoder = SentenceEncoder(folder)
    most = encoder._load().max_seq_length
    short, long = encoder.read_shares(["a word", "word " * 4 * most])
    assert short == 1.0
    assert 0 < long <= 0.25


def test_minilm_knows_what_belongs_together() -> None:
    from clioscope.models.fetch import is_cached

    if not is_cached("all-MiniLM-L6-v2"):
        pytest.skip("all-MiniLM-L6-v2 is not in the cache (clioscope models pull all-MiniLM-L6-v2)")
    encoder = open_embedder(EmbeddingSettings())
    assert encoder.id.partition("+")[0] == "all-MiniLM-L6-v2@53aa51172d14"
    cake, bake, code = encoder.encode(["a recipe for chocolate cake", "how do I bake something sweet", "fix my Rust"])
    assert cake @ bake > 0.4 > cake @ code
