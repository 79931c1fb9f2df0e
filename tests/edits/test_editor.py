"""What each operation does to the groups, and that the layer is whole."""

import json
import re

import numpy as np
import polars as pl
import pytest

import clioscope
from clioscope import naming
from clioscope.atlas.export import as_json, export, markdown
from clioscope.atlas.shown import walk
from clioscope.edits import labels
from clioscope.edits.replay import replay
from clioscope.errors import AtlasError
from clioscope.explorer.container import unpack
from clioscope.explorer.view import make_view
from clioscope.recognisers import Found
from clioscope.recognisers.writers import Writers


def row(atlas, group):
    return atlas.tree.row(by_predicate=pl.col("group") == group, named=True)


def only_new(before, after):
    return [group for group in after.tree["group"] if group not in set(before.tree["group"])]


def whole(atlas):
    """All sizes of the tree fit its members, and parents their children."""
    members = atlas.membership.group_by("group").agg(pl.len().alias("n"), pl.col("count").sum())
    joined = atlas.tree.join(members, on="group", how="left", suffix="_of")
    assert (joined["conversations"] == joined["n"]).all()
    assert (joined["count"] == joined["count_of"]).all()
    inner = atlas.tree.filter(pl.col("parent").is_not_null()).group_by("parent").agg(pl.col("count").sum())
    above = atlas.tree.join(inner, left_on="group", right_on="parent", how="inner", suffix="_in")
    assert (above["count"] == above["count_in"]).all()
    users = atlas.membership.join(atlas.occurrences.select("conversation", "user"), on="conversation")
    people = dict(users.group_by("group").agg(pl.col("user").n_unique()).iter_rows())
    assert dict(atlas.tree.select("group", "users").iter_rows()) == people
    assert len(atlas.centroids) == len(atlas.manifest["base_groups"]) == atlas.clusters["label"].n_unique()
    names = [atlas.manifest["base_groups"][label] for label in atlas.clusters["label"]]
    assert names == atlas.clusters["group"].to_list()
    shares = atlas.table("shares").filter(pl.col("facet") == "language")
    assert dict(shares.select("group", "count").iter_rows()) == dict(
        atlas.tree.select("group", "count").iter_rows()
    ) | {"": atlas.manifest["counts"]["analysed"]}
    assert set(atlas.table("audit")["group"]) == set(atlas.tree["group"])


def test_a_merge_leaves_no_label_of_the_old_groups(atlas, families):
    first, second = families[0][:2]
    old = [row(atlas, group) for group in (first, second)]
    after = atlas.edit.merge([first, second])
    [made] = only_new(atlas, after)
    whole(after)
    assert set(after.members(made)["conversation"]) == {
        *atlas.members(first)["conversation"],
        *atlas.members(second)["conversation"],
    }
    assert row(after, made)["parent"] == old[0]["parent"]
    assert row(after, made)["phrases"]
    texts = [path.read_text() for path in (after.path / "edited").glob("*.json")]
    texts += [pl.read_parquet(path).write_json() for path in (after.path / "edited").glob("*.parquet")]
    for suffix in (".md", ".csv", ".json", ".parquet"):
        path = export(after, after.path.parent / f"out{suffix}")
        texts.append(pl.read_parquet(path).write_json() if suffix == ".parquet" else path.read_text())
    header, _ = unpack(make_view(after))
    texts.append(json.dumps(header, ensure_ascii=False))
    for label in old:
        for word in (label["group"], label["name"]):
            held = [text for text in texts if word in text]
            # the file of what was done says which groups an operation names only where it no longer applies
            assert held == [], f"{word!r} is still there"


def test_the_build_itself_does_not_change(atlas, families):
    files = {path.name: path.read_bytes() for path in atlas.path.iterdir() if path.is_file()}
    after = atlas.edit.merge(families[0][:2])
    for name, content in files.items():
        assert (atlas.path / name).read_bytes() == content
    assert after.built.tree.equals(atlas.tree)
    assert after.built.manifest == atlas.manifest


def test_larger_groups_merge_with_what_is_in_them(atlas):
    top = atlas.tree.filter(pl.col("level") == 1)["group"].to_list()[:2]
    inner = atlas.tree.filter(pl.col("parent").is_in(top))["group"].to_list()
    after = atlas.edit.merge(top, "Both of them", vouch=True)
    [made] = only_new(atlas, after)
    whole(after)
    assert set(after.tree.filter(pl.col("parent") == made)["group"]) == set(inner)
    assert row(after, made)["name"] == "Both of them"


@pytest.mark.parametrize("method", ["kmeans", "ward"])
def test_a_split_by_meaning(atlas, method):
    group = atlas.tree.filter(pl.col("level") == 0)["group"][0]
    after = atlas.edit.split(group, 3, method=method)
    made = only_new(atlas, after)
    assert len(made) == 3 and group not in set(after.tree["group"])
    whole(after)
    assert sum(row(after, one)["count"] for one in made) == row(atlas, group)["count"]
    assert {row(after, one)["parent"] for one in made} == {row(atlas, group)["parent"]}
    assert after.tree["name"].n_unique() == after.tree.height


def test_a_split_by_a_facet_follows_its_values(atlas):
    group = atlas.tree.filter(pl.col("level") == 0)["group"][0]
    after = atlas.edit.split(group, facet="plan")
    made = only_new(atlas, after)
    plans = dict(atlas.occurrences.select("conversation", "meta_plan").iter_rows())
    parts = [{plans[one] for one in after.members(part)["conversation"]} for part in made]
    assert sorted(map(sorted, parts)) == [["free"], ["paid"]]
    whole(after)


def test_a_split_by_a_query_takes_what_is_near_to_it(atlas):
    merged = atlas.edit.merge(atlas.tree.filter(pl.col("level") == 1)["group"].to_list()[:2])
    base = merged.tree.filter(pl.col("level") == 0)["group"].to_list()
    for other in base[1:]:
        if other in set(merged.tree["group"]) and base[0] in set(merged.tree["group"]):
            merged = merged.edit.merge([base[0], other])
            break
    [group] = only_new(atlas, merged)[-1:]
    after = merged.edit.split(group, query="bake sourdough bread with rye flour")
    near, far = (set(after.members(one)["conversation"]) for one in only_new(merged, after))
    texts = dict(atlas.transcripts.select("conversation", "text").iter_rows())
    shares = sorted(np.mean(["bread" in texts[one] for one in part]) for part in (near, far))
    assert shares[0] < shares[1]


def test_a_group_of_groups_is_split_into_sets_of_them(atlas, families):
    parent = row(atlas, families[0][0])["parent"]
    assert len(families[0]) >= 3
    after = atlas.edit.split(parent, 2)
    whole(after)
    assert parent not in set(after.tree["group"])
    with pytest.raises(AtlasError, match="only be split into a number"):
        atlas.edit.split(atlas.tree.filter(pl.col("level") == 1)["group"][-1], facet="plan")


def test_groups_and_conversations_move(atlas, families):
    group, target = families[0][0], row(atlas, families[1][0])["parent"]
    after = atlas.edit.move(group, target)
    assert row(after, group)["parent"] == target
    whole(after)
    assert row(after.edit.move(group, None), group)["parent"] is None
    ids = atlas.members(group)["conversation"].to_list()[:2]
    after = atlas.edit.move_conversations(ids, families[1][0])
    whole(after)
    assert set(ids) <= set(after.members(families[1][0])["conversation"])
    assert not set(ids) & set(after.members(group)["conversation"])


def test_a_larger_group_of_which_one_child_is_left_gives_its_place(atlas, families):
    few = next(family for family in families if len(family) == 2)
    parent, target = row(atlas, few[0])["parent"], row(atlas, next(f for f in families if f != few)[0])["parent"]
    after = atlas.edit.move(few[0], target)
    assert parent not in set(after.tree["group"])
    assert row(after, few[1])["parent"] == row(atlas, parent)["parent"]
    whole(after)


def test_hidden_groups_are_counted_and_shown_nowhere(atlas, families):
    group = families[0][0]
    name, ids = row(atlas, group)["name"], set(atlas.members(group)["conversation"])
    after = atlas.edit.hide(group)
    whole(after)
    assert after.manifest["counts"]["hidden_groups"] == 1
    assert after.manifest["counts"]["hidden"] == len(ids)
    assert after.manifest["counts"]["analysed"] == 80 - len(ids)
    header, arrays = unpack(make_view(after))
    assert header["rows"] == len(arrays["group"]) == header["total"] == 80 - len(ids)
    shown = [markdown(after), as_json(after), json.dumps(header)]
    assert not any(group in text or name in text for text in shown)
    assert "1 group with" in markdown(after)
    assert not ids & set(after.membership["conversation"])
    again = after.edit.hide(group, on=False)
    assert again.tree.select(atlas.tree.columns).equals(atlas.tree)


def test_pins_notes_and_colours_stand_in_the_tree(atlas, families):
    group = families[0][0]
    editor = atlas.edit
    editor.pin(group)
    editor.note(group, "Ask the team. Спросить команду.")
    after = editor.colour(group, "#1F5F7A")
    found = row(after, group)
    assert (found["pinned"], found["note"], found["colour"]) == (True, "Ask the team. Спросить команду.", "#1f5f7a")
    assert after.tree["pinned"].sum() == 1
    header, _ = unpack(make_view(after))
    assert next(one for one in header["groups"] if one["id"] == group)["colour"] == "#1f5f7a"
    with pytest.raises(AtlasError, match="no colour"):
        editor.colour(group, "red")


def test_groups_are_given_by_name_where_it_is_clear(atlas, families):
    one, other = families[0][:2]
    after = atlas.edit.rename(row(atlas, one)["name"], "The same", vouch=True)
    assert row(after, one)["name"] == "The same"
    after = after.edit.rename(other, "The same", vouch=True)
    with pytest.raises(AtlasError, match=f"2 groups are called 'The same'; give one of the ids .*{other}"):
        after.edit.hide("The same")
    with pytest.raises(AtlasError, match="there is no group 'Nobody'"):
        after.edit.hide("Nobody")


def test_a_detail_of_few_people_is_in_no_name_unless_vouched_for(atlas, families):
    group = families[0][0]
    with pytest.raises(AtlasError, match="fewer than 3 people of the group wrote Zorbatech"):
        atlas.edit.rename(group, "Questions to Zorbatech")
    assert not (atlas.path / "edits.jsonl").exists()
    after = atlas.edit.rename(group, "Questions to Zorbatech", vouch=True)
    assert (row(after, group)["name"], row(after, group)["action"]) == ("Questions to Zorbatech", "vouched")


def test_undo_and_redo_are_lines_too(atlas, families):
    one, other = families[0][:2]
    editor = atlas.edit
    editor.rename(one, "Mine", vouch=True)
    after = editor.merge([one, other])
    [made] = only_new(atlas, after)
    back = editor.undo()
    assert row(back, one)["name"] == "Mine"
    assert editor.undo().tree.select(atlas.tree.columns).equals(atlas.tree)
    with pytest.raises(AtlasError, match="nothing to undo"):
        editor.undo()
    editor.redo()
    assert made in set(editor.redo().tree["group"])
    with pytest.raises(AtlasError, match="nothing to redo"):
        editor.redo()
    editor.undo()
    editor.rename(other, "Another", vouch=True)
    with pytest.raises(AtlasError, match="nothing to redo"):
        editor.redo()
    assert [line["op"] for line in map(json.loads, (atlas.path / "edits.jsonl").read_text().splitlines())] == [
        *("rename", "merge", "undo", "undo", "redo", "redo", "undo", "rename")
    ]
    assert [one["state"] for one in editor.history()] == ["applied", "undone", "applied"]


def test_what_hangs_on_an_undone_edit_no_longer_applies_and_is_listed(atlas, families):
    editor = atlas.edit
    after = editor.merge(families[0][:2])
    [made] = only_new(atlas, after)
    editor.rename(made, "Merged", vouch=True)
    first = editor.history()[0]["id"]
    back = editor.undo(first)
    assert made not in set(back.tree["group"])
    rows = editor.history()
    assert [one["state"] for one in rows] == ["undone", "no longer applies"]
    assert made in rows[1]["why"]
    record = json.loads((atlas.path / "edited" / "edited.json").read_text())
    assert [one["id"] for one in record["no_longer"]] == [rows[1]["id"]]


def test_a_replay_changes_nothing(atlas, families):
    editor = atlas.edit
    after = editor.merge(families[0][:2])
    editor.split(only_new(atlas, after)[0], 3)
    editor.hide(families[1][0])
    editor.rename(families[1][1], "Другое имя", vouch=True)

    def layer():
        found = {path.name: path.read_bytes() for path in (atlas.path / "edited").iterdir()}
        return found | {"edits": (atlas.path / "edits.jsonl").read_bytes()}

    before = layer()
    assert len(before) >= 8
    replay(atlas.path)
    assert layer() == before
    replay(atlas.path)
    assert layer() == before


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda edit, low, high: edit.merge([low]), "no two groups"),
        (lambda edit, low, high: edit.merge([low, high]), "different levels"),
        (lambda edit, low, high: edit.move(high, low), "holds no groups"),
        (lambda edit, low, high: edit.split(low), "one way to split"),
        (lambda edit, low, high: edit.split(low, 2, facet="plan"), "one way to split"),
        (lambda edit, low, high: edit.split(low, 1), "into 2 to 50 groups"),
        (lambda edit, low, high: edit.split(low, 45), "too few for 45"),
        (lambda edit, low, high: edit.split(low, facet="nothing"), "no facet 'nothing'; there are .*plan"),
        (lambda edit, low, high: edit.split(low, facet="language"), "do not differ in language"),
        (lambda edit, low, high: edit.pin(low, on=False), "is not pinned"),
        (lambda edit, low, high: edit.rename(low, "  "), "the name is empty"),
        (lambda edit, low, high: edit.move_conversations(["none"], low), "none of its conversations"),
        (lambda edit, low, high: edit.undo("none"), "no operation 'none'"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(plain, call, why):
    low = plain.tree.filter(pl.col("level") == 0)["group"][0]
    high = plain.tree.filter(pl.col("level") == 1)["group"][0]
    with pytest.raises(AtlasError, match=why):
        call(plain.edit, low, high)
    assert not (plain.path / "edits.jsonl").exists()
    assert not (plain.path / "edited").exists()


def test_the_model_names_and_audits_when_it_is_asked(atlas, families):
    after = atlas.edit.merge(families[0][:2], ask_model=True)
    [made] = only_new(atlas, after)
    found = row(after, made)
    assert found["action"] in ("accepted", "rewritten") and found["score"] is not None
    assert not found["description"].startswith("Set apart by")
    line = json.loads((atlas.path / "edits.jsonl").read_text())
    assert line["labels"][made]["name"] == found["name"] and line["verdicts"]
    replay(atlas.path)  # asks nobody
    assert row(clioscope.open(atlas.path), made) == found


def test_the_model_is_asked_where_ready_made_names_come_first_in_a_build(atlas, families, monkeypatch):
    manifest = json.loads((atlas.path / "manifest.json").read_text())
    manifest["settings"]["naming"]["ready_names"] = "first"
    (atlas.path / "manifest.json").write_text(json.dumps(manifest))
    used, name_groups = [], naming.name_groups

    def noted(context, *given):
        used.append(context.settings.ready_names)
        return name_groups(context, *given)

    monkeypatch.setattr(naming, "name_groups", noted)
    opened = clioscope.open(atlas.path)
    opened.edit.merge(families[0][:2], ask_model=True)
    opened.edit.merge(families[1][:2])
    assert used == ["better", "first"]


@pytest.mark.parametrize(("writers", "withheld"), [(0, True), (100, False)])
def test_a_name_of_a_person_that_few_wrote_is_not_in_a_name_that_the_model_gives(
    atlas, families, monkeypatch, writers, withheld
):
    class Names:
        id = "names-1"

        def find(self, texts):
            return [[Found(*one.span(), "person") for one in re.finditer("Imogen Parry", text)] for text in texts]

    made = labels.new_labels
    named = "Letters by Imogen Parry"

    def careless(*given):
        return {group: one._replace(name=named, description="") for group, one in made(*given).items()}

    monkeypatch.setattr(labels, "new_labels", careless)
    monkeypatch.setattr("clioscope.recognisers.recogniser_for", lambda names: Names())
    monkeypatch.setattr(Writers, "people", lambda self, names: dict.fromkeys(names, writers))
    after = atlas.edit.merge(families[0][:2], ask_model=True)
    found = row(after, only_new(atlas, after)[0])
    assert (found["action"] in ("withheld", "rewritten")) is withheld
    if not withheld:
        assert (found["name"], found["action"]) == (named, "accepted")


def test_publishing_wants_edited_names_audited_or_vouched_for(atlas, families, tmp_path):
    from clioscope.settings import PrivacySettings

    settings = PrivacySettings(min_conversations=4, min_users=2)
    group = families[0][0]
    after = atlas.edit.rename(group, "Something else")
    with pytest.raises(AtlasError, match=r"no auditor has seen 1 names that edits made .'Something else'."):
        clioscope.publish(after, tmp_path / "refused", settings)
    after = after.edit.vouch(group)
    hidden = families[1][0]
    gone = row(after, hidden)["name"]
    after = after.edit.hide(hidden)
    public = clioscope.publish(after, tmp_path / "public", settings)
    assert public.manifest["edited"]["vouched"] == [{"group": group, "name": "Something else"}]
    assert public.manifest["counts"]["hidden"] == 1
    assert "Something else" in set(public.tree["name"])
    assert hidden not in set(public.tree["group"]) and gone not in set(public.tree["name"])
    files = {path.name for path in public.path.iterdir()}
    assert not files & {"edits.jsonl", "edited"} and "note" not in public.tree.columns
    audited = atlas.edit.undo().edit.undo().edit.audit()
    assert row(audited, group)["action"] in ("accepted", "withheld")
    with pytest.raises(AtlasError, match="published atlas cannot be edited"):
        _ = public.edit


def test_the_tree_can_be_walked_and_measured(atlas, families):
    after = atlas.edit.merge(families[0][:2])
    after = after.edit.hide(families[1][0])
    assert {group for group, _ in walk(after)} == set(after.tree["group"])
    measured = clioscope.measure(after, stability=False)
    assert measured.facts["of"] != atlas.manifest["finished"]
    assert set(measured.table["group"].drop_nulls()) >= set(only_new(atlas, after))
    assert (after.path / "report-card.html").exists()
    after.edit.rename(families[1][1], "Anew", vouch=True)
    assert not (after.path / "report-card.html").exists()  # it holds the name as it was


def test_a_pin_does_not_outlive_what_was_vouched_for(atlas, families):
    group = families[0][0]
    after = atlas.edit.rename(group, "Call Wilhelmina Oberhofer", vouch=True).edit.pin(group)
    assert row(after, group)["action"] == "vouched"
    line = json.loads((atlas.path / "edits.jsonl").read_text(encoding="utf-8").splitlines()[0])
    found = row(after.edit.undo(line["id"]), group)
    assert found["pinned"] and (found["name"], found["action"]) == (
        row(atlas, group)["name"],
        row(atlas, group)["action"],
    )


def test_an_edit_that_was_not_applied_is_not_published(atlas, families, tmp_path):
    from clioscope.edits.log import append
    from clioscope.edits.operation import new_operation
    from clioscope.settings import PrivacySettings

    settings, group = PrivacySettings(min_conversations=4, min_users=2), families[0][0]
    append(atlas.path, [new_operation("hide", "ada", group=group, on=True)])
    with pytest.raises(AtlasError, match="interrupted before it was applied"):
        clioscope.publish(atlas, tmp_path / "public", settings)
    after = clioscope.open(atlas.path).edit.undo().edit.redo()
    assert group not in set(clioscope.publish(after, tmp_path / "public", settings, unaudited=True).tree["group"])


def test_nobody_vouches_for_a_name_that_cannot_be_seen(atlas, families):
    from clioscope.edits.log import append
    from clioscope.edits.operation import new_operation

    after = atlas.edit.merge(families[0][:2])
    [made] = only_new(atlas, after)
    said = {name: row(after, made)[name] for name in ("name", "description")}
    said |= {"score": 1, "first_score": 1, "action": "withheld"}
    append(atlas.path, [new_operation("labels", "clioscope", labels={}, verdicts=[said])])
    replay(atlas.path)
    after = clioscope.open(atlas.path)
    assert row(after, made)["action"] == "withheld"
    with pytest.raises(AtlasError, match="the auditor withheld its name"):
        after.edit.vouch(made)
    after = after.edit.rename(made, "Bread").edit.vouch(made)
    assert row(after, made)["action"] == "vouched"
