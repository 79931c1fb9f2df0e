import importlib.util
import re
import sys
import time

import pytest
from extras import needs

from clioscope.embedding import embedders, open_embedder
from clioscope.embedding.hub import cached_folder, check_hub
from clioscope.embedding.open import check_embedder
from clioscope.errors import ModelError
from clioscope.settings import EmbeddingSettings


def test_hash() -> None:
    assert open_embedder(EmbeddingSettings(model="hash")).id == "hash-512-v2"


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


@pytest.mark.slow
@needs("sentence_transformers", "local")
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
        with pytest.raises(
            ModelError, match="The encoder no-such-encoder is neither in the catalogue nor in the cache"
        ):
            open_embedder(EmbeddingSettings(model="no-such-encoder"))

    @pytest.mark.parametrize("name", ["no-such-encoder", "all-minilm", "not a name!", "someone/no-such-encoder"])
    def test_without_a_network_a_name_that_nobody_knows_is_said_within_seconds(self, monkeypatch, name) -> None:
        """The hub's own retries would take half a minute."""
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
        start = time.monotonic()
        with pytest.raises(ModelError, match=f"The encoder {re.escape(name)} is neither") as found:
            check_embedder(EmbeddingSettings(model=name))
        assert time.monotonic() - start < 20
        assert ("did you mean" in str(found.value)) == (name == "all-minilm")

    def test_a_dry_run_fetches_loads_and_asks_nothing(self, monkeypatch) -> None:
        import huggingface_hub

        monkeypatch.setattr(huggingface_hub.HfApi, "model_info", None)
        monkeypatch.setattr("clioscope.models.fetch.pull", None)
        for name in ("someone/encoder", "all-MiniLM-L6-v2", "http://127.0.0.1:9/v1 tiny", "hash"):
            check_embedder(EmbeddingSettings(model=name), contact=False)
        with pytest.raises(ModelError, match="there is no folder"):
            check_embedder(EmbeddingSettings(model="./nowhere"), contact=False)
        with pytest.raises(ModelError, match="no sentence encoder"):
            check_embedder(EmbeddingSettings(model="fast"), contact=False)

    def test_what_the_hub_keeps_here_is_used_without_it(self, monkeypatch, tmp_path) -> None:
        base = tmp_path / "models--someone--mine"
        (base / "snapshots" / "abc").mkdir(parents=True)
        (base / "refs").mkdir()
        (base / "refs" / "main").write_text("abc")
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
        for file in ("config.json", "modules.json"):
            (base / "snapshots" / "abc" / file).write_text("{}")
        assert cached_folder("someone/mine") is None, "a download that was cut off"
        (base / "snapshots" / "abc" / "model.safetensors").write_bytes(b"x")
        assert cached_folder("someone/mine") == base / "snapshots" / "abc"
        check_hub("someone/mine")


def test_opening_imports_nothing_heavy() -> None:
    import subprocess

    program = (
        "import sys, clioscope.embedding; heavy = {'torch', 'openai', 'sentence_transformers'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
