"""How many groups, and how stable."""

import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.atlas import write_json
from clioscope.errors import AtlasError, SettingsError
from clioscope.ladder import climb
from clioscope.settings import load_settings


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ladder")
    settings = load_settings(
        model__name="fake", embedding__model="hash", layout__method="pca", clustering__clusters=5, privacy__audit=False
    )
    records = make_records(60)
    path = write_jsonl(folder / "in.jsonl", [*records, *(one | {"id": f"again {one['id']}"} for one in records[:10])])
    return clioscope.build(path, folder / "atlas", settings)


def test_each_rung_has_sizes_and_stability(atlas) -> None:
    found = climb(atlas, (2, 5, 12), draws=2)
    assert found["groups"].to_list() == [2, 5, 12]
    assert found["built"].to_list() == [False, True, False]
    assert found["resolution"].is_sorted()
    assert (found["smallest"] * found["groups"] <= 70).all() and (found["median"] >= found["smallest"]).all()
    assert found["silhouette"].arg_max() == 1
    assert found["stability"][1] > 0.9, "five topics are five groups in any sample"
    assert found.equals(climb(atlas, (12, 2, 5, 5), draws=2)), "the same in any order"


def test_by_default_a_quarter_to_four_times(atlas) -> None:
    found = climb(atlas, draws=0)
    assert found.height == 5 and found["groups"].is_sorted()
    assert found["built"].to_list() == [False, False, True, False, False]
    assert found["stability"].null_count() == 5


def test_more_groups_than_conversations_are_as_many(atlas) -> None:
    found = climb(atlas, (500, 1), draws=1)
    assert found["groups"].to_list()[0] == 1 and found["silhouette"][0] is None


def test_what_has_no_ladder_is_one_sentence(atlas, tmp_path) -> None:
    manifest = atlas.manifest
    settings = manifest["settings"] | {"clustering": manifest["settings"]["clustering"] | {"method": "hdbscan"}}
    for changes, error, said in (
        ({"settings": settings}, SettingsError, "finds its own number of groups"),
        ({"published": True}, AtlasError, "holds no vectors"),
    ):
        write_json(tmp_path / "manifest.json", manifest | changes)
        with pytest.raises(error, match=said):
            climb(clioscope.open(tmp_path))


def test_another_method_has_rungs_without_a_resolution(finished) -> None:
    found = climb(finished, (4, 8), draws=1)
    assert found["groups"].to_list() == [4, 8]
    assert found["resolution"].null_count() == 2


def test_the_command_prints_a_table(atlas, monkeypatch, capsys) -> None:
    from clioscope.cli import main

    monkeypatch.setattr("sys.argv", ["clioscope", "ladder", str(atlas.path), "--clusters", "3,5", "--quiet"])
    with pytest.raises(SystemExit):
        main()
    out = capsys.readouterr().out
    assert "stability" in out and out.count("this atlas") == out.count("* the highest") == 1
    assert [line.split()[0] for line in out.splitlines() if " * " in line] == ["5"], "five topics"
    monkeypatch.setattr("sys.argv", ["clioscope", "ladder", str(atlas.path), "--clusters", "some"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 1 and "give numbers of groups" in capsys.readouterr().err
