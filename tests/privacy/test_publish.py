"""A published atlas holds aggregates only."""

import json
import random
import re
import shutil

import polars as pl
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.atlas.people import said_of_people
from clioscope.errors import AtlasError
from clioscope.files.folders import begin_work
from clioscope.settings import PrivacySettings, load_settings

LOW = PrivacySettings(min_conversations=5, min_users=3, rounding=1)


@pytest.fixture
def finished(finished, tmp_path):
    """A copy, since what is published is recorded in the atlas."""
    return clioscope.open(shutil.copytree(finished.path, tmp_path / "finished"))


@pytest.fixture
def atlas(chats, fake, tmp_path):
    return clioscope.build(chats, tmp_path / "atlas", fake)


def test_nothing_about_one_conversation_is_in_it(atlas, tmp_path):
    published = clioscope.publish(atlas, tmp_path / "public", LOW)
    assert sorted(path.name for path in (tmp_path / "public").iterdir()) == [
        "facet_counts.parquet",
        "manifest.json",
        "shares.parquet",
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
    with pytest.raises(AtlasError, match="only groups and counts"):
        published.facets  # noqa: B018


def test_a_folder_of_the_user_is_not_taken(atlas, tmp_path):
    theirs = tmp_path / "public.part"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("mine")
    with pytest.raises(AtlasError, match=r"public\.part: .* rename it"):
        clioscope.publish(atlas, tmp_path / "public", LOW)
    assert (theirs / "thesis.txt").read_text() == "mine"
    (theirs / "thesis.txt").unlink()
    begin_work(theirs)  # as a killed run leaves it
    clioscope.publish(atlas, tmp_path / "public", LOW)
    assert not theirs.exists()


def test_counts_of_what_is_withheld_are_said(atlas, tmp_path):
    counts = clioscope.publish(atlas, tmp_path / "public", LOW).manifest["counts"]
    assert counts["groups"] + counts["withheld"] == atlas.tree.height
    assert counts["withheld"] == counts["withheld_small"] + counts["withheld_audit"]


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


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("http://10.0.0.7:8000/v1 Qwen/Qwen3-8B", "Qwen/Qwen3-8B"),
        ("https://models.example.org/v1", "a server"),
        ("/home/jane/models/tiny.gguf", "tiny.gguf"),
        ("secret-project/tiny.gguf@0123", "tiny.gguf@0123"),
        ("~/encoders/mine", "mine"),
        ("sentence-transformers/all-mpnet-base-v2", "sentence-transformers/all-mpnet-base-v2"),
        (None, None),
    ],
)
def test_where_a_model_lies_stays_at_home(finished, tmp_path, name, public):
    home = shutil.copytree(finished.path, tmp_path / "atlas")
    manifest = json.loads((home / "manifest.json").read_text())
    manifest["models"] = {"chat": name, "naming": name, "embedder": name}
    manifest["settings"]["naming"]["model"] = name
    (home / "manifest.json").write_text(json.dumps(manifest))
    published = clioscope.publish(clioscope.open(home), tmp_path / "public", LOW).manifest
    assert published["models"] == {"chat": public, "naming": public, "embedder": public}
    assert published["settings"]["naming"]["model"] == public
    assert name is None or name == public or name not in json.dumps(published)


def shown(atlas, tmp_path, actions, **settings):
    """Publish the atlas with the verdicts given by group."""
    home = shutil.copytree(atlas.path, tmp_path / "judged")
    verdict = pl.col("group").replace_strict(actions, default="accepted")
    atlas.tree.with_columns(action=verdict).write_parquet(home / "tree.parquet")
    return clioscope.publish(clioscope.open(home), tmp_path / "public", LOW.model_copy(update=settings))


def test_a_child_of_a_withheld_parent_hangs_below_the_nearest_shown(finished, tmp_path):
    tree = finished.tree
    top = tree.filter(pl.col("parent").is_null())["group"][0]
    children = tree.filter(pl.col("parent") == top)["group"].to_list()
    low = {"min_conversations": 1, "min_users": 1}
    published = shown(finished, tmp_path, {top: "withheld"}, **low)
    assert top not in published.tree["group"]
    parents = dict(published.tree.select("group", "parent").iter_rows())
    assert children and all(parents[child] is None for child in children)
    assert published.tree.height == tree.height - 1
    assert published.manifest["counts"]["withheld_audit"] == 1
    assert published.manifest["counts"]["withheld_small"] == 0


def test_counts_of_values_are_those_of_the_whole_and_what_is_withheld_makes_up_the_group(finished, tmp_path):
    from clioscope.atlas.summary import facet_counts

    published = clioscope.publish(finished, tmp_path / "public", LOW)
    whole = {tuple(row[:3]): row[3] for row in facet_counts(finished).iter_rows()}
    told = published.facet_counts.drop_nulls("value")
    assert 0 < told.height < len(whole)
    sizes = dict(published.tree.select("group", "count").iter_rows())
    full = {group for group, count in finished.tree.select("group", "count").iter_rows() if sizes.get(group) == count}
    assert full
    for *cell, count in told.filter(pl.col("group").is_in(list(full))).iter_rows():
        assert whole[tuple(cell)] == count
    sums = published.facet_counts.group_by("group", "facet").agg(pl.col("count").sum())
    assert sums.height
    for group, _, count in sums.iter_rows():
        assert count == sizes[group]


def test_the_children_of_a_group_and_what_is_withheld_make_up_the_group(finished, tmp_path):
    tree = clioscope.publish(finished, tmp_path / "public", LOW).tree
    parts = tree.group_by("parent").agg(pl.col("count").sum().alias("parts")).drop_nulls("parent")
    for row in tree.join(parts, left_on="group", right_on="parent", how="inner").iter_rows(named=True):
        assert row["count"] == row["parts"] + row["withheld"]
        assert row["withheld"] == 0 or row["withheld"] >= LOW.min_conversations


def test_a_second_copy_tells_nothing_that_the_first_did_not(finished, tmp_path):
    first = clioscope.publish(finished, tmp_path / "first", LOW)
    again = clioscope.publish(finished, tmp_path / "again", LOW)
    for name in ("tree", "facet_counts", "shares"):
        assert again.table(name).equals(first.table(name))
    finer = clioscope.publish(
        finished, tmp_path / "finer", LOW.model_copy(update={"min_conversations": 2, "min_users": 2})
    )
    key = ["group", "facet", "value"]
    new = finer.facet_counts.drop_nulls("value").join(first.facet_counts, on=key, how="anti")
    there = new.filter(pl.col("group").is_in(first.tree["group"].to_list()))
    assert there.is_empty(), "no value that the first copy withheld"
    fresh = clioscope.publish(
        finished, tmp_path / "anew", LOW.model_copy(update={"min_conversations": 2, "min_users": 2}), anew=True
    )
    assert fresh.facet_counts.height > finer.facet_counts.height, "without the record it would tell more"
    record = sorted(path.name for path in finished.path.glob("published_*"))
    assert record == ["published_cells.parquet", "published_rows.parquet"]
    assert not list((tmp_path / "again").glob("published_*"))


def test_what_is_shown_of_a_copy_agrees_with_its_source_within_rounding(finished, tmp_path):
    from clioscope.atlas.shown import groups_table
    from clioscope.explorer.container import unpack
    from clioscope.explorer.view import make_view

    step = 5
    published = clioscope.publish(finished, tmp_path / "public", LOW.model_copy(update={"rounding": step}))
    total = published.manifest["counts"]["analysed"]
    held = finished.membership
    header, arrays = unpack(make_view(published))
    page = {group["id"]: group for group in header["groups"]}
    for row in groups_table(published).iter_rows(named=True):
        own = held.filter(pl.col("group") == row["group"])["count"].sum()
        assert row["count"] - own <= step // 2 and row["share"] == row["count"] / total
        assert page[row["group"]]["count"] == row["count"] and header["total"] == total
    facets = finished.facets
    for number, column in enumerate(header["columns"]):
        table = arrays[column["array"]].reshape(len(page), -1)
        assert column["array"] == f"facet{number}"
        for place, group in enumerate(header["groups"]):
            ids = held.filter(pl.col("group") == group["id"]).select("conversation")
            values = ids.join(facets, on="conversation")[column["name"]].cast(pl.String).to_list()
            steps = {one["name"]: one.get("categories") or [] for one in finished.manifest["facets"]}[column["name"]]
            words = [steps[int(value) - 1] if value and value.isdigit() and steps else value for value in values]
            for value, count in zip(column["values"], table[place].tolist(), strict=True):
                if value is not None and count:
                    less = count - words.count(value)  # a few conversations may be counted nowhere
                    assert -LOW.min_conversations - step // 2 < less <= step // 2
            if table[place].any():  # all rows together are the group
                assert abs(int(table[place].sum()) - group["count"]) <= step * len(column["values"]) // 2


def test_every_published_share_is_that_of_the_source_within_rounding(finished, tmp_path):
    from clioscope.atlas.export import markdown
    from clioscope.atlas.shares import group_lines
    from clioscope.atlas.shown import groups_table

    step = 5
    held = pl.col("count") >= LOW.min_conversations + step
    child = finished.tree.filter(pl.col("parent").is_not_null() & held).sort("count", "group")["group"][0]
    published = shown(finished, tmp_path, {child: "withheld"}, rounding=step)
    sizes = dict(published.tree.select("group", "count").iter_rows())
    total = finished.conversations["count"].sum()
    own = dict(groups_table(finished).select("group", "share").iter_rows())
    for group, share in groups_table(published).select("group", "share").iter_rows():
        assert share == pytest.approx(own[group], abs=step / 2 / total)
    source = {
        tuple(row[:3]): row[3] for row in finished.table("shares").select("group", "facet", "value", "share").rows()
    }
    told = published.table("shares")
    assert told.height > 10
    for group, facet, value, share in told.select("group", "facet", "value", "share").iter_rows():
        assert share == pytest.approx(source[group, facet, value], abs=step / sizes[group]), (group, facet, value)
    cells = {tuple(row[:3]): row[3] for row in published.facet_counts.rows()}
    for group, facet, value, count in published.facet_counts.rows():
        if value is not None:
            [share] = told.filter(group=group, facet=facet, value=value)["share"]
            assert share == pytest.approx(min(1, count / sizes[group]), abs=1e-4)
    withheld = {(group, facet) for group, facet, value in cells if value is None}
    assert withheld
    for group, facet in withheld:  # what is shown and what is withheld make up the group, wherever it is told
        lines = [line for line in group_lines(published, group) if line.startswith(f"{facet}: ")]
        for line in lines:
            parts = [int(one) for one in re.findall(r"(\d+) %", line)]
            assert "withheld or other" in line and abs(sum(parts) - 100) <= len(parts)
    inside = published.tree.filter(pl.col("withheld") > 0)["withheld"].to_list()
    assert markdown(published).count("*withheld or other*") == len(inside)
    assert inside


def plain(tmp_path, records, **settings):
    """An atlas of the records in one group, without a language model."""
    chosen = load_settings(
        model__name="none", embedding__model="hash", layout__method="pca", clustering__clusters=1, **settings
    )
    source = write_jsonl(tmp_path / "in.jsonl", records)
    return clioscope.build(source, tmp_path / "plain", chosen, overwrite=True)


def said(number, user, text):
    return {"id": str(number), "user_id": user, "messages": [{"role": "user", "content": text}]}


def test_a_value_needs_people_as_a_group_does(tmp_path):
    english = [said(n, f"u{n}", f"Could you please tell me how I bake bread with {other(n)}?") for n in range(10)]
    german = [
        said(20 + n, "one", f"Wie backe ich heute abend zu Hause Brot mit {other(n, GERMAN)}?") for n in range(10)
    ]
    atlas = plain(tmp_path, english + german)
    published = clioscope.publish(atlas, tmp_path / "public", LOW, unaudited=True)
    assert "de" in atlas.facets["language"].to_list()
    assert "language" not in published.facet_counts["facet"], "ten conversations of one person would be left"
    french = [said(40 + n, f"f{n}", f"Comment faire du pain ce soir avec {other(n, FRENCH)} ?") for n in range(7)]
    atlas = plain(tmp_path, english + german + french)
    later = clioscope.publish(atlas, tmp_path / "later", LOW, unaudited=True)
    values = later.facet_counts.filter(pl.col("facet") == "language")["value"].to_list()
    assert "en" not in values and "de" not in values, "the build in the same folder knows of the first copy"
    published = clioscope.publish(atlas, tmp_path / "other", LOW, unaudited=True, anew=True)
    rows = published.facet_counts.filter(pl.col("facet") == "language").select("value", "count").rows()
    assert rows == [("en", 10), (None, 17)], "the French hide the German"


def test_the_same_text_once_more_changes_no_later_copy(tmp_path):
    records = tickets([f"u{n}" for n in range(20)])
    again = [*records, {**records[3], "id": "again", "user_id": "somebody else"}]
    for number, some in enumerate((records, again, records)):
        atlas = plain(tmp_path, some)
        assert atlas.tree["count"].to_list() == [len(some)]
        public = clioscope.publish(atlas, tmp_path / f"public{number}", LOW, unaudited=True)
        assert public.tree["count"].to_list() == [20] and public.manifest["counts"]["analysed"] == 20
    anew = clioscope.publish(plain(tmp_path, again), tmp_path / "anew", LOW, unaudited=True, anew=True)
    assert anew.tree["count"].to_list() == [21]


def test_what_two_people_wrote_is_in_no_published_label(tmp_path):
    records = [said(n, f"u{n}", f"Book a table with {other(n)}") for n in range(20)]
    for number in (3, 4):
        records[number] = said(number, f"u{number}", "Book a table and call Jelena Karapetyan of Dorfstrasse")
    atlas = plain(tmp_path, records)
    public = clioscope.publish(atlas, tmp_path / "public", LOW, unaudited=True)
    label = json.dumps(public.tree.select("name", "description").to_dicts()).casefold()
    assert "table" in label
    assert not [word for word in ("jelena", "karapetyan", "dorfstrasse") if word in label]


def test_copies_of_one_text_without_a_user_are_one_person(tmp_path):
    atlas = plain(tmp_path, [said(n, None, "My name is Jelena Karapetyan, book a table") for n in range(20)])
    assert atlas.tree["count"].to_list() == [20]
    with pytest.raises(AtlasError, match="nothing to publish"):
        clioscope.publish(atlas, tmp_path / "public", LOW, unaudited=True, each_a_user=True)


DISHES = ("soup", "fish", "bread", "cake", "salad", "rice", "beans", "cheese", "plums", "noodles", "eggs", "corn")


GERMAN = (
    "Suppe",
    "Fisch",
    "Kuchen",
    "Salat",
    "Reis",
    "Bohnen",
    "Käse",
    "Pflaumen",
    "Nudeln",
    "Eiern",
    "Mais",
    "Nüssen",
)
FRENCH = (
    "des œufs",
    "du riz",
    "la soupe",
    "du poisson",
    "le gâteau",
    "la salade",
    "du fromage",
    "des prunes",
    "du maïs",
)


def other(number, words=DISHES):
    """Words that make a text unlike those of other numbers."""
    return " ".join(random.Random(number).sample(words, 6))


def tickets(users):
    """A ticket for each of the users, None for nobody known."""
    return [said(n, user, f"Book a table for {other(n)}") for n, user in enumerate(users)]


def test_sixty_tickets_of_nobody_known_are_published_only_when_told(tmp_path):
    atlas = plain(tmp_path, tickets([None] * 60))
    with pytest.raises(AtlasError, match=r"no user ids.*--user-column NAME.*--each-a-user if every conversation"):
        clioscope.publish(atlas, tmp_path / "public", unaudited=True)
    with pytest.raises(AtlasError, match=r"no user ids.*different person\. No auditor has seen .* add --unaudited"):
        clioscope.publish(atlas, tmp_path / "public")
    nobody = PrivacySettings(min_conversations=1, min_users=1)
    with pytest.raises(AtlasError, match="no user ids"):
        clioscope.publish(atlas, tmp_path / "public", nobody, unaudited=True)
    assert not (tmp_path / "public").exists()
    public = clioscope.publish(atlas, tmp_path / "public", unaudited=True, each_a_user=True)
    assert public.tree["count"].to_list() == [60]
    assert (public.manifest["users"], public.manifest["each_a_user"]) == ("none", True)
    assert said_of_people(public.manifest) == "Counted as if every conversation were another person."
    assert public.manifest["settings"]["privacy"]["each_a_user"] is True


def test_who_says_so_when_building_need_not_say_it_again(tmp_path):
    atlas = plain(tmp_path, tickets([None] * 20), privacy__each_a_user=True)
    assert clioscope.publish(atlas, tmp_path / "public", unaudited=True).manifest["each_a_user"]


def test_the_few_without_an_id_are_one_person(tmp_path):
    atlas = plain(tmp_path, tickets(["anna", "bert", None] * 20))
    with pytest.raises(AtlasError, match=r"nothing to publish \(conversations without a user id count as one"):
        clioscope.publish(atlas, tmp_path / "public", unaudited=True)
    public = clioscope.publish(atlas, tmp_path / "three", LOW, unaudited=True)
    assert (public.manifest["users"], public.manifest["each_a_user"]) == ("some", False)
    assert said_of_people(public.manifest) == "Conversations without a user id are counted as one person together."
    public = clioscope.publish(atlas, tmp_path / "public", unaudited=True, each_a_user=True)
    assert "every conversation without a user id were another" in said_of_people(public.manifest)


def test_a_name_that_rests_on_nobody_known_is_not_published(tmp_path):
    records = tickets([f"u{n}" for n in range(20)])
    for n in range(20, 60):
        records.append(said(n, None, f"Jelena Karapetyan of Dorfstrasse wants a table with {other(n)}"))
    atlas = plain(tmp_path, records)
    assert "jelena" in json.dumps(atlas.tree.to_dicts()).casefold(), "forty people, as far as one's own atlas goes"
    assert atlas.tree["unbacked"].to_list() == [True]
    with pytest.raises(AtlasError, match="nothing to publish"):
        clioscope.publish(atlas, tmp_path / "public", unaudited=True)
    public = clioscope.publish(atlas, tmp_path / "public", unaudited=True, each_a_user=True)
    assert public.tree.height == 1 and "unbacked" not in public.tree.columns


def test_where_all_are_known_nothing_is_assumed(tmp_path):
    atlas = plain(tmp_path, tickets([f"u{n % 6}" for n in range(60)]))
    public = clioscope.publish(atlas, tmp_path / "public", unaudited=True, each_a_user=True)
    assert (public.manifest["users"], public.manifest["each_a_user"]) == ("all", False)
    assert said_of_people(public.manifest) is None
    one = plain(tmp_path, tickets(["anna"] * 60))
    with pytest.raises(AtlasError, match=r"nothing to publish\.$"):
        clioscope.publish(one, tmp_path / "anna", unaudited=True, each_a_user=True)


def test_what_an_older_atlas_took_for_granted_is_not(tmp_path):
    atlas = plain(tmp_path, tickets([None] * 60))
    manifest = json.loads((atlas.path / "manifest.json").read_text())
    manifest["settings"]["privacy"]["unknown_users"] = "each"
    del manifest["settings"]["privacy"]["each_a_user"]
    (atlas.path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(AtlasError, match="no user ids"):
        clioscope.publish(clioscope.open(atlas.path), tmp_path / "public", unaudited=True)


def test_names_that_no_auditor_saw_are_published_only_when_told(tmp_path):
    atlas = plain(tmp_path, tickets([f"u{n}" for n in range(20)]))
    with pytest.raises(AtlasError, match=r"no auditor has seen.*--unaudited"):
        clioscope.publish(atlas, tmp_path / "public", LOW)
    assert not (tmp_path / "public").exists()


def test_counts_are_rounded_so_that_nothing_is_left_by_subtraction(finished, tmp_path):
    published = clioscope.publish(finished, tmp_path / "public", LOW.model_copy(update={"rounding": 5}))
    exact = dict(finished.tree.select("group", "count").iter_rows())
    for group, count in published.tree.select("group", "count").iter_rows():
        assert count % 5 == 0 and -LOW.min_conversations - 2 < count - exact[group] <= 2
    assert (published.facet_counts["count"] % 5 == 0).all()
    sizes = dict(published.tree.select("group", "count").iter_rows())
    assert all(count <= sizes[group] for group, count in published.facet_counts.select("group", "count").iter_rows())


def test_the_order_of_groups_tells_no_more_than_their_rounded_sizes(finished, tmp_path):
    rounded = LOW.model_copy(update={"rounding": 40})
    tree = clioscope.publish(finished, tmp_path / "public", rounded, unaudited=True, each_a_user=True).tree
    assert tree.select("level", "count").is_duplicated().any()
    order = ["level", "count", "group"]
    assert tree["group"].to_list() == tree.sort(order, descending=[True, True, False])["group"].to_list()


def test_shares_of_a_published_atlas_are_those_of_the_whole(fake, tmp_path):
    from clioscope.atlas.shown import groups_table

    records = make_records(40)
    path = write_jsonl(tmp_path / "in.jsonl", [*records, *records[:10], {"messages": "broken"}])
    plain = fake.model_copy(
        update={
            "input": fake.input.model_copy(update={"sample": 30}),
            "layout": fake.layout.model_copy(update={"method": "pca"}),
        }
    )
    atlas = clioscope.build(path, tmp_path / "atlas", plain)
    published = clioscope.publish(
        atlas, tmp_path / "public", PrivacySettings(min_conversations=1, min_users=1, rounding=1)
    )
    assert (atlas.manifest["counts"]["records"], atlas.manifest["counts"]["rejected"]) == (51, 1)
    assert published.manifest["counts"]["analysed"] == atlas.conversations["count"].sum()
    columns = ["group", "share"]
    assert groups_table(published).select(columns).equals(groups_table(atlas).select(columns))


@pytest.mark.parametrize("out", ["/proc/public", "file/public"])
def test_a_place_that_cannot_be_written_is_one_sentence_and_leaves_nothing(finished, tmp_path, out):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(AtlasError, match="cannot be written"):
        clioscope.publish(finished, tmp_path / out, LOW)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "finished"]
    assert not list(finished.path.glob("published_*")), "nothing was published"


def test_a_disk_that_fills_up_is_one_sentence_and_leaves_nothing(finished, tmp_path, monkeypatch):
    from clioscope.privacy import publish

    def full(path, value):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, "write_json", full)
    with pytest.raises(AtlasError, match="No space left"):
        clioscope.publish(finished, tmp_path / "public", LOW)
    assert [one.name for one in tmp_path.iterdir()] == ["finished"]


def test_shares_are_published_as_roughly_as_counts_and_only_of_what_is_counted(tmp_path) -> None:
    path = write_jsonl(tmp_path / "chats.jsonl", make_records(240))
    settings = load_settings(model__name="fake", embedding__model="hash", layout__method="pca", facets__ask=60)
    atlas = clioscope.build(path, tmp_path / "atlas", settings)
    published = clioscope.publish(atlas, tmp_path / "public", PrivacySettings(min_conversations=4, min_users=2))
    shares, step = published.table("shares"), published.manifest["settings"]["privacy"]["rounding"]
    key = ["group", "facet", "value"]
    assert shares.select(key).sort(key).equals(published.facet_counts.drop_nulls("value").select(key).sort(key))
    assert set(shares["group"]) <= set(published.tree["group"])
    assert not {"field", "activity", "request"} & set(shares["facet"]), "no words of a model about a conversation"
    rows = shares.join(published.tree.select("group", size="count"), on="group")
    for name in ("share", "low", "high"):
        counts = (rows[name] * rows["size"]).to_numpy()
        whole = (rows[name] < 1).to_numpy()  # cut at the whole group
        assert abs(counts - step * (counts / step).round())[whole].max() < 0.05, "multiples of the rounding"
    concern = rows.filter(pl.col("facet") == "concern")
    assert concern.height and (concern["high"] > concern["low"]).any(), "estimated"


def test_a_copy_without_its_record_is_not_written(finished, tmp_path, monkeypatch):
    from clioscope.privacy import publish

    def full(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(publish, "write_record", full)
    with pytest.raises(AtlasError, match=r"record of what is published cannot be written .*make the folder writable"):
        clioscope.publish(finished, tmp_path / "public", LOW)
    assert [one.name for one in tmp_path.iterdir()] == ["finished"]


def test_after_an_update_of_few_the_copy_says_what_it_said(tmp_path):
    atlas = plain(tmp_path, tickets([f"u{n}" for n in range(20)]))
    first = clioscope.publish(atlas, tmp_path / "first", LOW, unaudited=True)
    assert first.tree["count"].to_list() == [20]
    more = [said(100 + n, f"v{n}", f"Book a table for {other(100 + n)}") for n in range(9)]
    few = clioscope.update(atlas, write_jsonl(tmp_path / "few.jsonl", more[:3]), false_refusals=0)
    assert few.conversations.height == 23
    second = clioscope.publish(few, tmp_path / "second", LOW, unaudited=True)
    assert second.tree["count"].to_list() == [20], "three are too few"
    assert second.facet_counts.equals(first.facet_counts)
    many = clioscope.update(few, write_jsonl(tmp_path / "many.jsonl", more[3:]), false_refusals=0)
    assert many.table("copies").height == 29
    third = clioscope.publish(many, tmp_path / "third", LOW, unaudited=True)
    assert third.tree["count"].sum() >= 25, "nine are enough"  # in one group, or in two since it may be split
