"""No planted string reaches what is published, and the search would see it if one did."""

from inspect import signature

import polars as pl
import pytest
from commands import FAKE, run_cli
from conftest import make_records, write_jsonl

import clioscope
from clioscope.atlas.export import SHARE_FORMATS, TREE_FORMATS
from clioscope.atlas.files import write_table
from clioscope.canaries.exporters import EXPORTERS, export_everything
from clioscope.canaries.prove import prove_canaries
from clioscope.errors import SettingsError
from clioscope.files.search import Searcher
from clioscope.settings import PrivacySettings

STRINGS = 8  # per conversation: name, mail, rare word, number, place, user, record, one metadata field


@pytest.fixture(scope="module")
def settings():
    return clioscope.load_settings(
        model__name="fake",
        embedding__model="hash",
        naming__show=("request",),
        layout__method="pca",
        clustering__method="kmeans",
        clustering__clusters=5,
        input__metadata=("plan",),
        input__keep_transcripts=True,
        privacy__min_conversations=5,
        privacy__min_users=3,
    )


@pytest.fixture(scope="module")
def chats(tmp_path_factory):
    return write_jsonl(tmp_path_factory.mktemp("chats") / "chats.jsonl", make_records(80))


def test_no_planted_string_is_published(chats, settings, tmp_path):
    proof = prove_canaries([chats], tmp_path / "atlas", settings, 6)
    assert proof.traces == []
    assert proof.planted == 6 and proof.searched == 6 * STRINGS + 1
    assert proof.inside >= 6 * 5, "the atlas itself keeps ids, transcripts and metadata"
    assert {"copy/tree.parquet", "copy/manifest.json", "page.html", "tree.csv"} <= set(proof.files)
    assert clioscope.open(tmp_path / "atlas").occurrences.height == 86


def test_the_command_says_what_it_searched(chats, tmp_path):
    low = ("--set", "privacy.min_conversations=5", "--set", "privacy.min_users=3")
    done = run_cli("build", chats, "--out", tmp_path / "atlas", "--canaries", 3, *FAKE, *low, check=True)
    assert "None of the strings is in any of them." in done.stdout
    assert "22 unique strings were planted in copies of 3 conversations" in done.stdout


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_the_search_sees_into_every_export(finished, tmp_path, exporter):
    """A string in a name, or in a value of a facet, is found in the file of every exporter."""
    low = PrivacySettings(min_conversations=1, min_users=1)
    public = clioscope.publish(finished, tmp_path / "copy", low, unaudited=True)
    write_table(public.path / "tree.parquet", public.tree.with_columns(name=pl.lit('Zuletta "Fobagu" <x>')))
    write_table(public.path / "shares.parquet", public.table("shares").with_columns(value=pl.lit("Zuletta")))
    suffix, write = EXPORTERS[exporter]
    write(clioscope.open(public.path), tmp_path / f"out{suffix}")
    found = Searcher(["Zuletta", "Fobagu"]).in_file(tmp_path / f"out{suffix}")
    assert {trace.text for trace in found} >= {"Zuletta"}


def test_a_leak_is_found(chats, settings, tmp_path, monkeypatch):
    def leaky(atlas, to):
        to.write_bytes((tmp_path / "atlas" / "transcripts.parquet").read_bytes())

    monkeypatch.setitem(EXPORTERS, "leaky", (".parquet", leaky))
    proof = prove_canaries([chats], tmp_path / "atlas", settings, 2)
    assert {trace.file for trace in proof.traces} == {"leaky.parquet"}
    assert len({trace.text for trace in proof.traces}) >= 2 * 4


def test_every_exporter_of_the_command_is_listed():
    """An option or a format that ``export`` gets belongs into EXPORTERS, or no canary is looked for in its files."""
    from clioscope.cli.export import app

    [function] = [command.callback for command in app.registered_commands]
    options = set(signature(function).parameters)
    looks = {"level", "titles", "legend", "dark", "size", "dpi", "font"}  # of a picture: they add no words
    told = {"atlas", "to", "html", "facet_texts", "shares", "title", "views"}
    assert options == told | looks, "add what is new to EXPORTERS"
    assert {name for name in EXPORTERS if name.startswith("tree")} == {f"tree{suffix}" for suffix in TREE_FORMATS}
    assert {name for name in EXPORTERS if name.startswith("shares")} == {f"shares{one}" for one in SHARE_FORMATS}


def test_every_file_is_written(finished, tmp_path):
    made = export_everything(finished, tmp_path)
    assert len({path.name for path in made}) == len(EXPORTERS)
    assert all(path.stat().st_size for path in made)


def test_settings_that_would_leave_canaries_out_are_refused(chats, settings, tmp_path):
    with pytest.raises(SettingsError, match=r"input\.sample"):
        sampled = settings.model_copy(update={"input": settings.input.model_copy(update={"sample": 10})})
        prove_canaries([chats], tmp_path / "atlas", sampled, 2)
