"""New conversations into an existing atlas."""

import polars as pl
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.errors import AtlasError


def test_known_conversations_get_their_stored_group_and_new_ones_their_neighbours(chats, fake, tmp_path):
    atlas = clioscope.build(chats, tmp_path / "atlas", fake)
    known = atlas.assign(chats).table
    stored = atlas.clusters.select("conversation", "group")
    assert known["known"].all()
    assert known.select("conversation", "group").sort("conversation").equals(stored.sort("conversation"))

    fresh = make_records(100, seed=5)[60:]
    together = atlas.assign(write_jsonl(tmp_path / "new.jsonl", fresh)).table
    assert not together["known"].any()
    topic = {f"r{number}": number % 5 for number in range(100)}
    held = (
        atlas.occurrences.join(stored, on="conversation")
        .with_columns(pl.col("record").replace_strict(topic).alias("topic"))
        .group_by("group")
        .agg(pl.col("topic").mode().first())
    )
    right = together.join(held, on="group").with_columns(pl.col("record").replace_strict(topic).alias("truth"))
    assert (right["topic"] == right["truth"]).mean() >= 0.9

    alone = atlas.assign(write_jsonl(tmp_path / "one.jsonl", fresh[:1])).table.row(0, named=True)
    among = together.filter(pl.col("record") == fresh[0]["id"]).row(0, named=True)
    assert alone["group"] == among["group"]
    assert alone["margin"] == pytest.approx(among["margin"], abs=1e-6)


def test_a_published_atlas_takes_nothing(chats, fake, tmp_path):
    atlas = clioscope.build(chats, tmp_path / "atlas", fake)
    published = clioscope.publish(
        atlas, tmp_path / "public", fake.privacy.model_copy(update={"min_conversations": 3, "min_users": 2})
    )
    with pytest.raises(AtlasError, match="published"):
        published.assign(chats)
