"""What a cluster is used for, and what it cannot do, said before anything starts."""

from pathlib import Path

import pytest

from clioscope.cluster.place import ClusterPlace, check_cluster
from clioscope.errors import ModelError, SettingsError
from clioscope.models.open import check_model, open_model
from clioscope.pipeline.reading import check_input
from clioscope.settings import ModelSettings, load_settings


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr("clioscope.cluster.place.require", lambda: None)


def test_engines_need_a_cluster(installed) -> None:
    settings = load_settings(model__name="vllm:Qwen/Qwen3-8B")
    with pytest.raises(SettingsError, match="vllm:Qwen/Qwen3-8B: needs a cluster; give --on ray"):
        check_cluster(settings)
    check_cluster(load_settings(model__name="vllm:Qwen/Qwen3-8B", cluster__on="ray"))
    with pytest.raises(ModelError, match="serve it and give its address"):
        check_cluster(load_settings(naming__model="vllm:deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", cluster__on="ray"))
    check_model(settings.model)
    with pytest.raises(ModelError, match="asked by a build with --on ray"):
        open_model(settings.model)


def test_ray_that_is_missing_or_old_is_said(monkeypatch) -> None:
    import importlib.metadata

    settings = load_settings(cluster__on="ray")
    versions = {"ray": "2.54.0"}

    def version(name):
        if name in versions:
            return versions[name]
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    with pytest.raises(ModelError, match=r"needs Ray 2\.55 or newer, and 2\.54\.0 is installed; run pip install"):
        check_cluster(settings)
    versions.clear()
    with pytest.raises(ModelError, match=r'needs Ray, which is not installed; run pip install "clioscope\[ray\]"'):
        check_cluster(settings)


@pytest.mark.parametrize("on", ["spark", "localhost:10001", "http://head:8265"])
def test_another_kind_of_cluster_is_none(on) -> None:
    with pytest.raises(SettingsError, match=r"cluster\.on: .*give ray, or the address of a cluster, ray://HOST:10001"):
        load_settings(cluster__on=on)


def test_what_answers_in_this_process_stays_here(tmp_path) -> None:
    place = ClusterPlace(load_settings(cluster__on="ray").cluster, tmp_path)
    assert place.bulk_model(ModelSettings(name="fake")) is None and place.bulk_model(ModelSettings(name=None)) is None
    model = place.bulk_model(ModelSettings(name="vllm:Qwen/Qwen3-8B", temperature=0.5))
    assert model is not None and model.id == "Qwen/Qwen3-8B temperature=0.5"
    assert place.folder == str(tmp_path / "cluster")
    there = ClusterPlace(load_settings(cluster__on="ray", cluster__folder="s3://bucket/run/").cluster, tmp_path)
    assert there.folder == "s3://bucket/run"
    place.close()


def test_the_key_of_an_answer_is_the_same_on_a_server_and_on_a_cluster(tmp_path) -> None:
    place = ClusterPlace(load_settings(cluster__on="ray").cluster, tmp_path)
    model = place.bulk_model(ModelSettings(name="vllm:Qwen/Qwen3-8B"))
    assert model is not None
    assert model.id == open_model(ModelSettings(name="http://127.0.0.1:9/v1 Qwen/Qwen3-8B")).id


@pytest.mark.parametrize(
    ("files", "changes", "words"),
    [
        (["s3://b/x"], {}, "s3://b/x: input at a URL is read on a cluster; give --on ray"),
        (["s3://b/x", "chats.jsonl"], {"cluster__on": "ray"}, "write file:// before the paths"),
        (["s3://b/x"], {"cluster__on": "ray", "segments__split": True}, "leave --segments out"),
        (["s3://b/x"], {"cluster__on": "ray", "input__sample": 5}, "leave --sample out"),
    ],
)
def test_input_at_a_url_that_these_settings_cannot_read(files, changes, words) -> None:
    with pytest.raises(SettingsError, match=words):
        check_input([Path(file) for file in files], load_settings(**changes))
    check_input([Path("chats.jsonl")], load_settings())
