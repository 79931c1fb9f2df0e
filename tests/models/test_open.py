"""From a name to a model."""

import importlib.metadata
import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from clioscope.errors import ModelError
from clioscope.models.client import OpenAIClient
from clioscope.models.fake import FakeModel
from clioscope.models.open import check_model, open_model
from clioscope.settings import ModelSettings


def opened(name, **settings):
    return open_model(ModelSettings(name=name, **settings))


def test_fakes():
    assert opened("fake").concurrency == 4
    assert opened("fake:nonsense", concurrency=2).behaviour == "nonsense"
    with pytest.raises(ModelError, match="fake:odd: no such fake model; there are fake, fake:nonsense, fake:empty"):
        opened("fake:odd")


def test_an_address_with_a_name_is_not_asked_before_it_must_be(server):
    model = opened(f"{server.address}/ Qwen/Qwen3-4B", concurrency=3)
    assert isinstance(model, OpenAIClient)
    assert (model.address, model.model, model.concurrency) == (server.address, "Qwen/Qwen3-4B", 3)
    assert model.profile.reasoning == "switchable"
    assert model.id == "Qwen/Qwen3-4B"


def test_an_address_without_a_name_takes_the_only_model(server):
    assert opened(server.address).model == "tiny"
    server.models = ["a", "b"]
    with pytest.raises(ModelError, match=r"serves 2 models \(a, b\); name one"):
        opened(server.address)
    server.models = []
    with pytest.raises(ModelError, match=r"serves 0 models \(none\)"):
        opened(server.address)


def test_an_address_where_nobody_answers(server):
    server.stop()
    with pytest.raises(ModelError, match=r"nobody answers .*is the server up"):
        opened(server.address)


def test_an_address_that_is_something_else(server):
    with pytest.raises(ModelError, match="cannot list the models"):
        opened(server.address + "/nothing")


def test_an_address_without_its_version_or_with_an_endpoint_finds_the_models(server):
    for address in (server.address.removesuffix("/v1"), server.address + "/chat/completions", server.address + "/"):
        assert opened(address).model == "tiny"


def test_an_azure_deployment_is_its_own_model(server):
    found = opened("https://name.openai.azure.com/openai/deployments/small/chat/completions?api-version=2024-06-01")
    assert (found.model, found.address) == ("small", "https://name.openai.azure.com/openai/deployments/small")


def test_a_configuration_without_weights_says_how_to_serve_it():
    with pytest.raises(ModelError) as caught:
        opened("deepseek-r1-distill-qwen-14b")
    text = str(caught.value)
    assert "vllm serve deepseek-ai/DeepSeek-R1-Distill-Qwen-14B" in text
    assert '--model "http://localhost:8000/v1 deepseek-ai/DeepSeek-R1-Distill-Qwen-14B"' in text
    assert "34 GB in fp16" in text


def test_names_that_are_none():
    with pytest.raises(ModelError, match=r"did you mean qwen2\.5-coder-1\.5b"):
        opened("qwen2.5-coder-1.5")
    with pytest.raises(ModelError, match="all-MiniLM-L6-v2 is not a language model"):
        opened("minilm")
    for nothing in (None, " "):
        with pytest.raises(ModelError, match="No model is named"):
            opened(nothing)


def test_a_gguf_file_that_is_none(tmp_path):
    with pytest.raises(ModelError, match=r"missing\.gguf: the model cannot be read"):
        opened(str(tmp_path / "missing.gguf"))
    (tmp_path / "page.gguf").write_text("<html>")
    with pytest.raises(ModelError, match=r"page\.gguf: not a GGUF file"):
        opened(str(tmp_path / "page.gguf"))


class Own(FakeModel):
    pass


def make(rest, *, settings):
    model = Own(concurrency=settings.concurrency or 1)
    model.id = f"own {rest}"
    return model


def no_model(rest, *, settings):
    return rest


def refuse(rest, *, settings):
    raise RuntimeError("no licence")


@pytest.fixture
def plugins(monkeypatch):
    sys.modules["clio_test_plugin"] = sys.modules[__name__]
    points = [
        EntryPoint("own", "clio_test_plugin:make", "clioscope.models"),
        EntryPoint("odd", "clio_test_plugin:no_model", "clioscope.models"),
        EntryPoint("angry", "clio_test_plugin:refuse", "clioscope.models"),
        EntryPoint("gone", "clio_test_plugin_missing:make", "clioscope.models"),
    ]
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda **chosen: EntryPoints(points).select(**chosen))
    yield
    del sys.modules["clio_test_plugin"]


def test_a_plugin_of_a_third_party(plugins):
    model = opened("own:big one", concurrency=7)
    assert isinstance(model, Own) and model.id == "own big one" and model.concurrency == 7
    with pytest.raises(ModelError, match="made a str, not a ChatModel"):
        opened("odd")
    with pytest.raises(ModelError, match=r"model plug-in 'gone' .* cannot be loaded: No module named"):
        opened("gone")
    with pytest.raises(ModelError, match=r"model plug-in 'gone' .* cannot be loaded"):
        check_model(ModelSettings(name="gone:any"))
    with pytest.raises(ModelError, match=r"angry: the plug-in .* made no model \(RuntimeError: no licence\)"):
        opened("angry")
