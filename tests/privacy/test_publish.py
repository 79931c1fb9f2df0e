"""A published atlas holds aggregates only."""

import json

import polars as pl
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.errors import AtlasError
from clioscope.privacy.thresholds import too_small
from clioscope.settings import PrivacySettings

LOW = PrivacySettings(min_conversations=5, min_users=3)


@pytest.fixture
def atlas(chats, fake, tmp_path):
    return clioscope.build(chats, tmp_path / "atlas", fake)


def test_nothing_about_one_conversation_is_in_it(atlas, tmp_path):
    published = clioscope.publish(atlas, tmp_path / "public", LOW)
    assert sorted(path.name for path in (tmp_path / "public").iterdir()) == [
        "facet_counts.parquet",
        "manifest.json",
        "tree.parquet",
    ]
    whole = b"".join(path.read_bytes() for path in (tmp_path / "public").iterdir())
    texts = json.dumps(published.tree.to_dicts()) + json.dumps(published.manifest)
    for conversation in atlas.conversations["conversation"]:
        assert conversation.encode() not in whole
        assert conversation not in texts
    assert str(tmp_path) not in json.dumps(published.manifest)
    assert published.tree["count"].min() >= 5
    assert published.facet_counts["count"].min() >= 5
    with pytest.raises(AtlasError, match="aggregates only"):
        published.facets  # noqa: B018


def test_counts_of_what_is_withheld_are_said(atlas, tmp_path):
    counts = clioscope.publish(atlas, tmp_path / "public", LOW).manifest["counts"]
    assert counts["groups"] + counts["withheld"] == atlas.tree.height
    assert counts["withheld"] == counts["withheld_small"] + counts["withheld_audit"]


def test_thresholds_count_users_and_unknown_users_as_told():
    tree = pl.DataFrame({"count": [4, 9, 9, 9], "users": [4, 2, 3, 0], "anonymous": [0, 0, 0, 9]})
    each = too_small(tree, LOW).to_list()
    assert each == ["fewer than 5 conversations", "fewer than 3 users", None, None]
    strict = too_small(tree, LOW.model_copy(update={"unknown_users": "one"})).to_list()
    assert strict[3] == "fewer than 3 users"


def test_nothing_to_publish_and_an_existing_folder_are_one_sentence(atlas, tmp_path, fake):
    with pytest.raises(AtlasError, match="nothing to publish"):
        clioscope.publish(atlas, tmp_path / "public", PrivacySettings(min_conversations=1000))
    assert not (tmp_path / "public").exists()
    with pytest.raises(AtlasError, match="exists already"):
        clioscope.publish(atlas, atlas.path)


def test_withheld_names_are_not_published(fake, tmp_path):
    chats = write_jsonl(tmp_path / "in.jsonl", make_records(40))
    settings = fake.model_copy(update={"model": fake.model.model_copy(update={"name": "fake:nonsense"})})
    atlas = clioscope.build(chats, tmp_path / "silent", settings)
    with pytest.raises(AtlasError, match="nothing to publish"):
        clioscope.publish(atlas, tmp_path / "public", LOW)
