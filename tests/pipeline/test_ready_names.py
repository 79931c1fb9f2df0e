"""Ready-made names in a build: what the stage ``distinct`` keeps of them, and what a published copy shows."""

import polars as pl
import pytest

import clioscope
from clioscope.embedding.hashing import HashEmbedder
from clioscope.embedding.registry import embedders
from clioscope.naming.ready import ready_names
from clioscope.settings import PrivacySettings

TABLE = "ready_names"


@pytest.fixture
def build(chats, fake, tmp_path, monkeypatch):
    """Builds an atlas with an encoder of words that passes for one of meanings, so that it has ready-made names. No
    name of the model passes the count of words, since each quotes one conversation."""
    monkeypatch.setitem(embedders._parts, "words", lambda settings: HashEmbedder(512))

    def made(**naming):
        changed = {
            "embedding": fake.embedding.model_copy(update={"model": "words"}),
            "naming": fake.naming.model_copy(update=naming),
        }
        return clioscope.build(chats, tmp_path / "atlas", fake.model_copy(update=changed))

    return made


def published(atlas, folder):
    settings = PrivacySettings(min_conversations=2, min_users=2, rounding=1)
    return clioscope.publish(atlas, folder, settings, each_a_user=True).tree["name"].to_list()


def test_a_published_copy_has_ready_made_names_for_those_that_fail(build, tmp_path):
    atlas = build()
    shown = published(atlas, tmp_path / "public")
    assert {"Plan trips", "Write Excel formulas"} <= set(shown)
    assert not set(atlas.tree["name"]) & set(ready_names("English")), "the atlas itself keeps the model's names"
    taken = [name for name in shown if name in ready_names("English")]
    assert len(taken) == len(set(taken))
    assert not (tmp_path / "public" / f"{TABLE}.parquet").exists()


def test_how_many_people_are_behind_a_ready_made_name(build):
    atlas = build()
    sizes = dict(atlas.tree.select("group", "count").iter_rows())
    kept = atlas.table(TABLE).explode("names", "people")
    assert kept.height and set(kept["group"]) <= set(sizes)
    assert all(0 < people <= sizes[group] for group, people in kept.select("group", "people").iter_rows())
    spare = atlas.table("public_names").filter(pl.col("spare_name") == "Write Excel formulas")
    [behind] = spare["spare_people"]
    assert 7 <= behind <= sizes[spare["group"].item()]


def test_turned_off_there_are_none(build, tmp_path):
    atlas = build(ready_names="never")
    assert atlas.table(TABLE).is_empty()
    assert not set(published(atlas, tmp_path / "public")) & set(ready_names("English"))


def test_forgetting_removes_them(build):
    atlas = build()
    clioscope.forget(atlas.path, conversation=atlas.occurrences["record"][0])
    assert not (atlas.path / f"{TABLE}.parquet").exists()
