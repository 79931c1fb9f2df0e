"""The page of settings is what the program says."""

from pathlib import Path

from clioscope.settings_page import sections, settings_page

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page(), "run `make docs`"


def test_every_setting_has_a_row_with_default_range_and_reason() -> None:
    rows = [line.split(" | ") for line in settings_page().splitlines() if line.startswith("| `")]
    names = [row[0].strip("| `") for row in rows]
    assert names == ["seed", *(f"{name}.{field}" for name, section in sections() for field in section.model_fields)]
    assert all(all(cell.strip(" |") for cell in row) for row in rows)
    told = dict(zip(names, rows, strict=True))
    assert told["embedding.smooth"][1:3] == ["`0.5`", "number ≥ 0, < 1"]
    assert told["privacy.auditor"][1:3] == ['`"quotes"`', "`quotes`, `scale`"]
    assert told["facets.use"][1:3] == ['`["request", "field", "activity", "concern"]`', "list of text"]
    assert told["facets.define"][2] == "list of tables"
    assert told["clustering.options"][1:3] == ["`{}`", "table"]
    assert told["clustering.clusters"][1:3] == ["unset", "whole number ≥ 1"]


def test_the_stages_that_run_again_may_be_told() -> None:
    page = settings_page({"clustering.method": ["cluster", "name"], "seed": ["cluster"]})
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    assert page.count("| stages that run again |") == 10
    assert rows["clustering.method"].endswith("| cluster, name |")
    assert rows["input.format"].endswith("|  |")
