"""clioscope settings: every setting, its default, its reason and what it changes."""

import json

import pytest
from commands import run_cli

from clioscope.pipeline.stage import every_setting


def test_every_setting_is_listed_with_its_default_and_reason() -> None:
    said = run_cli("settings", check=True).stdout
    for name in every_setting():
        assert f"{name} = " in said
    assert "clustering.neighbours = 20  (whole number ≥ 2)" in said
    assert "Runs again: clusters." in said and "Nothing runs again for it." in said


def test_a_word_filters_names_and_reasons() -> None:
    found = json.loads(run_cli("settings", "AUDIT", "--json", check=True).stdout)
    names = [row["name"] for row in found]
    assert "privacy.audit" in names and "privacy.auditor" in names and "clustering.size" not in names
    assert set(found[0]) == {"name", "default", "may_be", "why", "runs_again"}
    assert next(row for row in found if row["name"] == "privacy.audit")["default"] is True


def test_a_word_that_no_setting_has_brings_the_nearest_name() -> None:
    found = run_cli("settings", "naming.suport")
    assert found.returncode == 1
    assert found.stderr.count("\n") == 1 and "did you mean naming.support?" in found.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("buld",), "did you mean build?"),
        (("build", "x.jsonl", "--set", "clustering.neighbors=3"), "did you mean clustering.neighbours?"),
        (("build", "x.jsonl", "--set", "clustering.smooth=0"), "did you mean embedding.smooth?"),
        (("build", "x.jsonl", "--builder", "linkge"), "did you mean linkage?"),
        (("build", "x.jsonl", "--method", "leidn"), "did you mean leiden?"),
        (("build", "x.jsonl", "--model", "qwen2.5-codr-1.5b"), "did you mean qwen2.5-coder-1.5b"),
    ],
)
def test_a_misspelt_name_is_guessed(words, said) -> None:
    found = run_cli(*words)
    assert found.returncode != 0
    assert said in " ".join(found.stderr.split())


def test_only_the_program_itself_installs_completion() -> None:
    assert "--install-completion" in run_cli("--help").stdout
    assert "--install-completion" not in run_cli("build", "--help").stdout
    assert "--install-completion" not in run_cli("edit", "--help").stdout
