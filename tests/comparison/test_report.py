"""A comparison as lines, as Markdown and as JSON; and the command."""

import json

import polars as pl
import pytest
from commands import run_cli

import clioscope
from clioscope.comparison.report import as_lines, as_object, as_report, change_text, q_text, share_text


@pytest.fixture(scope="module")
def found(months):
    return clioscope.compare(months["march"], months["april"])


def test_lines_tell_the_groups_by_what_became_of_them(found) -> None:
    lines = as_lines(found)
    assert lines[0] == "march (280 conversations) → april (280)"
    titles = [line for line in lines if not line.startswith(" ")]
    assert any(title.startswith("New (") for title in titles) and any(title.startswith("Gone (") for title in titles)
    grew = found.groups.filter(pl.col("kind") == "grew").row(0, named=True)
    line = next(line for line in lines if f"[{grew['group']}]" in line)
    assert share_text(grew, "_before") in line and share_text(grew, "") in line and change_text(grew) in line
    assert lines[-1] in found.notes


def test_the_report_has_a_table_a_kind_and_its_markup_is_text(found) -> None:
    evil = found._replace(groups=found.groups.with_columns(name=pl.lit("a | <b> `c`\n# d")))
    report = as_report(evil)
    assert "## New (" in report and "## How to read this" in report
    rows = [line for line in report.splitlines() if line.startswith("| a")]
    assert rows and all(r"a \| \<b\> \`c\` \# d" in row for row in rows)
    assert all(row.replace(r"\|", "").count("|") == 7 for row in rows)


def test_json_has_everything(found) -> None:
    made = json.loads(json.dumps(as_object(found)))
    assert len(made["groups"]) == found.groups.height and len(made["facets"]) == found.facets.height
    assert made["matched_by"] == "vectors" and made["totals"] == [280, 280]


def test_small_q_and_no_q() -> None:
    assert (q_text(0.0004), q_text(0.0314), q_text(None), q_text(1.0)) == ("<.001", ".031", "–", "1.000")


def test_the_command(months, tmp_path) -> None:
    march, april, both = (months[name].path for name in ("march", "april", "both"))
    said = run_cli("compare", march, april, "--to", tmp_path / "report.md", check=True).stdout
    assert said.startswith("march (280 conversations) → april (280)")
    assert (tmp_path / "report.md").read_text().startswith("# march → april")
    told = json.loads(
        run_cli("compare", both, "--before", "2026-03", "--after", "2026-04", "--json", check=True).stdout
    )
    assert told["matched_by"] == "groups"
    assert {row["kind"] for row in told["groups"]} >= {"new", "gone", "grew", "shrank", "steady"}
    run_cli("compare", march, april, "--level", "0", "--to", tmp_path / "groups.csv", check=True)
    assert set(pl.read_csv(tmp_path / "groups.csv")["level"]) == {0}
    assert run_cli("compare", march).stderr.startswith("clioscope: Give a second atlas")
