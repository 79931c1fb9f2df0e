"""Builds with given categories: the tree, new conversations, another corpus, exports and a published copy."""

import polars as pl
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.atlas.export import as_json
from clioscope.atlas.shares import asked_counts
from clioscope.atlas.shown import groups_table
from clioscope.cli import app
from clioscope.measure.comparison import category_shares
from clioscope.settings import load_settings

pytestmark = pytest.mark.slow  # a build

BOOK = """
[[categories]]
code = "bake"
name = "Baking"
description = "sourdough bread at home, rye flour"

[[categories]]
code = "code"
name = "Programming"
description = "python function that raises an index error"

[[categories]]
code = "stars"
name = "Zebra herds"
description = "zebra"
"""


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    folder = tmp_path_factory.mktemp("codebook")
    (folder / "book.toml").write_text(BOOK, encoding="utf-8")
    settings = {
        "model__name": "fake",
        "embedding__model": "hash",
        "layout__method": "pca",
        "codebook__file": str(folder / "book.toml"),
        "facets__ask": 20,
    }
    made = clioscope.build(
        write_jsonl(folder / "chats.jsonl", make_records(60)), folder / "atlas", load_settings(**settings)
    )
    (folder / "book.toml").unlink()
    return made


def test_the_categories_are_the_top_and_keep_their_words(atlas) -> None:
    given = atlas.tree.filter(pl.col("code").is_not_null())
    assert dict(given.select("code", "name").iter_rows()) == {
        **{"bake": "Baking", "code": "Programming", "stars": "Zebra herds"}
    }
    assert given["parent"].null_count() == 3 and set(given["action"]) == {"given"}
    assert not given["mixed"].any() and given["level"].n_unique() == 1


def test_every_conversation_has_a_code_and_a_group_within_it(atlas) -> None:
    ups = dict(atlas.tree.select("group", "parent").iter_rows())
    codes = dict(atlas.tree.select("group", "code").iter_rows())
    for group, code in atlas.clusters.select("group", "code").iter_rows():
        while ups[group] is not None:
            group = ups[group]
        assert codes[group] == code
    counts = dict(atlas.clusters.group_by("code").agg(pl.len()).iter_rows())
    tree = dict(atlas.tree.filter(pl.col("code").is_not_null()).select("code", "count").iter_rows())
    assert {code: counts.get(code, 0) for code in tree} == tree


def test_the_facet_and_the_group_name_the_same_category(atlas) -> None:
    names = {"bake": "Baking", "code": "Programming", "stars": "Zebra herds", None: "none of these"}
    rows = atlas.facets.join(atlas.clusters.select("conversation", "code"), on="conversation")
    rows = rows.join(atlas.table("probabilities"), on="conversation", suffix="_sure")
    assert rows.filter(~pl.col("asked")).height > 20
    assert rows["given_category"].to_list() == [names[code] for code in rows["code"]]
    said = rows.filter(pl.col("given_category_sure").is_null())
    assert 0 < said.height <= 20 and said["asked"].all(), "the second round leaves the category as it is"
    counts = asked_counts(atlas)
    assert (counts["asked"] + counts["inferred"]).sum() == atlas.membership["count"].sum()


def test_new_conversations_get_a_category_without_the_file(atlas, tmp_path) -> None:
    path = write_jsonl(tmp_path / "new.jsonl", make_records(90)[60:])
    table = atlas.assign(path).table
    base = dict(atlas.clusters.select("group", "code").unique().iter_rows())
    fresh = table.filter(~pl.col("known"))
    assert fresh.height
    for group, code in fresh.select("group", "code").iter_rows():
        assert base.get(group, code) == code


def test_exports_show_all_categories(atlas) -> None:
    assert groups_table(atlas)["code"].drop_nulls().len() == 3
    assert "Zebra herds" in as_json(atlas)


def test_another_build_with_the_same_settings_runs_nothing_anew(atlas) -> None:
    again = clioscope.build(
        atlas.path.parent / "chats.jsonl",
        atlas.path,
        clioscope.Settings.model_validate(atlas.manifest["settings"]),
    )
    assert again.tree.equals(atlas.tree)


def test_the_shares_of_categories(atlas, monkeypatch) -> None:
    from types import SimpleNamespace

    columns = {"family": pl.String, "metric": pl.String, "level": pl.Int64, "part": pl.String}
    columns |= {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    empty = SimpleNamespace(table=pl.DataFrame(schema=columns))
    monkeypatch.setattr("clioscope.measure.record.stored", lambda atlas: empty)
    table = category_shares(atlas)
    assert set(table["part"]) == {"bake", "code", "stars"}
    assert (table["low"] <= table["value"]).all() and (table["value"] <= table["high"]).all()


def test_the_commands(tmp_path, monkeypatch) -> None:
    from typer.testing import CliRunner

    monkeypatch.setattr("sys.argv", ["clioscope", "codebooks"])

    runner = CliRunner()
    listed = runner.invoke(app, ["codebooks", "--json"])
    assert listed.exit_code == 0 and '"onet"' in listed.stdout
    notes = tmp_path / "n.csv"
    notes.write_text("note,text\n" + "".join(f"оплата дважды {n},платёж {n}\n" for n in range(6)), encoding="utf-8")
    made = runner.invoke(
        app, ["notes", str(notes), "--embedder", "hash", "--kinds", "2", "--to", str(tmp_path / "b.toml")]
    )
    assert made.exit_code == 0, made.output
    assert len(clioscope.read_codebook(tmp_path / "b.toml")) == 2
