"""The attack on a copy of one's own data."""

import hashlib

import pytest
from commands import run_cli
from conftest import make_records, write_jsonl

import clioscope
from clioscope.errors import AtlasError, ClioscopeError, SettingsError


def state(folder):
    return {path.name: hashlib.md5(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def atlas(obeying, tmp_path):
    chats = write_jsonl(tmp_path / "chats.jsonl", make_records(60))
    return clioscope.build(chats, tmp_path / "atlas", obeying)


def test_the_original_is_not_touched_and_the_table_is_whole(atlas, tmp_path):
    before = state(atlas.path)
    found = clioscope.redteam(atlas, tmp_path / "kept", targets=4, variants=["plain"])
    assert state(atlas.path) == before
    assert [one.way for one in found.outcomes] == ["ours", "no words", "no thresholds"]
    assert found.own == 60
    assert found.outcomes[0].named == 0 and found.outcomes[0].groups > 0
    assert any("min_users" in sentence for sentence in found.advice)
    said = run_cli(
        "redteam", atlas.path, "--out", tmp_path / "kept", "--targets", 4, "--variant", "plain", "--quiet", check=True
    )
    assert "60 of your conversations" in said.stdout and "without counting words" in said.stdout


def test_without_texts_it_says_what_it_needs(atlas, tmp_path):
    (tmp_path / "chats.jsonl").unlink()
    with pytest.raises(ClioscopeError, match="--input"):
        clioscope.redteam(atlas)


def test_what_is_not_possible_is_one_sentence(atlas):
    with pytest.raises(AtlasError, match="inside the atlas"):
        clioscope.redteam(atlas, atlas.path / "x")
    with pytest.raises(SettingsError, match="1 to 20"):
        clioscope.redteam(atlas, targets=30)
    with pytest.raises(SettingsError, match="planted"):
        clioscope.redteam(atlas, accounts=50, poison=20)
    with pytest.raises(SettingsError, match="no 'loud'"):
        clioscope.redteam(atlas, variants=["loud"])
