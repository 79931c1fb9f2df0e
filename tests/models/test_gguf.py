"""The header of a GGUF file, written here byte by byte as the format says."""

import contextlib
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clioscope.errors import ModelError
from clioscope.models.gguf import check_gguf, name_and_content


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def pair(name, kind, data):
    return text(name) + struct.pack("<I", kind) + data


def gguf(template="{{ messages }}", version=3, data=64):
    pairs = [
        pair("general.architecture", 8, text("llama")),
        pair("general.name", 8, text("Tiny")),
        pair("llama.context_length", 4, struct.pack("<I", 2048)),
        pair("llama.eps", 6, struct.pack("<f", 1e-5)),
        pair("tokenizer.tokens", 9, struct.pack("<IQ", 8, 2) + text("<s>") + text("a")),
        pair("tokenizer.scores", 9, struct.pack("<IQ", 6, 3) + struct.pack("<3f", 1, 2, 3)),
    ]
    if template is not None:
        pairs.append(pair("tokenizer.chat_template", 8, text(template)))
    tensors = [text("w") + struct.pack("<IQQIQ", 2, 4, 4, 0, 0), text("v") + struct.pack("<IQIQ", 1, 4, 0, 32)]
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(pairs))
    return head + b"".join(pairs) + b"".join(tensors) + b"\0" * data


def test_what_the_header_says(tmp_path):
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf())
    header = check_gguf(path)
    assert (header.architecture, header.name, header.context, header.tensors) == ("llama", "Tiny", 2048, 2)
    assert header.chat_template == "{{ messages }}"
    path.write_bytes(gguf(template=None))
    assert check_gguf(path).chat_template is None


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "not a GGUF file"),
        (b"<html>404</html>", "not a GGUF file"),
        (b"GGUF", "a broken GGUF file"),
        (gguf(version=9), "a broken GGUF file"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1), "a broken GGUF file"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1 << 50), "a broken GGUF file"),
        (gguf()[:200], "a broken GGUF file"),
        (gguf(data=32), "cut off"),
        (gguf(data=0), "cut off"),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path, data, what):
    path = tmp_path / "m.gguf"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=rf"m\.gguf: .*{what}|m\.gguf: {what}"):
        check_gguf(path)


def test_no_file(tmp_path):
    with pytest.raises(ModelError, match=r"cannot be read \(No such file"):
        check_gguf(tmp_path / "m.gguf")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=200), st.integers(0, 300))
def test_no_bytes_break_it(tmp_path, junk, at):
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf()[:at] + junk)
    with contextlib.suppress(ModelError):
        check_gguf(path)


def test_the_fingerprint_names_the_content(tmp_path):
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf())
    first = name_and_content(path)
    assert first.startswith("m@")
    path.write_bytes(gguf(data=65))
    assert name_and_content(path) != first
