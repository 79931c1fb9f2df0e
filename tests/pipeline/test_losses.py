"""What a build over an atlas would remove from it."""

import pytest
from commands import FAKE, run_cli
from conftest import make_records, write_jsonl

import clioscope
from clioscope.cli.estimate import ConfirmLoss
from clioscope.cli.progress import Reporter
from clioscope.errors import SettingsError


@pytest.fixture
def input_(tmp_path):
    """A file of twelve conversations."""
    return write_jsonl(tmp_path / "chats.jsonl", [row | {"metadata": {"plan": "pro"}} for row in make_records(12)])


def settings(**more):
    plain = {"model__name": "none", "embedding__model": "hash", "layout__method": "pca"}
    return clioscope.load_settings(**plain | more)


def test_kept_transcripts_metadata_and_facets_are_named_and_nothing_else(input_, tmp_path) -> None:
    told = []
    out, kept = tmp_path / "atlas", {"input__keep_transcripts": True, "input__metadata": ("plan",)}
    clioscope.build(input_, out, settings(**kept), on_loss=told.append)
    clioscope.build(input_, out, settings(**kept, clustering__clusters=2), on_loss=told.append)
    assert told == []

    class Stop(Exception):
        pass

    def stop(lost):
        told.extend(lost)
        raise Stop

    (out / "measures.json").write_text("{}", encoding="utf-8")
    with pytest.raises(Stop):
        clioscope.build(input_, out, settings(), on_loss=stop)
    assert len(told) == 3 and "transcripts" in told[0] and "field plan" in told[1] and "figures" in told[2]
    assert (out / "transcripts.parquet").exists()
    clioscope.build(input_, out, settings(), on_loss=stop, overwrite=True)
    assert not (out / "transcripts.parquet").exists()


def test_without_a_terminal_the_command_stops_and_says_how_to_go_on(input_, tmp_path) -> None:
    out = tmp_path / "atlas"
    run_cli("build", input_, "--out", out, *FAKE, "--keep-transcripts", "--metadata", "plan", check=True)
    found = run_cli("build", input_, "--out", out, *FAKE)
    assert found.returncode == 1 and "--yes" in found.stderr and "kept transcripts" in found.stderr
    assert found.stderr.count("\n") == 1
    assert (out / "transcripts.parquet").exists()
    found = run_cli("build", input_, "--out", out, *FAKE[2:], "--no-llm", "--keep-transcripts", "--metadata", "plan")
    assert found.returncode == 1 and "names that fake wrote" in found.stderr
    run_cli("build", input_, "--out", out, *FAKE, "--yes", check=True)
    assert not (out / "transcripts.parquet").exists()


def test_on_a_terminal_the_question_is_put(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())
    asked = []
    monkeypatch.setattr("typer.confirm", lambda text, abort, err: asked.append(text) if err else None)
    ConfirmLoss(tmp_path, Reporter(True), yes=False)(["the facet mood"])
    ConfirmLoss(tmp_path, Reporter(True), yes=True)(["the facet mood"])
    assert asked == [f"{tmp_path}: a build with these settings removes the facet mood. Go on?"]
    monkeypatch.setattr("sys.stdin", type("Pipe", (), {"isatty": lambda self: False})())
    with pytest.raises(SettingsError, match="Give --yes"):
        ConfirmLoss(tmp_path, Reporter(True), yes=False)(["the facet mood"])
