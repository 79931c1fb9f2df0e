"""Only their owner may read the files of an atlas, also where the umask would let everybody."""

import os
import stat

import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.atlas.export import export
from clioscope.explorer.export import export_html
from clioscope.files.modes import copy_private, make_file, open_private
from clioscope.files.replacing import replacing
from clioscope.models.store import Store
from clioscope.settings import PrivacySettings


@pytest.fixture
def loose():
    """The umask that lets everybody read and write everything."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_file_is_private_from_its_first_byte(tmp_path, loose):
    with replacing(tmp_path / "table") as part:
        assert mode(part) == 0o600
        part.write_text("x")
    assert mode(tmp_path / "table") == 0o600
    with replacing(tmp_path / "table", 0o644) as part:
        part.write_text("y")
    assert mode(tmp_path / "table") == 0o644
    with open_private(tmp_path / "log", "a") as file:
        file.write("x")
    assert mode(tmp_path / "log") == 0o600
    (tmp_path / "old").write_text("x")
    assert mode(tmp_path / "old") == 0o666
    copy_private(tmp_path / "old", tmp_path / "new")
    assert mode(tmp_path / "new") == 0o600 and (tmp_path / "new").stat().st_mtime == (tmp_path / "old").stat().st_mtime


def test_a_strict_umask_does_not_hide_what_is_public(tmp_path):
    before = os.umask(0o077)
    try:
        make_file(tmp_path / "page", 0o644)
    finally:
        os.umask(before)
    assert mode(tmp_path / "page") == 0o644


def test_the_store_and_its_log_are_private(tmp_path, loose):
    with Store(tmp_path / "answers.sqlite") as store:
        store.put_refusal("key", "reason")
        assert {mode(file) for file in tmp_path.iterdir()} == {0o600}


def test_an_atlas_is_private_and_its_published_copy_is_not(tmp_path, fake, loose):
    records = make_records(40)
    chats = write_jsonl(tmp_path / "chats.jsonl", [*records, {"id": "broken"}])
    settings = fake.model_copy(update={"input": fake.input.model_copy(update={"keep_transcripts": True})})
    atlas = clioscope.build(chats, tmp_path / "atlas", settings)
    atlas.edit.note(atlas.tree["group"][0], "seen")
    assert mode(atlas.path) == 0o700
    files = [path for path in atlas.path.rglob("*") if path.is_file()]
    assert {"answers.sqlite", "transcripts.parquet", "rejected.jsonl", "ledger.parquet", "edits.jsonl"} <= {
        file.name for file in files
    }
    assert {file.name: oct(mode(file)) for file in files if mode(file) != 0o600} == {}
    assert {mode(path) for path in atlas.path.rglob("*") if path.is_dir()} == {0o700}
    public = clioscope.publish(
        atlas, tmp_path / "public", PrivacySettings(min_conversations=1, min_users=1), unaudited=True
    )
    assert mode(public.path) == 0o755 and {mode(file) for file in public.path.iterdir()} == {0o644}
    for made, wanted in ((atlas, 0o600), (public, 0o644)):
        assert mode(export(made, tmp_path / "tree.csv")) == wanted
        assert mode(export_html(made, tmp_path / "page.html")) == wanted
