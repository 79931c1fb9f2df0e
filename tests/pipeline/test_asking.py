"""A model is asked about a few conversations, and what it says tells about the others."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.errors import ModelError
from clioscope.models import fake as module
from clioscope.pipeline.estimate import estimate
from clioscope.pipeline.inspection import inspect
from clioscope.pipeline.stages import STAGES

pytestmark = pytest.mark.slow  # many builds


def calls(atlas, *stages):
    """Questions that the model was asked in these stages in the last build, and those that the store answered."""
    costs = [atlas.manifest["stages"][stage].get("cost", {"calls": 0, "cached": 0}) for stage in stages]
    return sum(cost["calls"] for cost in costs), sum(cost["cached"] for cost in costs)


def test_the_model_is_asked_about_as_many_as_was_said(atlas) -> None:
    table = atlas.table("asked")
    assert table["conversation"].equals(atlas.facets["conversation"])
    assert sorted(table["place"]) == list(range(240)) and table["weight"].sum() == 240
    first = table.filter(pl.col("asked"))
    assert sorted(first["place"]) == list(range(60))
    said = atlas.table("answers").filter(pl.col("request").is_not_null())["conversation"]
    assert set(said) == set(first["conversation"])
    assert atlas.facets.filter("asked").height == atlas.manifest["counts"]["asked"] >= 60
    languages = dict(atlas.facets.join(first, on="conversation", how="semi")["language"].value_counts().iter_rows())
    assert abs(languages["ru"] - 20) <= 2 and abs(languages["en"] - 40) <= 2


def test_every_conversation_has_a_vector_a_group_and_what_needs_no_model(atlas) -> None:
    assert atlas.plain.shape == atlas.vectors.shape and len(atlas.plain) == 240
    np.testing.assert_allclose(np.linalg.norm(atlas.plain, axis=1), 1, atol=2e-3)
    assert atlas.clusters["group"].null_count() == atlas.facets["language"].null_count() == 0
    record = atlas.manifest["stages"]["predict"]
    assert record["predicted"] == 180 and 0 < record["cosine"] <= 1
    assert sum(record["weights"][name] for name in ("own", "predicted", "raw")) == pytest.approx(1, abs=1e-3)
    assert len(atlas.array("own")) == len(atlas.array("own_keys")) == 3 * 60


def test_where_a_group_has_few_asked_more_are_asked(atlas) -> None:
    asked = atlas.facets.select("conversation", "asked").join(atlas.clusters, on="conversation")
    groups = asked.group_by("group").agg(pl.col("asked").sum(), pl.len())
    assert (groups["asked"] >= groups.select(pl.min_horizontal(pl.lit(2), "len")).to_series()).all()
    second = atlas.table("second")
    assert second.height == atlas.manifest["stages"]["second"]["asked"]
    assert not set(second["conversation"]) & set(atlas.table("asked").filter("asked")["conversation"])
    assert atlas.facets.join(second, on="conversation", how="semi")["request"].null_count() == 0


@pytest.mark.parametrize("fewest", [0, 4])
def test_how_many_of_a_group_are_asked_is_a_setting(few, path, tmp_path, fewest) -> None:
    atlas = clioscope.build(path, tmp_path / "atlas", few(60, facets__ask_per_group=fewest))
    asked = atlas.facets.select("conversation", "asked").join(atlas.clusters, on="conversation")
    groups = asked.group_by("group").agg(pl.col("asked").sum(), pl.len())
    assert (groups["asked"] >= groups.select(pl.min_horizontal(pl.lit(fewest), "len")).to_series()).all()
    assert (atlas.table("second").height == 0) == (fewest == 0)


def test_it_is_said_how_many_are_asked(few, path, atlas) -> None:
    asked = atlas.manifest["counts"]["asked"]
    notice = atlas.manifest["notices"][0]
    assert notice.startswith(f"The model was asked about {asked} of 240 conversations. What it said of these tells")
    found = estimate([path], few(60))
    assert found.asked == 60 and found.conversations == 240
    assert inspect(path, few(60)).asked == 60 and inspect(path, few("all")).asked == inspect(path).asked == 240


def test_more_asked_later_costs_the_difference_and_nothing_changed_nothing(few, path, tmp_path) -> None:
    first = clioscope.build(path, tmp_path / "atlas", few(60))
    assert calls(first, "facets") == (60, 0)
    before = {name: first.table(name) for name in ("asked", "facets", "clusters", "tree")}
    more = clioscope.build(path, tmp_path / "atlas", few(90))
    fresh, stored = calls(more, "facets")
    assert fresh + stored == 90 and fresh <= 30, "what the second round had asked is known, too"
    asked = [set(table.filter("asked")["conversation"]) for table in (before["asked"], more.table("asked"))]
    assert asked[0] < asked[1]
    fewer = clioscope.build(path, tmp_path / "atlas", few(60))
    assert calls(fewer, "facets", "second", "names")[0] == 0
    for name, table in before.items():
        assert fewer.table(name).equals(table)


def test_a_build_that_stops_in_the_second_round_goes_on(few, path, atlas, tmp_path, monkeypatch) -> None:
    def stop(job):
        raise KeyboardInterrupt

    stopping = [replace(one, make=stop) if one.name == "second" else one for one in STAGES]
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("clioscope.pipeline.build.STAGES", stopping)
        clioscope.build(path, tmp_path / "atlas", few(60))
    whole = clioscope.build(path, tmp_path / "atlas", few(60))
    assert calls(whole, "facets") == (60, 0), "of the first run"
    for name in ("asked", "facets", "clusters", "tree"):
        assert whole.table(name).equals(atlas.table(name))


def test_copies_that_say_the_same_are_asked_once(few, tmp_path) -> None:
    records = make_records(80)
    for number, record in enumerate(make_records(80)[:40]):
        record["messages"][1]["content"] = f"Another answer {number}."
        records.append(record | {"id": f"again{number}"})
    path = write_jsonl(tmp_path / "in.jsonl", records)
    table = clioscope.build(path, tmp_path / "atlas", few(80)).table("asked")
    assert table.height == 120 and sorted(table["weight"].unique()) == [0, 1, 2]
    assert table.filter("asked")["weight"].sum() == 120, "those asked stand for all"
    assert table["stands_for"].value_counts()["count"].sum() == 120
    copies = table.with_row_index().filter(pl.col("stands_for") != pl.col("index"))
    assert copies.height == 40 and copies["weight"].sum() == 0


def test_few_answers_predict_nothing(few, path, tmp_path) -> None:
    atlas = clioscope.build(path, tmp_path / "atlas", few(49))
    assert "weights" not in atlas.manifest["stages"]["predict"] and not list(atlas.path.glob("map_*"))
    assert "grouped by their raw text" in atlas.manifest["notices"][0]
    asked = atlas.table("asked")["asked"].to_numpy()
    texts = atlas.array("texts").astype(np.float32)
    np.testing.assert_array_equal(atlas.plain[~asked], texts[~asked])
    assert (atlas.plain[asked] != texts[asked]).any()


def test_without_a_model_nobody_is_asked(few, path, tmp_path) -> None:
    atlas = clioscope.build(path, tmp_path / "atlas", few(60, model__name="none"))
    assert not atlas.facets["asked"].any() and atlas.manifest["counts"]["asked"] == 0
    assert atlas.manifest["settings"]["facets"]["ask"] is None
    assert atlas.manifest["notices"] == [] and "second" not in atlas.manifest["stages"]
    np.testing.assert_array_equal(atlas.plain, atlas.array("texts").astype(np.float32))


def test_the_screener_is_asked_about_every_conversation(few, path, tmp_path) -> None:
    atlas = clioscope.build(path, tmp_path / "atlas", few(55, facets__screen="Is it about anything at all, yes or no?"))
    assert atlas.manifest["stages"]["screen"]["questions"]["screen"]["asked"] == 240
    kept = atlas.facets.height
    assert 55 < kept < 240 and len(atlas.array("texts")) == kept
    assert atlas.table("asked").height == kept and atlas.table("asked")["asked"].sum() == 55


@pytest.fixture
def silent(monkeypatch):
    """Nobody answers."""

    def refuse(self, *given, **options):
        raise ModelError("Nobody answers.")

    monkeypatch.setattr(module.FakeModel, "__init__", refuse)


def test_assign_needs_no_model(atlas, path, tmp_path, silent) -> None:
    assert atlas.assign(path).table["known"].all()
    fresh = make_records(300)[260:]
    together = atlas.assign(write_jsonl(tmp_path / "new.jsonl", fresh), false_refusals=0).table
    assert together["group"].null_count() == 0 and not together["known"].any()
    alone = atlas.assign(write_jsonl(tmp_path / "one.jsonl", fresh[:1]), false_refusals=0).table
    among = together.filter(pl.col("record") == fresh[0]["id"])
    assert alone.select("group", "name").equals(among.select("group", "name"))
    with pytest.raises(ModelError, match="Nobody"):
        atlas.assign(tmp_path / "new.jsonl", ask="all")


@pytest.mark.parametrize("ask", [7, "all"])
def test_assign_asks_if_it_is_told_to(atlas, tmp_path, ask, monkeypatch) -> None:
    fresh = write_jsonl(tmp_path / "new.jsonl", make_records(300)[260:])
    without = atlas.assign(fresh).table
    made, start = [], module.FakeModel.__init__
    monkeypatch.setattr(module.FakeModel, "__init__", lambda self, *a, **k: made.append(self) or start(self, *a, **k))
    table = atlas.assign(fresh, ask=ask).table
    assert sum(model.calls for model in made) == (40 if ask == "all" else 7)
    assert (table["margin"] != without["margin"]).any()


def test_an_atlas_that_learnt_nothing_asks_about_new_conversations(few, chats, tmp_path, monkeypatch) -> None:
    atlas = clioscope.build(write_jsonl(tmp_path / "in.jsonl", make_records(40)), tmp_path / "atlas", few(None))
    made, start = [], module.FakeModel.__init__
    monkeypatch.setattr(module.FakeModel, "__init__", lambda self, *a, **k: made.append(self) or start(self, *a, **k))
    atlas.assign(write_jsonl(tmp_path / "new.jsonl", make_records(50)[40:]))
    assert sum(model.calls for model in made) == 10


def test_an_atlas_from_before_there_were_tables_of_the_asked_takes_new_conversations(few, tmp_path) -> None:
    made = clioscope.build(write_jsonl(tmp_path / "in.jsonl", make_records(60)), tmp_path / "atlas", few(20))
    fresh = write_jsonl(tmp_path / "new.jsonl", make_records(90)[60:])
    expected = made.assign(fresh, ask="all", false_refusals=0).table.drop("fit")
    for name in ("asked", "answers", "second", "probabilities", "texts", "text_keys", "own", "own_keys"):
        for file in made.path.glob(f"{name}.*"):
            file.unlink()
    made.facets.drop("asked").write_parquet(made.path / "facets.parquet")
    manifest = made.manifest
    del manifest["settings"]["facets"]["ask"]
    (made.path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    old = clioscope.open(made.path)
    assert old.assign(fresh, false_refusals=0).table.drop("fit").equals(expected)
    assert old.vectors.shape[0] == old.members(old.tree["group"][0]).height or old.tree.height > 1
