"""How many groups, and how stable."""

import shutil

import numpy as np
import pytest
from conftest import make_records, write_jsonl

import clioscope
from clioscope.atlas.files import write_json
from clioscope.errors import AtlasError, SettingsError
from clioscope.measure.group_counts import compare_group_counts
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
    found = compare_group_counts(atlas, (2, 5, 12), draws=2)
    assert found["groups"].to_list() == [2, 5, 12]
    assert found["built"].to_list() == [False, True, False]
    assert found["resolution"].is_sorted()
    assert (found["smallest"] * found["groups"] <= 70).all() and (found["median"] >= found["smallest"]).all()
    assert found["silhouette"].arg_max() == 1
    assert found["stability"][1] > 0.9, "five topics are five groups in any sample"
    assert found.equals(compare_group_counts(atlas, (12, 2, 5, 5), draws=2)), "the same in any order"


def test_by_default_a_quarter_to_four_times(atlas) -> None:
    found = compare_group_counts(atlas, draws=0)
    assert found.height == 5 and found["groups"].is_sorted()
    assert found["built"].to_list() == [False, False, True, False, False]
    assert found["stability"].null_count() == 5


def test_more_groups_than_conversations_are_as_many(atlas) -> None:
    found = compare_group_counts(atlas, (500, 1), draws=1)
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
            compare_group_counts(clioscope.open(tmp_path))


def test_another_method_has_rungs_without_a_resolution(finished) -> None:
    found = compare_group_counts(finished, (4, 8), draws=1)
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


def plug_in(groups):
    """A method that makes as many groups as ``groups`` says of the rows, whatever it is asked for."""
    from clioscope.clustering import Partition

    return lambda vectors, target, settings, seed: Partition(np.arange(len(vectors)) % groups(len(vectors)), {})


@pytest.mark.parametrize(
    "groups",
    [lambda rows: 3, lambda rows: 1, lambda rows: max(1, rows // 9), lambda rows: rows],
    ids=["three", "one", "by size", "each its own"],
)
@pytest.mark.parametrize("rungs", [(), (4,), (40,), (2, 4, 8), (500, 20, 1)])
def test_a_plug_in_that_finds_its_own_number_is_one_sentence(groups, rungs, finished, tmp_path, monkeypatch) -> None:
    from clioscope.clustering import clusterers

    monkeypatch.setitem(clusterers._parts, "own number", plug_in(groups))
    settings = finished.manifest["settings"]
    settings = settings | {"clustering": settings["clustering"] | {"method": "own number"}}
    shutil.copytree(finished.path, tmp_path / "atlas")
    write_json(tmp_path / "atlas" / "manifest.json", finished.manifest | {"settings": settings})
    with pytest.raises(SettingsError, match=r"own number, which finds its own number of groups; build with another"):
        compare_group_counts(clioscope.open(tmp_path / "atlas"), rungs, draws=1)


def test_a_method_that_comes_near_has_rungs(finished, tmp_path, monkeypatch) -> None:
    """One more or less, or none of the rows where they are too few: it was asked for a number and minds it."""
    from clioscope.clustering import Partition, clusterers

    def near(vectors, target, settings, seed):
        return Partition(np.arange(len(vectors)) % (target + 1), {})

    monkeypatch.setitem(clusterers._parts, "near", near)
    settings = finished.manifest["settings"]
    settings = settings | {"clustering": settings["clustering"] | {"method": "near"}}
    shutil.copytree(finished.path, tmp_path / "atlas")
    write_json(tmp_path / "atlas" / "manifest.json", finished.manifest | {"settings": settings})
    assert compare_group_counts(clioscope.open(tmp_path / "atlas"), (4, 8, 16), draws=1)["groups"].to_list() == [
        5,
        9,
        17,
    ]
