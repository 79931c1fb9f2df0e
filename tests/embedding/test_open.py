import importlib.util
import sys

import pytest

from clioscope.embedding import embedders, open_embedder
from clioscope.errors import ModelError
from clioscope.settings import EmbeddingSettings


def test_hash() -> None:
    assert open_embedder(EmbeddingSettings(model="hash")).id == "hash-512-v1"


def test_a_plug_in(monkeypatch) -> None:
    from clioscope.embedding.hashing import HashEmbedder

    monkeypatch.setitem(embedders._parts, "tiny", lambda settings: HashEmbedder(settings.batch_size))
    assert open_embedder(EmbeddingSettings(model="tiny", batch_size=4)).dimension == 4


def test_without_sentence_transformers_the_extra_is_named(monkeypatch, tmp_path) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "sentence_transformers" else find_spec(name)
    )
    with pytest.raises(ModelError, match=r'pip install "clioscope\[local\]", or set embedding.model to "hash"'):
        open_embedder(EmbeddingSettings(model=str(tmp_path)))


@pytest.mark.skipif(not importlib.util.find_spec("sentence_transformers"), reason="the extra [local] is not installed")
class TestWithSentenceTransformers:
    def test_no_such_folder(self) -> None:
        with pytest.raises(ModelError, match=r"there is no folder \./nowhere"):
            open_embedder(EmbeddingSettings(model="./nowhere"))

    def test_a_folder_without_weights(self, tmp_path) -> None:
        with pytest.raises(ModelError, match="no weights in this folder"):
            open_embedder(EmbeddingSettings(model=str(tmp_path)))

    def test_a_chat_model_is_no_encoder(self) -> None:
        with pytest.raises(ModelError, match=r"qwen2\.5-coder-1\.5b is no sentence encoder"):
            open_embedder(EmbeddingSettings(model="qwen2.5-coder-1.5b"))

    def test_a_name_that_nobody_knows(self, monkeypatch) -> None:
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
        with pytest.raises(ModelError, match="The encoder no-such-encoder cannot be loaded"):
            open_embedder(EmbeddingSettings(model="no-such-encoder"))


def test_opening_imports_nothing_heavy() -> None:
    import subprocess

    program = (
        "import sys, clioscope.embedding; heavy = {'torch', 'openai', 'sentence_transformers'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
