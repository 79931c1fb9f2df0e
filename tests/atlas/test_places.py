"""Where conversations, and published groups, lie on the map."""

import shutil

import clioscope
from clioscope.atlas.places import has_places, places_of
from clioscope.settings import PrivacySettings


def test_a_row_is_a_conversation_with_its_place(finished) -> None:
    rows = places_of(finished)
    assert rows.select("conversation", "group").equals(finished.clusters.select("conversation", "group"))
    assert rows.select("conversation", "x", "y").equals(finished.layout.select("conversation", "x", "y"))


def test_a_published_atlas_has_places_and_sizes_of_its_smallest_groups(finished, tmp_path) -> None:
    copy = clioscope.publish(finished, tmp_path / "copy", PrivacySettings(min_conversations=4, min_users=2))
    rows, tree = places_of(copy), copy.tree
    assert has_places(copy)
    assert set(rows["group"]) == set(tree["group"]) - set(tree["parent"].drop_nulls())
    counts = tree.join(rows.select("group"), on="group")["count"]
    assert sorted(rows["size"]) == sorted(counts / counts.max())


def test_an_atlas_without_a_map_has_no_places(finished, tmp_path) -> None:
    copy = shutil.copytree(finished.path, tmp_path / "atlas")
    (copy / "layout.parquet").unlink()
    bare = clioscope.open(copy)
    assert not has_places(bare) and places_of(bare).is_empty()
