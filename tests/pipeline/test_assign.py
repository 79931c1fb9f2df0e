"""New conversations into an existing atlas."""

import polars as pl
import pytest
from conftest import make_records, two_languages, write_jsonl

import clioscope
from clioscope.clustering import assign_vectors
from clioscope.errors import AtlasError, InputError


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


def test_every_record_has_its_row(chats, fake, tmp_path):
    atlas = clioscope.build(chats, tmp_path / "atlas", fake)
    two = make_records(62)[60:]
    six = [dict(two[number % 2], id=f"n{number}") for number in range(6)]
    for records in (six, [dict(one, id=f"k{one['id']}") for one in make_records(2) * 3]):
        table = atlas.assign(write_jsonl(tmp_path / "new.jsonl", records)).table
        assert table["record"].to_list() == [one["id"] for one in records], "in the order of the input"
        assert table["conversation"].n_unique() == 2
        assert table.select("conversation", "group", "margin").unique().height == 2


@pytest.mark.slow
def test_new_conversations_are_centred_by_the_mean_of_their_language(fake, tmp_path):
    records = two_languages(120)
    embedding = fake.embedding.model_copy(update={"smooth": 0.0})
    settings = fake.model_copy(update={"embedding": embedding})
    settings = settings.model_copy(update={"facets": settings.facets.model_copy(update={"embed": ("text",)})})
    path = write_jsonl(tmp_path / "chats.jsonl", records)
    atlas = clioscope.build(path, tmp_path / "atlas", settings)
    assert atlas.means.languages == ("en", "ru")
    longer = [dict(one, messages=[*one["messages"], {"role": "assistant", "content": "So."}]) for one in records]
    found = atlas.assign(write_jsonl(tmp_path / "new.jsonl", longer)).table  # the user says the same, so the same text
    assert not found["known"].any()
    labels = atlas.clusters["label"].to_numpy()
    margins = assign_vectors(atlas.vectors, atlas.vectors, labels, atlas.centroids)[1]
    stored = atlas.clusters.select("conversation", stored=pl.Series(margins)).join(atlas.occurrences, on="conversation")
    both = found.join(stored.select("record", "stored"), on="record")
    assert both["margin"].to_list() == pytest.approx(both["stored"].to_list(), abs=1e-5)


@pytest.fixture
def screened(chats, fake, tmp_path):
    """An atlas with a screener."""
    question = "Is it about anything at all, yes or no?"
    facets = fake.facets.model_copy(update={"screen": question})
    return clioscope.build(chats, tmp_path / "atlas", fake.model_copy(update={"facets": facets}))


def test_the_screener_is_asked_first_and_what_it_refuses_has_no_group(screened, chats, tmp_path, monkeypatch):
    fresh = make_records(100, seed=5)[60:]
    found = screened.assign(write_jsonl(tmp_path / "new.jsonl", fresh))
    out, into = (found.table.filter(pl.col("refused") == refused) for refused in (True, False))
    assert out.height and into.height and out.height + into.height == 40
    assert out["group"].null_count() == out["name"].null_count() == out["margin"].null_count() == out.height
    assert into["group"].null_count() == 0
    assert not found.table["known"].any()

    known = screened.assign(chats).table
    assert known["known"].all() and known.height == 60
    kept = screened.table("screened").filter("kept")["conversation"]
    assert set(known.filter(~pl.col("refused"))["conversation"]) == set(kept)


def test_what_the_screener_got_no_answer_about_stays_as_in_a_build(screened, tmp_path, monkeypatch):
    """Alone or among others: silence is not a no."""
    fresh = make_records(100, seed=5)[60:]
    before = screened.assign(write_jsonl(tmp_path / "new.jsonl", fresh)).table
    answers = {row["record"]: not row["refused"] for row in before.iter_rows(named=True)}
    silent = [one["id"] for one in fresh[::3]]
    assert not all(answers[name] for name in silent)
    texts = {one["messages"][0]["content"]: one["id"] for one in fresh}

    def some(transcripts, *_):
        names = [texts[text] for text in transcripts["text"]]
        return [None if name in silent else answers[name] for name in names]

    monkeypatch.setattr("clioscope.facets.screen.screen", some)
    found = screened.assign(tmp_path / "new.jsonl").table
    for row in found.iter_rows(named=True):
        stays = row["record"] in silent or answers[row["record"]]
        assert row["refused"] is not stays and (row["group"] is not None) is stays
    alone = screened.assign(write_jsonl(tmp_path / "one.jsonl", [one for one in fresh if one["id"] == silent[0]])).table
    assert alone.select("record", "group", "refused").row(0) in found.select("record", "group", "refused").rows()


def test_a_screener_of_no_use_is_counted(screened, tmp_path, monkeypatch):
    from clioscope.models import fake

    answer = fake.FakeModel.text

    def silent(self, request, **options):
        asked = any(text.startswith("<conversation>") for _, text in request.messages[1:])
        return "" if asked and "answer" in (request.schema or {})["properties"] else answer(self, request, **options)

    monkeypatch.setattr(fake.FakeModel, "text", silent)
    found = screened.assign(write_jsonl(tmp_path / "new.jsonl", make_records(64, seed=5)[60:]))
    assert not found.table["refused"].any() and found.table["group"].null_count() == 0
    assert found.failed == 4


def test_a_file_of_another_format_than_the_atlas(fake, tmp_path):
    """The input's own settings (metadata, text column, format) do not stand in the way of the new file."""
    table = tmp_path / "in.csv"
    rows = [(one["messages"][0]["content"], number % 3) for number, one in enumerate(make_records(30))]
    pl.DataFrame(rows, schema=["remark", "plan"], orient="row").write_csv(table)
    settings = fake.model_copy(
        update={"input": fake.input.model_copy(update={"text_column": "remark", "metadata": ("plan",)})}
    )
    atlas = clioscope.build(table, tmp_path / "atlas", settings)
    assert atlas.assign(table).table["known"].all()
    assert atlas.assign(write_jsonl(tmp_path / "new.jsonl", make_records(5))).table.height == 5
    other = tmp_path / "other.csv"
    pl.DataFrame(rows, schema=["note", "x"], orient="row").write_csv(other)
    with pytest.raises(InputError, match="--text-column"):
        atlas.assign(other)
    assert atlas.assign(other, text_column="note").table["known"].all()
    with pytest.raises(InputError, match="no column"):
        atlas.assign(other, format="text")


@pytest.mark.slow
def test_new_conversations_lose_what_the_atlas_left_out(chats, fake, tmp_path):
    rules = "You are the helpful assistant of a company portal. " + "Answer shortly and only from the documents. " * 3

    def with_rules(records):
        for record in records:
            record["messages"][0]["content"] = f"{rules}\n\nQuestion: {record['messages'][0]['content']}"
        return records

    keep = fake.model_copy(update={"input": fake.input.model_copy(update={"keep_transcripts": True})})
    plain = clioscope.build(chats, tmp_path / "plain", keep)
    atlas = clioscope.build(write_jsonl(tmp_path / "in.jsonl", with_rules(make_records(60))), tmp_path / "atlas", keep)
    for column in ("text", "transcript"):
        assert sorted(atlas.transcripts[column]) == sorted(plain.transcripts[column])
    notice = atlas.manifest["notices"][0]
    assert notice.startswith("A preamble that 60 of 60 texts share was left out of what is compared: 'You are the")
    fresh = write_jsonl(tmp_path / "new.jsonl", with_rules(make_records(62)[60:]))
    new = atlas.assign(fresh).table
    assert not new["known"].any()
    groups = atlas.occurrences.join(atlas.clusters, on="conversation")
    for record, group in new.select("record", "group").iter_rows():
        same = {int(one[1:]) % 5 for one in groups.filter(pl.col("group") == group)["record"]}
        assert same == {int(record[1:]) % 5}
    public = clioscope.publish(
        atlas, tmp_path / "public", fake.privacy.model_copy(update={"min_conversations": 3, "min_users": 2})
    )
    assert not list(public.path.glob("templates*"))
    assert "company portal" not in (public.path / "manifest.json").read_text()
