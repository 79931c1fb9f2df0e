"""Publishing an edited atlas: what a model made for an edit is counted, what the analyst wrote is not."""

import polars as pl
import pytest

import clioscope
from clioscope.edits import labels
from clioscope.privacy.public_names import TABLE
from clioscope.privacy.word_count import MOST
from clioscope.settings import PrivacySettings

LOW = PrivacySettings(min_conversations=2, min_users=2, rounding=1, word_users=3)


def counted(atlas, group):
    return atlas.table(TABLE).row(by_predicate=pl.col("group") == group, named=True)


def published(atlas, folder):
    """The names and descriptions of a copy, as one text."""
    tree = clioscope.publish(atlas, folder / "public", LOW, unaudited=True).tree
    return " ".join(map(str, tree.select("name", "description").rows()))


def merged(atlas, pair):
    before = set(atlas.tree["group"])
    after = atlas.edit.merge(pair)
    [group] = set(after.tree["group"]) - before
    return after, group


def test_a_name_that_a_model_made_for_an_edit_is_counted(atlas, families, tmp_path, monkeypatch):
    made = labels.new_labels

    def obeying(*given):
        return {group: one._replace(name="Lupus letters") for group, one in made(*given).items()}

    monkeypatch.setattr(labels, "new_labels", obeying)
    after, group = merged(atlas, families[0][:2])
    assert "Lupus letters" in after.tree["name"].to_list()
    row = counted(after, group)
    assert row["people"] == 0 and "lupus" not in str(row["spare_name"]).lower()
    assert "lupus" not in published(after, tmp_path).lower()


def test_the_name_of_a_merged_group_that_its_people_wrote_is_published(atlas, families, tmp_path):
    after, group = merged(atlas, families[0][:2])
    row = counted(after, group)
    name = after.tree.filter(pl.col("group") == group)["name"].item()
    assert row["name"] == name and (row["people"] >= 3 or row["spare_name"] is not None or row["people"] < 7)
    assert set(atlas.table(TABLE)["group"]) - set(families[0][:2]) <= set(after.table(TABLE)["group"])


def test_what_the_analyst_wrote_stands_and_what_a_model_wrote_beside_it_is_counted(atlas, families, tmp_path):
    group, other = families[0][:2]
    after = atlas.edit.rename(group, "Questions of novices")
    assert counted(after, group)["spare_name"] in (None, "Questions of novices")
    after = after.edit.describe(group, "Users ask for odd advice.")
    after = after.edit.rename(other, "Baffled newcomers", description="Users feel baffled.")
    assert counted(after, group)["people"] == counted(after, other)["people"] == MOST
    said = published(after, tmp_path)
    assert "Questions of novices" in said and "Baffled newcomers" in said and "odd advice" in said


def test_a_description_that_fails_beside_the_analysts_name_is_replaced_alone(atlas, families, tmp_path):
    group = families[0][0]
    tree = pl.read_parquet(atlas.path / "tree.parquet")
    text = pl.when(pl.col("group") == group).then(pl.lit("Users have lupus.")).otherwise("description")
    tree.with_columns(description=text).write_parquet(atlas.path / "tree.parquet")
    after = clioscope.open(atlas.path).edit.rename(group, "Questions of novices")
    row = counted(after, group)
    assert row["people"] == 0 and row["spare_name"] == "Questions of novices" and row["spare_description"]
    said = published(after, tmp_path)
    assert "Questions of novices" in said and "lupus" not in said


@pytest.mark.parametrize("op", ["pin", "note"])
def test_edits_that_change_no_name_leave_the_counts(atlas, families, op):
    group = families[0][0]
    after = atlas.edit.pin(group) if op == "pin" else atlas.edit.note(group, "look at this")
    assert after.table(TABLE).sort("group").equals(atlas.table(TABLE).sort("group"))
