"""Metrics of somebody else's, of whichever family and arrays: measured once, shown, kept, or said why not."""

import shutil

import numpy as np
import polars as pl
import pytest
from conftest import TOPICS

import clioscope
from clioscope import measure
from clioscope.measure.figure import Figure


@pytest.fixture
def own():
    """Registers metrics for one test."""
    made = []

    def register(function, family="ours", **said):
        said = {"low": 0, "high": 1e9, "better": "lower", "meaning": "A figure of ours.", "source": "a test"} | said
        made.append(measure.metric(family, **said)(function))

    yield register
    for one in made:
        del measure.metrics._parts[one.name]


def alone(labels):
    sizes = np.bincount(labels)
    return Figure(float((sizes[labels] == 1).mean()), n=len(labels), groups=(sizes == 1).astype(float))


def longest_name(names):
    return max(len(name) for name in names)


def width_of_map(places, labels):
    return float(np.ptp(places[:, 0])) + labels.max()


def dimension(vectors):
    return vectors.shape[1]


def heights(levels, seed):
    return len(levels) + seed


def hits(labels, truth, vectors):
    assert len(labels) == len(truth) == len(vectors)
    return len(truth)


def moved(refitted):
    return 1.0


def notes_of(found) -> list[str]:
    """What is noted, but for what is not looked for without the extra `people`."""
    return [note for note in found.facts["notes"] if not note.startswith("Only addresses and identifiers")]


def rows_of(found, name):
    return found.table.filter((pl.col("metric") == name) & pl.col("group").is_null())


def test_a_metric_of_a_new_family_is_measured_by_the_arrays_that_it_names(finished, own) -> None:
    for one in (alone, longest_name, width_of_map, dimension, heights, hits):
        own(one)
    labels = {f"r{number}": list(TOPICS)[number % 5] for number in range(40)}
    found = clioscope.measure(finished, labels, stability=False, write=False)
    levels = finished.manifest["counts"]["levels"]
    assert set(rows_of(found, "alone")["family"]) == {"ours"}
    for name in ("alone", "width_of_map", "hits"):
        assert rows_of(found, name)["level"].to_list() == list(range(levels)), name
    for name in ("longest_name", "dimension", "heights"):
        assert rows_of(found, name)["level"].to_list() == [None], name
    assert rows_of(found, "hits")["value"].to_list() == [40] * levels
    assert rows_of(found, "dimension")["value"].item() == finished.vectors.shape[1]
    assert rows_of(found, "heights")["value"].item() == levels
    each = found.table.filter((pl.col("metric") == "alone") & pl.col("group").is_not_null())
    assert set(each["group"]) == set(finished.tree["group"])
    assert not notes_of(found)


@pytest.mark.parametrize("family", ["geometry", "map", "names", "tree", "privacy", "judges", "labels", "ours"])
def test_in_any_family_it_is_measured_once(family, finished, own) -> None:
    for one in (alone, longest_name, width_of_map):
        own(one, family)
    found = clioscope.measure(finished, stability=False, write=False)
    levels = finished.manifest["counts"]["levels"]
    assert [rows_of(found, one).height for one in ("alone", "longest_name", "width_of_map")] == [levels, 1, levels]
    assert set(rows_of(found, "alone")["family"]) == {family}


def test_one_of_samples_goes_with_stability(finished, own) -> None:
    own(moved)
    assert rows_of(clioscope.measure(finished, write=False), "moved")["level"].to_list() == [0]
    without = clioscope.measure(finished, stability=False, write=False)
    assert rows_of(without, "moved").is_empty() and not notes_of(without)


def test_what_it_cannot_be_given_is_said(finished, own) -> None:
    own(lambda vectors, colours: 1.0, name="painted")
    own(hits)
    notes = notes_of(clioscope.measure(finished, stability=False, write=False))
    assert any(note.startswith("The metric 'painted' was not measured: it needs colours") for note in notes)
    assert any(note.startswith("The metric 'hits' was not measured: it needs truth") for note in notes)
    assert len(notes) == 2 and not any("vectors, colours" in note for note in notes)


def test_it_is_kept_and_shown(finished, own, tmp_path, monkeypatch, capsys) -> None:
    from clioscope.cli import main

    own(alone, "our *family*", meaning="Share of rows alone.")
    shutil.copytree(finished.path, tmp_path / "atlas")
    monkeypatch.setattr("sys.argv", ["clioscope", "measure", str(tmp_path / "atlas"), "--no-stability", "--quiet"])
    with pytest.raises(SystemExit):
        main()
    assert "Share of rows alone." in capsys.readouterr().out
    atlas = clioscope.open(tmp_path / "atlas")
    assert "alone" in set(atlas.table("measures")["metric"])
    card = (tmp_path / "atlas" / "report-card.md").read_text()
    assert "### our \\*family\\*" in card and "Share of rows alone." in card
    compared = measure.compare([atlas, atlas])
    assert compared.filter(pl.col("metric") == "alone")["value_1"].null_count() == 0


def test_a_published_atlas_has_those_of_names(finished, own, tmp_path) -> None:
    own(alone)
    own(longest_name)
    privacy = clioscope.load_settings(privacy__min_conversations=2, privacy__min_users=1).privacy
    public = clioscope.publish(finished, tmp_path / "public", privacy)
    found = clioscope.measure(public, write=False)
    assert rows_of(found, "longest_name").height == 1 and rows_of(found, "alone").is_empty()
    assert any("'alone' was not measured" in note for note in found.facts["notes"])


def test_of_what_judges_say(finished, own) -> None:
    own(lambda judgements: float(len(judgements)), name="heard")
    found = clioscope.measure(finished, stability=False, write=False, judges=["fake:slow"], judge_items=4)
    assert rows_of(found, "heard")["family"].to_list() == ["ours"]
