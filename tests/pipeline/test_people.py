"""A name of a person that the model writes into a facet is nowhere in the atlas, nor in what is made of it."""

import json
import re

import polars as pl
import pytest
from conftest import make_records, write_jsonl
from typer.testing import CliRunner

import clioscope
from clioscope.atlas.export import export
from clioscope.cli import app
from clioscope.explorer.export import export_html
from clioscope.models.chat import ChatAnswer
from clioscope.models.fake import FakeModel
from clioscope.models.registry import models
from clioscope.recognisers import Found, recognisers
from clioscope.settings import load_settings
from clioscope.testing import trial

NAME, TOPIC = "Imogen Parry", "Shakespeare"
WRITTEN = {0: NAME, 1: NAME, **dict.fromkeys(range(10, 60, 5), TOPIC)}  # record to the name in it


class Names:
    id = "names-1"

    def find(self, texts):
        return [[Found(*one.span(), "person") for one in re.finditer(f"{NAME}|{TOPIC}", text)] for text in texts]


class Careless(FakeModel):
    """Copies the names of a conversation into its facets."""

    async def complete(self, request):
        answer = await super().complete(request)
        asked = request.messages[-1][1]
        name = next((name for name in (NAME, TOPIC) if name in asked), None)
        if name is None or '"request"' not in answer.text:
            return answer
        return ChatAnswer(json.dumps(json.loads(answer.text) | {"request": f"Letter to {name} on bread"}))


@pytest.fixture(scope="module")
def careless():
    with trial():
        models.register("careless")(lambda rest, *, settings: Careless())
        recognisers.register("names")(lambda rest: Names())
        yield


def records(count=60, written=WRITTEN):
    made = make_records(count)
    for number, name in written.items():
        made[number]["messages"][0]["content"] += f" Write to {name}."
    return made


def build(folder, **more):
    path = write_jsonl(folder / "chats.jsonl", records())
    settings = load_settings(
        model__name="careless:any",
        facets__ask="all",
        embedding__model="hash",
        layout__method="pca",
        clustering__clusters=5,
        input__user_column="user_id",
        **more,
    )
    return clioscope.build(path, folder / "atlas", settings)


@pytest.fixture(scope="module")
def atlas(careless, tmp_path_factory):
    return build(tmp_path_factory.mktemp("people"), privacy__recognisers=("names",))


def holding(folder, name):
    """The tables of an atlas that hold a name in some column of text."""
    found = []
    for path in sorted(folder.glob("*.parquet")):
        texts = pl.read_parquet(path).select(pl.col(pl.String))
        if texts.width and texts.select(pl.any_horizontal(pl.all().str.contains(name, literal=True)).any()).item():
            found.append(path.name)
    return found


def test_no_table_holds_it(atlas):
    assert holding(atlas.path, "Imogen") == []
    assert "Letter to [removed] on bread" in atlas.facets["request"].to_list()


def test_what_enough_people_wrote_stays(atlas):
    assert f"Letter to {TOPIC} on bread" in atlas.facets["request"].to_list()


def test_the_manifest_and_the_report_card_say_so(atlas):
    said = atlas.manifest["stages"]["facets"]["people"]
    assert (said["recogniser"], said["values"], said["parts"]) == ("names-1", 2, 2)
    assert said["read"] == 60 * 3
    sentence = "looked for in 180 values of text facets and replaced in 2 of them (2 parts, by names-1)"
    assert any(sentence in notice for notice in atlas.manifest["notices"])
    assert atlas.manifest["stages"]["audit"]["recogniser"] == "names-1"
    clioscope.measure(atlas, stability=False)
    assert sentence in (atlas.path / "report-card.md").read_text(encoding="utf-8").replace("\\", "")


def test_exports_the_page_and_show_hold_none(atlas, tmp_path, monkeypatch):
    for suffix in (".csv", ".json", ".md", ".parquet"):
        export(atlas, tmp_path / f"out{suffix}")
    export_html(atlas, tmp_path / "page.html", texts=True)
    monkeypatch.setattr("sys.argv", ["clioscope", "show", str(atlas.path)])  # which command to load
    shown = CliRunner().invoke(app, ["show", str(atlas.path)])
    assert shown.exit_code == 0, shown.output
    assert "Imogen" not in shown.output
    for path in tmp_path.iterdir():
        text = str(pl.read_parquet(path).to_dicts()) if path.suffix == ".parquet" else path.read_text(encoding="utf-8")
        assert "Imogen" not in text, path.name


def test_assigned_and_updated_hold_none(atlas, tmp_path):
    new = records(64, {62: NAME, 63: NAME})[60:]
    path = write_jsonl(tmp_path / "new.jsonl", new)
    assigned = atlas.assign(path, ask="all")
    assert "Imogen" not in str(assigned.table.to_dicts())
    updated = clioscope.update(atlas, path, tmp_path / "updated", ask="all")
    assert holding(updated.path, "Imogen") == []
    assert updated.manifest["stages"]["facets"]["people"]["parts"] == 4


def test_without_a_recogniser_it_stays_and_the_atlas_says_so(careless, tmp_path):
    atlas = build(tmp_path, privacy__recognisers=())
    assert "facets.parquet" in holding(atlas.path, "Imogen")
    assert any("they may hold some" in notice for notice in atlas.manifest["notices"])
