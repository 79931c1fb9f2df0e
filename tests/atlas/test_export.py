"""An atlas for people and tools that do not know Clioscope."""

import json

import polars as pl
import pytest

import clioscope
from clioscope.atlas.export import as_json, export, markdown
from clioscope.atlas.shown import walk
from clioscope.errors import ClioscopeError
from clioscope.settings import PrivacySettings


def test_markdown_is_a_list_whose_names_cannot_break_it(odd) -> None:
    lines = markdown(odd).splitlines()
    assert lines[2] == "9 conversations, 2 of them distinct; 1 records could not be read; 3 groups."
    assert "1 groups are withheld for privacy." in lines
    assert r"- **Kitchen \| \*bold\* \<b\>** (9, 100 %)" in lines
    assert "  Line one line two" in lines
    assert r"  - **\[Bake\](http:\//x) \`rye\`\_x\_** (6, 67 %)" in lines
    assert "  - **(name withheld for privacy)** (3, 33 %)" in lines
    assert lines[-1] == "Language model: fake. Encoder: hash. Names were audited by the model."


@pytest.mark.parametrize("suffix", ["md", "json", "csv", "parquet"])
def test_a_withheld_name_is_in_no_report(odd, tmp_path, suffix) -> None:
    path = export(odd, tmp_path / f"report.{suffix}")
    text = str(pl.read_parquet(path).to_dicts()) if suffix == "parquet" else path.read_text()
    assert "jane" not in text.casefold()
    assert "name withheld for privacy" in text


def test_json_nests_children_and_keeps_every_script(odd) -> None:
    odd.tree = odd.tree.with_columns(name=pl.Series(["مطبخ 🎉", "x", "y"]))
    found = json.loads(as_json(odd))
    (top,) = found["groups"]
    assert "مطبخ 🎉" in as_json(odd)
    assert [child["group"] for child in top["children"]] == ["large", "small"]
    assert top["children"][1]["description"] == ""
    assert (top["count"], top["share"]) == (9, 1.0)
    assert found["counts"]["records"] == 10


def test_tables_have_a_row_a_group(finished, tmp_path) -> None:
    csv = pl.read_csv(export(finished, tmp_path / "new" / "report.csv"))
    parquet = pl.read_parquet(export(finished, tmp_path / "report.parquet"))
    assert csv["group"].to_list() == parquet["group"].to_list() == [group for group, _ in walk(finished)]
    assert csv["count"].to_list() == parquet["count"].to_list()
    assert csv["phrases"][0] == "; ".join(parquet["phrases"][0])
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("name", ["report.docx", "report", "report.MD5"])
def test_another_suffix_is_one_sentence(finished, tmp_path, name) -> None:
    with pytest.raises(ClioscopeError, match=r"give a file that ends in \.md, \.json, \.csv, \.parquet"):
        export(finished, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_who_wants_the_page_is_told_the_option(finished, tmp_path) -> None:
    with pytest.raises(ClioscopeError, match=r"clioscope export .+ --html .*report\.html\.$"):
        export(finished, tmp_path / "report.html")


@pytest.mark.parametrize("suffix", ["md", "json", "csv", "parquet"])
def test_a_place_that_cannot_be_written_is_one_sentence_and_leaves_nothing(finished, tmp_path, suffix) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ClioscopeError, match="cannot be written"):
        export(finished, tmp_path / "file" / f"report.{suffix}")
    (tmp_path / f"report.{suffix}").mkdir()
    with pytest.raises(ClioscopeError, match="cannot be written"):
        export(finished, tmp_path / f"report.{suffix}")
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("suffix", ["md", "json", "csv", "parquet"])
def test_a_full_disk_is_one_sentence(finished, tmp_path, suffix) -> None:
    (tmp_path / f"report.{suffix}.part").symlink_to("/dev/full")
    with pytest.raises(ClioscopeError, match="cannot be written"):
        export(finished, tmp_path / f"report.{suffix}")
    assert not (tmp_path / f"report.{suffix}").exists()


def test_how_people_were_counted_is_said_of_a_published_atlas(odd) -> None:
    odd.published = True
    odd.manifest |= {"published": True, "users": "none", "each_a_user": True}
    odd.facet_counts = pl.DataFrame(
        schema={"group": pl.String, "facet": pl.String, "value": pl.String, "count": pl.UInt32}
    )
    assert "\nCounted as if every conversation were another person.\n" in markdown(odd)
    assert json.loads(as_json(odd))["note"] == "Counted as if every conversation were another person."
    odd.manifest |= {"users": "all", "each_a_user": False}
    assert "another person" not in markdown(odd) and "note" not in json.loads(as_json(odd))


def test_a_published_atlas_can_be_exported_too(finished, tmp_path) -> None:
    low = PrivacySettings(min_conversations=2, min_users=1)
    published = clioscope.publish(finished, tmp_path / "public", low)
    text = export(published, tmp_path / "report.md").read_text()
    assert text.startswith("# What the conversations are about\n\n60 conversations, 60 of them distinct")
    assert pl.read_csv(export(published, tmp_path / "report.csv")).height == published.tree.height
