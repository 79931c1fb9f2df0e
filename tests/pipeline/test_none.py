"""What fits nothing: new conversations get no group, and a build may gather its own."""

import json

import numpy as np
import polars as pl
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.atlas.export import as_json, export
from clioscope.atlas.none import none_groups, outside
from clioscope.atlas.shown import walk
from clioscope.clustering.fit import LEVEL
from clioscope.pipeline.fitting import fit_of

FOREIGN = [
    {"id": f"f{number}", "messages": [{"role": "user", "content": text}]}
    for number, text in enumerate(
        [
            "qzx wvut 8841 gkkr plomf",
            "zzyzx blarg 17 ffnord quux",
            "Jjkw oopq rrst 99 vvwx yyzz",
            "hgf dsa 31 poi uyt rew",
        ]
    )
]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return write_jsonl(tmp_path_factory.mktemp("many") / "chats.jsonl", make_records(200))


@pytest.fixture
def atlas(many, fake, tmp_path):
    return clioscope.build(many, tmp_path / "atlas", fake)


def test_a_conversation_of_another_kind_gets_no_group(atlas, tmp_path):
    own = make_records(280, seed=5)[200:]
    found = atlas.assign(write_jsonl(tmp_path / "new.jsonl", own + FOREIGN))
    table = found.table.with_columns(foreign=pl.col("record").str.starts_with("f"))
    members, foreign = (table.filter(pl.col("foreign") == which) for which in (False, True))
    assert not foreign["fits"].any() and (foreign["fit"] <= LEVEL).all()
    assert foreign["group"].null_count() == foreign["name"].null_count() == foreign["margin"].null_count() == 4
    assert set(foreign["nearest"]) <= set(atlas.manifest["base_groups"])
    assert members["fits"].mean() >= 0.9 and members.filter("fits")["nearest"].null_count() == members["fits"].sum()
    assert found.nothing == table.filter(~pl.col("fits"))["conversation"].n_unique()


def test_the_level_can_be_set_and_switched_off(atlas, tmp_path):
    path = write_jsonl(tmp_path / "new.jsonl", make_records(230, seed=5)[200:] + FOREIGN)
    off, half = atlas.assign(path, false_refusals=0).table, atlas.assign(path, false_refusals=0.5).table
    assert off["fits"].all() and off["group"].null_count() == 0 and off["nearest"].null_count() == off.height
    assert off["fit"].to_list() == half["fit"].to_list()
    assert half["fits"].to_list() == (half["fit"] > 0.5).to_list()
    for level in (-0.1, 1.0):
        with pytest.raises(ValueError, match="false_refusals must be"):
            atlas.assign(path, false_refusals=level)


def test_an_older_atlas_is_calibrated_at_the_first_use(atlas, tmp_path):
    path = write_jsonl(tmp_path / "new.jsonl", make_records(230, seed=5)[200:] + FOREIGN)
    before = atlas.assign(path).table
    for name in ("fit", "fit_rows"):
        (atlas.path / f"{name}.npy").unlink()
    assert clioscope.open(atlas.path).assign(path).table.equals(before)
    assert (atlas.path / "fit.npy").exists()
    np.save(atlas.path / "fit.npy", atlas.array("fit")[:, :3])  # as the first version of the test left it
    assert clioscope.open(atlas.path).assign(path).table.equals(before)
    for name in ("fit", "fit_rows", "texts"):  # as version 0.1.0 left it
        (atlas.path / f"{name}.npy").unlink()
    table = clioscope.open(atlas.path).assign(path).table
    assert table["fit"].null_count() == 0
    (atlas.path / "plain.npy").unlink()
    assert fit_of(clioscope.open(atlas.path)) is None


def test_known_conversations_keep_their_group_whatever_their_fit(atlas, many):
    table = atlas.assign(many, false_refusals=0.5).table
    assert table["known"].all() and table["fits"].all() and table["fit"].null_count() == table.height


@pytest.fixture
def gathered(many, fake, tmp_path):
    records = make_records(200) + FOREIGN
    path = write_jsonl(tmp_path / "chats.jsonl", records)
    settings = fake.model_copy(update={"clustering": fake.clustering.model_copy(update={"set_apart": 0.1})})
    return clioscope.build(path, tmp_path / "gathered", settings)


def test_a_build_gathers_what_fits_nothing_in_one_group_at_the_end(gathered):
    tree = gathered.tree
    (group,) = none_groups(tree)
    row = tree.filter(pl.col("group") == group).row(0, named=True)
    assert row["level"] == 0 and row["parent"] is None and row["mixed"] and row["name"] == "Fits no other group"
    assert row["action"] in ("accepted", "unaudited") and row["raw_name"] if "raw_name" in row else True
    assert gathered.manifest["base_groups"][-1] == group and tree["none"].sum() == 1
    assert list(walk(gathered))[-1] == (group, 0)
    assert group not in set(tree["parent"])
    members = gathered.clusters.filter(pl.col("group") == group)
    assert 0 < members.height <= 0.1 * gathered.clusters.height and (members["margin"] <= 0).all()
    assert outside(gathered).sum() == members.height and members["none"].all()
    records = gathered.occurrences.join(members, on="conversation")["record"]
    assert set(records) >= {"f0", "f1", "f2", "f3"}
    top = tree.filter(pl.col("parent").is_null())
    assert top["count"].sum() == gathered.conversations["count"].sum()
    assert len(gathered.centroids) == len(gathered.manifest["base_groups"])


def test_nothing_is_assigned_to_the_group_of_what_fits_nothing(gathered, tmp_path):
    (group,) = none_groups(gathered.tree)
    again = [
        dict(one, id=f"n{one['id']}", messages=[*one["messages"], {"role": "assistant", "content": "So."}])
        for one in FOREIGN
    ]
    for level in (0, 0.05):
        table = gathered.assign(write_jsonl(tmp_path / "new.jsonl", again), false_refusals=level).table
        assert not table["known"].any()
        assert group not in table["group"].to_list() + table["nearest"].to_list()
    known = gathered.assign(write_jsonl(tmp_path / "old.jsonl", FOREIGN)).table
    assert set(known["group"]) == {group} and not known["fits"].any()


def test_exports_and_published_copies_show_it_last(gathered, fake, tmp_path):
    (group,) = none_groups(gathered.tree)
    nodes = json.loads(as_json(gathered))["groups"]
    assert nodes[-1]["group"] == group and nodes[-1]["none"] and not any(node["none"] for node in nodes[:-1])
    text = export(gathered, tmp_path / "report.md").read_text(encoding="utf-8")
    assert "conversations fit no group." in text
    assert text.index("**Fits no other group**") > max(
        text.index(f"**{name}**") for name in gathered.tree.filter(~pl.col("none"))["name"].head(3)
    )
    privacy = fake.privacy.model_copy(update={"min_conversations": 2, "min_users": 1, "each_a_user": True})
    published = clioscope.publish(gathered, tmp_path / "public", privacy)
    if group in published.tree["group"].to_list():
        assert none_groups(published.tree) == [group] and list(walk(published))[-1][0] == group


def test_an_ordinary_build_has_no_such_group(atlas):
    assert none_groups(atlas.tree) == [] and not atlas.clusters["none"].any()
    assert np.isfinite(atlas.array("fit")).all()
    assert '"none": false' in as_json(atlas)


def test_a_foreign_batch_on_one_subject_becomes_a_candidate(clinc_there, fake, tmp_path):
    from clioscope.experiments.data import clinc150

    data = clinc150("test", 13, 30)
    planted = data.classes.index("accept_reservations")
    rows = [
        {"id": f"{code}/{number}", "messages": [{"role": "user", "content": text}]}
        for number, (text, code) in enumerate(zip(data.texts, data.truth.tolist(), strict=True))
    ]
    own = [row for row in rows if not row["id"].startswith(f"{planted}/")]
    new = [row for row in rows if row["id"].startswith(f"{planted}/")]
    settings = fake.model_copy(update={"model": fake.model.model_copy(update={"name": None})})
    before = clioscope.build(write_jsonl(tmp_path / "old.jsonl", own), tmp_path / "atlas", settings)
    after = clioscope.update(before, write_jsonl(tmp_path / "new.jsonl", new), tmp_path / "after")
    candidate = after.tree.filter("candidate")
    assert 1 <= candidate.height <= 2 and candidate["conversations"].max() >= 0.7 * len(new)
    assert after.manifest["updates"][0]["unfitting"] >= 0.9 * len(new)
