"""Forgetting in atlases of every kind: segments, edits, groups that vanish, input that is gone."""

import polars as pl
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.errors import AtlasError
from clioscope.files.search import Searcher

USER = "user-zephyrine"


def hers(numbers) -> list[dict]:
    records = make_records(60)
    for number in numbers:
        records[number]["user_id"] = USER
        records[number]["id"] = f"zephyrine-{number}"
        records[number]["messages"][0]["content"] += f" Regards, Zephyrine Quillfeather{number}."
    return records


def built(tmp_path, fake, records, **more):
    settings = fake.model_copy(update=more)
    return clioscope.build(write_jsonl(tmp_path / "chats.jsonl", records), tmp_path / "atlas", settings)


def check(atlas, gone: int) -> None:
    count = atlas.facets.height
    assert len(atlas.vectors) == atlas.clusters.height == count
    assert set(atlas.built.clusters["group"]) == set(atlas.built.manifest["base_groups"])
    sizes = atlas.membership.group_by("group").len()
    assert set(sizes["group"]) == set(atlas.tree["group"])
    assert Searcher(["Zephyrine", USER, "zephyrine-7"]).in_folder(atlas.path) == []
    assert atlas.occurrences["record"].str.starts_with("zephyrine-").sum() == 0
    assert gone > 0


def test_segments(tmp_path, fake):
    records = hers((7, 22))
    for record in records:
        more = {"role": "user", "content": "And now to another matter: which trains go to the mountains in winter?"}
        record["messages"] += [more, {"role": "assistant", "content": "Several."}]
    segments = fake.segments.model_copy(update={"split": True})
    atlas = built(tmp_path, fake, records, segments=segments)
    before = atlas.table("segments")
    done = clioscope.forget(atlas, user=USER)
    left = done.atlas.table("segments")
    assert left["conversation"].n_unique() == before["conversation"].n_unique() - 2
    assert done.atlas.tree["weight"].is_not_null().all() and done.traces == []
    check(done.atlas, done.conversations)


def test_an_edited_atlas(tmp_path, fake):
    atlas = built(tmp_path, fake, hers((7, 22, 37)))
    base = atlas.tree.filter(pl.col("level") == 0).sort("count", descending=True)["group"].to_list()
    atlas = atlas.edit.merge(base[:2])
    merged = [group for group in atlas.tree["group"] if group not in atlas.built.tree["group"]]
    moved = atlas.occurrences.filter(pl.col("record") == "zephyrine-7")["conversation"].to_list()
    stays = atlas.clusters.filter(pl.col("conversation") != moved[0])["conversation"][0]
    target = next(group for group in base[2:] if group in atlas.tree["group"])
    atlas = atlas.edit.move_conversations([*moved, stays], target)
    done = clioscope.forget(atlas, user=USER)
    assert done.traces == []
    assert set(merged) <= set(done.atlas.tree["group"]), "what the analyst did stays"
    [move] = [one for one in done.atlas.edit.history() if one["op"] == "move"]
    assert move["details"]["conversations"] == [stays]
    check(done.atlas, done.conversations)


def test_a_group_of_nobody_else_is_gone(tmp_path, fake):
    records = make_records(60)
    for number in range(0, 60, 5):  # all about bread
        records[number] |= {"user_id": USER, "id": f"zephyrine-{number}"}
        records[number]["messages"][0]["content"] = f"Zephyrine Quillfeather asks about orchids {number} in a pot"
    clustering = fake.clustering.model_copy(update={"method": "kmeans", "clusters": 5})
    atlas = built(tmp_path, fake, records, clustering=clustering)
    done = clioscope.forget(atlas, user=USER)
    assert len(done.atlas.manifest["base_groups"]) < 5
    assert done.traces == [] and len(done.atlas.centroids) == len(done.atlas.manifest["base_groups"])
    check(done.atlas, done.conversations)


def test_without_a_model_and_without_transcripts(tmp_path, fake):
    settings = {"model": fake.model.model_copy(update={"name": None})}
    atlas = built(tmp_path, fake, hers((7,)), **settings)
    done = clioscope.forget(atlas, user=USER)
    assert done.traces == [] and done.records == 1
    check(done.atlas, done.conversations)


def test_when_the_input_is_gone(tmp_path, fake):
    atlas = built(tmp_path, fake, hers((7, 22)))
    (tmp_path / "chats.jsonl").unlink()
    with pytest.raises(AtlasError, match="are gone"):
        clioscope.forget(atlas, user=USER)
    for number in (7, 22):
        done = clioscope.forget(atlas.path, conversation=f"zephyrine-{number}")
        assert done.traces == []
    check(done.atlas, done.conversations)


def test_the_last_conversation_is_not_forgotten_but_the_folder(tmp_path, fake):
    records = make_records(2)
    atlas = built(tmp_path, fake, [records[0]])
    with pytest.raises(AtlasError, match="nothing would be left"):
        clioscope.forget(atlas, conversation="r0")
    assert clioscope.open(atlas.path).facets.height == 1
