"""Each kind of surprise is found where it was planted, with its reason, and nothing else is said of it."""

import json

import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.errors import AtlasError


@pytest.fixture(scope="module")
def records():
    rows = [dict(one, user_id=f"u{number % 20}") for number, one in enumerate(make_records(240))]
    odd = {"id": "odd", "user_id": "u1", "messages": [{"role": "user", "content": "qzx wvut 8841 gkkr plomf"}]}
    first = rows[0]
    text = first["messages"][0]["content"]
    long = dict(first, id="long", messages=[{"role": "user", "content": f"{text} " * 60}])
    return [*rows, odd, long]


@pytest.fixture
def atlas(records, fake, tmp_path):
    settings = fake.model_copy(
        update={
            "input": fake.input.model_copy(update={"user_column": "user_id"}),
            "clustering": fake.clustering.model_copy(update={"clusters": 6}),
        }
    )
    return clioscope.build(write_jsonl(tmp_path / "chats.jsonl", records), tmp_path / "atlas", settings)


def test_planted_surprises_come_with_their_reasons(atlas):
    found = {one.records[0]: one for one in clioscope.surprises(atlas, None)}
    assert any(reason.kind == "fit" for reason in found["odd"].reasons)
    assert "Fits no group" in next(reason.text for reason in found["odd"].reasons if reason.kind == "fit")
    assert any(reason.kind == "length" for reason in found["long"].reasons)
    names = dict(atlas.tree.select("group", "name").iter_rows())
    for one in found.values():
        assert one.reasons and one.name == names[one.group]
        rarities = [reason.rarity for reason in one.reasons]
        assert rarities == sorted(rarities) and all(0 < rarity <= 1 for rarity in rarities)
    assert len(found) < 0.35 * atlas.clusters.height


def test_the_most_surprising_come_first_and_few_are_the_first_of_many(atlas):
    every, few = clioscope.surprises(atlas, None), clioscope.surprises(atlas, 3)
    assert few == every[:3] and "odd" in {record for one in every[:10] for record in one.records}


def test_a_rare_language_is_told(records, fake, tmp_path):
    rows = [*records, {"id": "ru", "messages": [{"role": "user", "content": "Как приготовить борщ со сметаной дома?"}]}]
    settings = fake.model_copy(update={"clustering": fake.clustering.model_copy(update={"clusters": 2})})
    atlas = clioscope.build(write_jsonl(tmp_path / "chats.jsonl", rows), tmp_path / "atlas", settings)
    if atlas.facets["language"].drop_nulls().n_unique() < 2:
        pytest.skip("the test encoder's texts are all of one language")
    found = {one.records[0]: one for one in clioscope.surprises(atlas, None)}
    assert "In Russian, as 1 of" in " ".join(reason.text for reason in found["ru"].reasons)


def test_a_published_atlas_shows_none(atlas, fake, tmp_path):
    privacy = fake.privacy.model_copy(update={"min_conversations": 3, "min_users": 2})
    published = clioscope.publish(atlas, tmp_path / "public", privacy)
    with pytest.raises(AtlasError, match="published atlas holds no conversations"):
        clioscope.surprises(published)


def test_the_command_prints_a_table_or_json(atlas, capsys):
    from clioscope.cli.surprises import surprises

    surprises(atlas.path, 5, False)
    assert "Fits no group" in capsys.readouterr().out
    surprises(atlas.path, 5, True)
    document = json.loads(capsys.readouterr().out)
    rows = document["surprises"]
    assert set(document) == {"bursts", "surprises"}
    assert len(rows) == len(clioscope.surprises(atlas, 5)) and set(rows[0]) == {
        "conversation",
        "records",
        "group",
        "name",
        "reasons",
    }
    assert set(rows[0]["reasons"][0]) == {"kind", "text", "rarity"}
