"""Building from Python: keywords for what most people change, and progress."""

import pytest
from conftest import fake_settings, make_records, write_jsonl

import clioscope
from clioscope.errors import SettingsError
from clioscope.notebook.build import reporting, settings_of
from clioscope.progress import Silent
from clioscope.settings import Settings


def test_keywords_stand_for_settings(chats, tmp_path) -> None:
    atlas = clioscope.build(chats, tmp_path / "atlas", embedder="hash", no_llm=True, progress=False)
    assert atlas.manifest["models"] == {"chat": None, "embedder": "hash"} | atlas.manifest["models"]
    assert atlas.manifest["settings"]["model"]["name"] is None


def test_keywords_win_over_settings_and_files(tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('seed = 7\n[model]\nname = "gemma"\nretries = 2\n')
    for given in (file, str(file), Settings.model_validate({"seed": 7, "model": {"name": "gemma", "retries": 2}})):
        chosen = settings_of(given, model="fake", embedder="hash", no_llm=False)
        assert (chosen.seed, chosen.model.name, chosen.model.retries, chosen.embedding.model) == (7, "fake", 2, "hash")
        assert settings_of(given, model=None, embedder=None, no_llm=True).model.name is None
        assert settings_of(given, model="none", embedder=None, no_llm=False).model.name is None
        assert settings_of(given, model=None, embedder=None, no_llm=False).model.name == "gemma"
    assert settings_of(None, model=None, embedder=None, no_llm=False) == Settings()
    with pytest.raises(SettingsError, match="no_llm=True and model contradict each other"):
        settings_of(None, model="fake", embedder=None, no_llm=True)


def test_progress_is_shown_unless_it_is_not_wanted(tmp_path, capsys) -> None:
    chats = write_jsonl(tmp_path / "chats.jsonl", make_records(30))
    clioscope.build(chats, tmp_path / "atlas", fake_settings())
    told = capsys.readouterr()
    assert "layout" in told.err and told.out == ""
    for number, nobody in enumerate((False, None)):
        clioscope.build(chats, tmp_path / f"atlas{number}", fake_settings(), progress=nobody)
        assert capsys.readouterr() == ("", "")


def test_an_object_of_ones_own_is_told() -> None:
    own = Silent()
    with reporting(own) as told:
        assert told is own
