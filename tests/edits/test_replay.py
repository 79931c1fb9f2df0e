"""Edits over other builds: rebuilt in place, with more data, with groups that are gone."""

import json
import shutil
from contextlib import suppress

import polars as pl
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.atlas.files import write_table
from clioscope.edits.replay import replay
from clioscope.settings import Settings


def row(atlas, group):
    return atlas.tree.row(by_predicate=pl.col("group") == group, named=True)


def test_a_rebuild_in_place_keeps_the_edits(tmp_path, fake):
    fake = Settings.model_validate(fake.model_dump() | {"clustering": {"method": "kmeans", "clusters": 8}})
    chats = write_jsonl(tmp_path / "chats.jsonl", make_records(60))
    atlas = clioscope.build(chats, tmp_path / "atlas", fake)
    base = atlas.tree.filter(pl.col("level") == 0)["group"].to_list()
    editor = atlas.edit
    editor.rename(base[0], "Мой выбор", vouch=True)
    edited = editor.merge(base[1:3], "Two in one", vouch=True)
    [made] = [group for group in edited.tree["group"] if group not in set(atlas.tree["group"])]
    again = clioscope.build(chats, tmp_path / "atlas", fake)
    assert again.tree.equals(edited.tree)
    write_jsonl(chats, make_records(66))
    grown = clioscope.build(chats, tmp_path / "atlas", fake)
    assert grown.manifest["counts"]["conversations"] == 66
    states = [one["state"] for one in grown.edit.history()]
    if states == ["applied", "applied"]:
        assert row(grown, base[0])["name"] == "Мой выбор" and row(grown, made)["name"] == "Two in one"
    else:  # the groups were others: then it is said of each
        assert all(one["why"] for one in grown.edit.history() if one["state"] == "no longer applies")


def test_an_update_keeps_the_edits(atlas, families, tmp_path):
    edited = atlas.edit.rename(families[0][0], "Named by hand", vouch=True)
    edited = edited.edit.hide(families[1][0])
    after = clioscope.update(edited, write_jsonl(tmp_path / "new.jsonl", make_records(88)[80:]))
    assert after.built.manifest["counts"]["conversations"] == 88
    assert row(after, families[0][0])["name"] == "Named by hand"
    assert families[1][0] not in set(after.tree["group"]) and after.manifest["counts"]["hidden_groups"] == 1
    assert row(after.built, families[1][0])


def test_edits_of_a_lost_group_go_to_its_only_successor(atlas, families, tmp_path):
    lost, new, other = "g000000000001", families[0][0], families[0][1]
    lines = [
        {"id": "a1", "at": "2026-01-01T00:00:00+00:00", "author": "ann", "op": "rename", "group": lost, "name": "Kept"},
        {"id": "a2", "at": "2026-01-01T00:00:00+00:00", "author": "ann", "op": "note", "group": "g2", "text": "Lost"},
        {"id": "a3", "at": "2026-01-01T00:00:00+00:00", "author": "ann", "op": "note", "group": "g3", "text": "Split"},
    ]
    lines[0]["vouch"] = True
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (atlas.path / "edits.jsonl").write_text(text + "no line\n" + '{"id": "x", "op": "fly"}\n')
    lineage = pl.DataFrame(
        {
            "group": [new, other, None],
            "before": [[lost, new], [other], ["g3"]],
            "after": [[], [], [new, other]],
        }
    )
    write_table(atlas.path / "lineage.parquet", lineage)
    after = replay(atlas.path)
    assert row(after, new)["name"] == "Kept"
    rows = after.edit.history()
    assert [one["state"] for one in rows[:3]] == ["applied", "no longer applies", "no longer applies"]
    assert "group g2 is gone" in rows[1]["why"]
    assert [one["why"] for one in rows[3:]] == ["line 4 is no JSON", "line 5 lacks at, author"]
    written = (atlas.path / "edits.jsonl").read_text()
    assert written.startswith(text) and json.loads(written.splitlines()[-1]) | {"id": "", "at": ""} == {
        **{"id": "", "at": "", "author": "clioscope", "op": "follow"},
        "group": lost,
        "to": new,
    }
    (atlas.path / "lineage.parquet").unlink()  # of a build after that one
    replay(atlas.path)
    assert (atlas.path / "edits.jsonl").read_text() == written
    assert row(clioscope.open(atlas.path), new)["name"] == "Kept"


def test_a_pinned_group_keeps_id_and_name_whatever_moves(atlas, families, tmp_path):
    group = families[0][0]
    before = atlas.edit.pin(group)
    name = row(atlas, group)["name"]
    # another build: the group has another id and another name, and a part of it has gone elsewhere
    new, other = "g00000000000a", families[0][1]
    tree = atlas.built.tree.with_columns(pl.col("group").replace({group: new}))
    tree = tree.with_columns(name=pl.when(pl.col("group") == new).then(pl.lit("Renamed")).otherwise("name"))
    write_table(atlas.path / "tree.parquet", tree)
    write_table(
        atlas.path / "clusters.parquet", atlas.built.clusters.with_columns(pl.col("group").replace({group: new}))
    )
    manifest = json.loads((atlas.path / "manifest.json").read_text())
    manifest["base_groups"] = [new if one == group else one for one in manifest["base_groups"]]
    (atlas.path / "manifest.json").write_text(json.dumps(manifest))
    lineage = {"group": [new, other], "before": [[group], [group, other]], "after": [[], []], "common": [5, 2]}
    write_table(atlas.path / "lineage.parquet", pl.DataFrame(lineage))
    after = replay(atlas.path)
    assert row(after, group) == row(before, group) | {"edited": True}
    assert (row(after, group)["name"], row(after, group)["action"]) == (name, row(atlas, group)["action"])
    assert new not in {*after.tree["group"], *after.clusters["group"], *after.manifest["base_groups"]}
    assert row(after.edit.pin(group, on=False), group)["name"] == "Renamed"


def test_parts_of_a_split_keep_their_ids_where_members_change(atlas, tmp_path):
    group = atlas.tree.filter(pl.col("level") == 0)["group"][0]
    first = atlas.edit.split(group, 2)
    parts = [one for one in first.tree["group"] if one not in set(atlas.tree["group"])]
    second = atlas.edit.rename(parts[0], "The first part", vouch=True)
    held = set(second.members(parts[0])["conversation"])
    # the build puts some conversations elsewhere: the parts are still told apart by those that they have in common
    clusters = atlas.built.clusters
    moved = set(list(held)[:1])
    other = atlas.built.manifest["base_groups"].index(
        atlas.tree.filter((pl.col("level") == 0) & (pl.col("group") != group))["group"][0]
    )
    at = clusters["conversation"].is_in(list(moved))
    changed = clusters.with_columns(
        label=pl.when(at).then(other).otherwise("label").cast(clusters.schema["label"]),
        group=pl.when(at).then(pl.lit(atlas.built.manifest["base_groups"][other])).otherwise("group"),
    )
    write_table(atlas.path / "clusters.parquet", changed)
    after = replay(atlas.path)
    assert row(after, parts[0])["name"] == "The first part"
    assert len(held & set(after.members(parts[0])["conversation"])) >= len(held) - 2


def test_a_layer_of_another_build_does_not_count(atlas, families):
    atlas.edit.rename(families[0][0], "Mine", vouch=True)
    manifest = json.loads((atlas.path / "manifest.json").read_text())
    (atlas.path / "manifest.json").write_text(json.dumps(manifest | {"finished": "2030-01-01T00:00:00+00:00"}))
    assert clioscope.open(atlas.path).tree.equals(atlas.tree)
    replay(atlas.path)
    assert row(clioscope.open(atlas.path), families[0][0])["name"] == "Mine"


def test_an_atlas_without_texts_can_be_merged_and_split_too(tmp_path):
    settings = Settings.model_validate(
        {
            "model": {"name": None},
            "embedding": {"model": "hash"},
            "layout": {"method": "pca"},
            "clustering": {"method": "kmeans", "clusters": 6},
        }
    )
    chats = write_jsonl(tmp_path / "chats.jsonl", make_records(60))
    atlas = clioscope.build(chats, tmp_path / "atlas", settings)
    chats.unlink()
    base = atlas.tree.filter(pl.col("level") == 0)["group"].to_list()
    merged = atlas.edit.merge(base[:2])
    [made] = [group for group in merged.tree["group"] if group not in set(atlas.tree["group"])]
    after = merged.edit.split(made, 2)
    assert after.tree["name"].n_unique() == after.tree.height
    assert after.tree.filter(pl.col("name") == "").is_empty()


def test_two_editors_do_not_edit_at_once(atlas, families, tmp_path):
    from clioscope.edits.log import editing
    from clioscope.errors import AtlasError

    with editing(atlas.path), pytest.raises(AtlasError, match="being edited by another process"):
        atlas.edit.pin(families[0][0])
    shutil.rmtree(atlas.path / "edited", ignore_errors=True)
    assert not (atlas.path / "edits.jsonl").exists()


def test_what_a_build_has_merged_itself_is_the_merged_group(atlas, families):
    kept, lost = families[0][0], "g000000000001"
    lines = [
        {"id": "a1", "op": "merge", "groups": [kept, lost], "name": "As one", "vouch": True, "called": ["One", "Two"]},
        {"id": "a2", "op": "follow", "group": lost, "to": kept},
    ]
    said = {"at": "2026-01-01T00:00:00+00:00", "author": "ann"}
    (atlas.path / "edits.jsonl").write_text("".join(json.dumps(line | said) + "\n" for line in lines))
    after = replay(atlas.path)
    [made] = set(after.tree["group"]) - set(atlas.tree["group"])
    assert row(after, made)["name"] == "As one" and kept not in set(after.tree["group"])
    assert set(after.members(made)["conversation"]) == set(atlas.members(kept)["conversation"])
    assert after.edit.history()[0]["state"] == "applied"


def test_a_group_that_an_edit_made_keeps_its_name_when_it_grows(atlas, families, tmp_path):
    edited = atlas.edit.merge(families[0][:2])
    [made] = set(edited.tree["group"]) - set(atlas.tree["group"])
    after = clioscope.update(edited, write_jsonl(tmp_path / "new.jsonl", make_records(88)[80:]))
    assert row(after, made)["name"] == row(edited, made)["name"]
    changes = clioscope.changes(after)
    assert set(changes["group"].drop_nulls()) == set(after.tree["group"])
    assert changes.filter(pl.col("group") == made)["name"].item() == row(edited, made)["name"]


@pytest.mark.parametrize("undone", [False, True])
@pytest.mark.parametrize("at", range(6))
def test_an_edit_that_is_killed_leaves_the_layer_before_or_the_one_after(atlas, families, monkeypatch, at, undone):
    """Killed before each change of a folder in turn; an undo of the only edit leaves no layer."""
    from clioscope.edits import replay as module

    group = families[0][0]
    edited = atlas.edit.rename(group, "One", vouch=True)
    allowed = {row(atlas, group)["name"], "One"} if undone else {"One", "Two"}
    changes = []

    class Killed(BaseException):
        pass

    def counted(real):
        def change(*given):
            changes.append(given)
            if len(changes) == at + 1:
                raise Killed
            return real(*given)

        return change

    with monkeypatch.context() as patch:
        for name in ("begin_work", "end_work"):
            patch.setattr(module, name, counted(getattr(module, name)))
        patch.setattr(module.os, "rename", counted(module.os.rename))
        with suppress(Killed):
            edited.edit.undo() if undone else edited.edit.rename(group, "Two", vouch=True)
    seen = clioscope.open(atlas.path)
    assert row(seen, group)["name"] in allowed
    if any("edited.old" in str(given[-1]) and "edited" in str(given[0]) and len(given) == 2 for given in changes[:-1]):
        assert row(seen, group)["name"] in allowed - {"One"}, "the next layer was whole when the last was put aside"
    after = seen.edit.note(group, "and on")
    assert row(after, group)["note"] == "and on" and row(after, group)["name"] in allowed - {"One"}
    assert sorted(path.name for path in atlas.path.glob("edited*")) == ["edited", "edits.jsonl"][:1]
