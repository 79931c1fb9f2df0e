"""The documents that follow from the code are up to date."""

from pathlib import Path

import pytest

from clioscope.pipeline.documentation import settings_page, stages_table, with_table, write
from clioscope.pipeline.stage import every_setting
from clioscope.pipeline.stages import STAGES

DOCS = Path(__file__).parents[2] / "docs"


def test_the_documents_are_what_make_docs_makes() -> None:
    assert (DOCS / "settings.md").read_text() == settings_page()
    method = (DOCS / "method.md").read_text()
    assert method == with_table(method)


def test_every_setting_has_its_row_with_a_reason() -> None:
    rows = [line.split(" | ") for line in settings_page().splitlines() if line.startswith("| `")]
    assert [row[0].strip("| `") for row in rows] == sorted(every_setting(), key=lambda name: "." in name)
    assert all(len(row) == 5 and row[1] and row[2] and len(row[3]) > 10 for row in rows)
    by_name = {row[0].strip("| `"): row for row in rows}
    assert by_name["privacy.accept"][4] == "audit |"
    assert by_name["model.timeout"][4].strip() == "|", "no stage"
    assert by_name["naming.model"][4] == "names, tree, distinct, audit |"
    assert by_name["privacy.auditor"][2] == "`quotes`, `scale`"


def test_every_stage_has_its_row() -> None:
    rows = stages_table().splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == [f"| {stage.name}" for stage in STAGES]
    clusters = next(row for row in rows if row.startswith("| clusters"))
    assert "the vectors, `answers.conversation`" in clusters and "`clustering`, `seed`" in clusters


def test_a_page_is_brought_up_to_date_in_its_place(tmp_path) -> None:
    stale = "Before.\n<!-- made by `make docs` -->\nSTALE\n<!-- end of what `make docs` makes -->\nAfter.\n"
    (tmp_path / "method.md").write_text(stale)
    write(tmp_path)
    page = (tmp_path / "method.md").read_text()
    assert page.startswith("Before.\n") and page.endswith("After.\n") and stages_table() in page and "STALE" not in page
    assert (tmp_path / "settings.md").read_text() == settings_page()
    with pytest.raises(ValueError, match="no place"):
        with_table("A page without it.")
