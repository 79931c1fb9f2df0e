"""clioscope facets try: what a user sees."""

import json

import pytest
from commands import run_cli
from conftest import make_records, write_jsonl

from clioscope.cli.reading import facet_options
from clioscope.errors import SettingsError

FAKE = ("--model", "fake", "--embedder", "hash", "--quiet")
MINE = """
[facets]
use = ["request"]

[[facets.define]]
name = "mood"
type = "category"
question = "the user's mood"
categories = ["calm", "cross"]

[[facets.define]]
name = "stars"
type = "score"
question = "stars"
minimum = 4
maximum = 5
"""


@pytest.fixture
def chats(tmp_path):
    return write_jsonl(tmp_path / "chats.jsonl", make_records(40))


@pytest.fixture
def mine(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(MINE, encoding="utf-8")
    return file


def test_values_findings_and_costs_are_printed(chats, mine) -> None:
    said = run_cli("facets", "try", chats, "--facets", mine, "--sample", 4, *FAKE, check=True).stdout
    assert said.count("    mood: ") == 4
    assert "request (text): 4 of 4 have a value" in said
    assert "This trial: 4 questions, " in said
    assert "A build with these settings: 40 conversations, about " in said
    assert "field" not in said, "facets.use of the file counts"


def test_json_has_the_same(chats, mine) -> None:
    made = json.loads(run_cli("facets", "try", chats, "--facets", mine, "--json", *FAKE, check=True).stdout)
    assert [facet["name"] for facet in made["facets"]] == ["request", "mood", "stars"]
    assert len(made["conversations"]) == 10
    assert made["cost"]["calls"] == 10


def test_settings_on_the_command_line_choose_the_facets(chats) -> None:
    words = ("facets", "try", chats, "--set", 'facets.use=["field"]', "--sample", 2, "--json", *FAKE)
    assert [facet["name"] for facet in json.loads(run_cli(*words, check=True).stdout)["facets"]] == ["field"]


def test_what_is_wrong_is_said_in_one_sentence(chats, tmp_path) -> None:
    (tmp_path / "empty.toml").write_text("[clustering]\nclusters = 3\n", encoding="utf-8")
    done = run_cli("facets", "try", chats, "--facets", tmp_path / "empty.toml", *FAKE)
    assert done.returncode == 1
    assert "empty.toml: has no [facets] section" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_files_of_both_kinds_are_joined(mine, tmp_path) -> None:
    more = tmp_path / "more.toml"
    more.write_text('[[facets.define]]\nname = "x"\nquestion = "x"\n', encoding="utf-8")
    options = facet_options([mine, more, tmp_path / "own.py"])
    assert [one["name"] for one in options["facets__define"]] == ["mood", "stars", "x"]
    assert options["facets__use"] == ("request",)
    assert options["facets__modules"] == (str(tmp_path / "own.py"),)
    assert facet_options([]) == {}
    with pytest.raises(SettingsError, match="cannot be read"):
        facet_options([tmp_path / "nowhere.toml"])


def test_a_build_takes_the_same_file(chats, mine, tmp_path) -> None:
    run_cli("build", chats, "--facets", mine, "--out", tmp_path / "atlas", "--dry-run", *FAKE[:4], check=True)
